/** Mails that nobody's mail program writes, as text of one byte a character; made without anything of the service. */
export interface HostileMail {
  name: string;
  mail: string;
  /** Whether a real mail could be like it: then it is a message like any other; else it must be refused unparsed. */
  real: boolean;
}

const MB = 1024 * 1024;
const CRLF = "\r\n";

const HEAD = [
  "From: Jo <jo@example.com>",
  "To: help@in.example.com",
  "Subject: Hello",
  "Date: Thu, 26 Mar 2026 15:43:00 +0000",
  "MIME-Version: 1.0",
].join(CRLF);

let ids = 0;
const head = (...more: string[]): string =>
  [HEAD, `Message-ID: <hostile-${++ids}@example.com>`, ...more, "", ""].join(CRLF);
const text = (body: string, type = "text/plain; charset=utf-8"): string => head(`Content-Type: ${type}`) + body;
const fill = (unit: string, bytes: number): string => unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes);
const multipart = (body: string, boundary = "b"): string =>
  head(`Content-Type: multipart/mixed; boundary="${boundary}"`) + body;
const part = (content: string, ...headers: string[]): string => ["--b", ...headers, "", content, ""].join(CRLF);
const parts = (count: number, each = part("x")): string => `${each.repeat(count)}--b--${CRLF}`;

function nested(depth: number): string {
  const open = Array.from({ length: depth }, (_, level) =>
    [`--n${level}`, `Content-Type: multipart/mixed; boundary="n${level + 1}"`, "", ""].join(CRLF),
  );
  return multipart([...open, `--n${depth}`, "", "deep"].join(CRLF), "n0");
}

const attached = (bytes: number): string =>
  multipart(
    part("See the file.", "Content-Type: text/plain") +
      part(
        fill(`${"QUJD".repeat(19)}${CRLF}`, bytes),
        "Content-Type: application/pdf",
        "Content-Disposition: attachment; filename=a.pdf",
        "Content-Transfer-Encoding: base64",
      ) +
      `--b--${CRLF}`,
  );

/** All of them, made anew. */
export function hostileMails(): HostileMail[] {
  ids = 0;
  const real = (name: string, mail: string): HostileMail => ({ name, mail, real: true });
  const none = (name: string, mail: string): HostileMail => ({ name, mail, real: false });
  return [
    none("8 MB of line feeds", text(fill("\n", 8 * MB))),
    none("8 MB of CRLF", text(fill(CRLF, 8 * MB))),
    none("1.6 MB of flowed lines of one space", text(fill(" \n", 1.6 * MB), "text/plain; format=flowed")),
    none(
      "2 MB of flowed lines that delete their spaces",
      text(fill("a \n", 2 * MB), "text/plain; format=flowed; delsp=yes"),
    ),
    none("2 MB of quotation marks, a line each", text(fill(">\n", 2 * MB))),
    none("200,000 parts", multipart(parts(200_000, part("")))),
    none("1,001 parts", multipart(parts(1001))),
    none("20,000 ends of one list", multipart(part("x") + fill(`--b--${CRLF}`, 7 * 20_000))),
    none("20,000 lines that begin like a boundary", text(fill(`--c${CRLF}${"x".repeat(200)}${CRLF}`, 20_000 * 207))),
    none("33 lists in one another", nested(33)),
    none("5,000 lists in one another", nested(5000)),
    none(
      "101 lists beside one another",
      multipart(
        Array.from({ length: 101 }, (_, n) => part("", `Content-Type: multipart/mixed; boundary=s${n}`)).join("") +
          `--b--${CRLF}`,
      ),
    ),
    none("200,000 headers", head(Array.from({ length: 200_000 }, (_, n) => `X-${n}: 1`).join(CRLF))),
    none("a header of 1 MB", head(`X-Long: ${fill("x", MB)}`)),
    none("200,000 folds of one header", head(`X-Folded: a${`${CRLF} b`.repeat(200_000)}`)),
    none("600 KB of encoded words", head(`X-Words: ${fill("=?utf-8?B?QUJD?= ", 600 * 1024)}`)),
    real(
      "6,000 recipients",
      head(`Cc: ${Array.from({ length: 6000 }, (_, n) => `a${n}@example.com`).join(`,${CRLF} `)}`),
    ),
    none("10 MB of text", text(fill(`${"word ".repeat(15)}${CRLF}`, 10 * MB))),
    none("10 MB of HTML in one line", text(fill("<p>x", 10 * MB), "text/html")),
    none("no end of headers", `${HEAD}${CRLF}${fill(`X-More: 1${CRLF}`, 2 * MB)}`),
    none("headers of parts, 1 MB in all", multipart(parts(900, part("x", `X-Part: ${"y".repeat(1200)}`)))),
    real("one line of 4 MB", text(fill("x", 4 * MB))),
    real("4 MB of CR alone", text(fill("\r", 4 * MB))),
    real(
      "1,000 parts",
      multipart(parts(1000, part("x", "Content-Type: application/x", "Content-Disposition: attachment"))),
    ),
    real("32 lists in one another", nested(31)),
    real(
      "mails in one another, 200 deep",
      head("Content-Type: message/rfc822") + `Content-Type: message/rfc822${CRLF}${CRLF}`.repeat(200),
    ),
    real("a boundary of 10,000 characters", multipart(`--${"q".repeat(10_000)}${CRLF}${CRLF}x`, "q".repeat(10_000))),
    real("a boundary of nothing", multipart(`--${CRLF}${CRLF}x${CRLF}----`, "")),
    real("a list without its boundary", head("Content-Type: multipart/mixed") + parts(3)),
    real("comments within comments, 50,000 deep", `${head(`Content-Type: text/plain ${"(".repeat(50_000)}`)}x`),
    real(
      "a type of 20,000 parameters",
      `${head(`Content-Type: text/plain${Array.from({ length: 20_000 }, (_, n) => `; p${n}=1`).join("")}`)}x`,
    ),
    real(
      "a file name in 5,000 pieces",
      multipart(
        `${part(
          "x",
          "Content-Type: application/x",
          `Content-Disposition: attachment${Array.from({ length: 5000 }, (_, n) => `;${CRLF} filename*${n}="a"`).join("")}`,
        )}--b--${CRLF}`,
      ),
    ),
    real("400 KB of unclosed quotes in an address", head(`Cc: ${fill('"a<', 400 * 1024)}`)),
    real("400 KB of groups in groups", head(`Cc: ${fill("g:", 400 * 1024)}`)),
    real("20,000 references", head(`References: ${fill("<a@b> ", 120_000)}`)),
    real("400 KB of at signs", head(`Cc: <${fill("@", 400 * 1024)}`)),
    real("2 MB that are no base64", head("Content-Transfer-Encoding: base64") + fill("=%&", 2 * MB)),
    real(
      "2 MB of quoted-printable equals signs",
      head("Content-Transfer-Encoding: quoted-printable") + fill("=", 2 * MB),
    ),
    real(
      "an encoding and a charset that there are not",
      `${head("Content-Type: text/plain; charset=x-none", "Content-Transfer-Encoding: x-none")}x`,
    ),
    real("UTF-16 of odd length", text(fill("\u00ff\u00fe\u0000", 100_001), "text/plain; charset=utf-16")),
    real("UTF-7", text("+ADw-script+AD4-", "text/plain; charset=utf-7")),
    real("2 MB of less-than signs as HTML", text(fill("<", 2 * MB), "text/html")),
    real("2 MB of comments that do not end", text(fill("<!--", 2 * MB), "text/html")),
    real("2 MB of links without a target", text(fill("<a ", 2 * MB), "text/html")),
    real("2 MB of entities", text(fill("&#x41;", 2 * MB), "text/html")),
    real(
      "text beside HTML, each to be made of the other",
      multipart(
        part(fill('<&"', MB), "Content-Type: text/plain") +
          part(fill("<b>", MB), "Content-Type: text/html") +
          `--b--${CRLF}`,
      ),
    ),
    real("the text that took 42 seconds", text("2020from<".repeat(500))),
    real("1 MB of it", text(fill("2020from<", MB))),
    real("1 MB of quotations in quotations", text(fill(`${">".repeat(200)} x${CRLF}`, MB))),
    real("2 MB of spaces", text(fill(" ", 2 * MB))),
    real("NULs", text(fill("\0", 100_000))),
    real("bytes beyond ASCII everywhere", `${HEAD}${CRLF}X-\u00e9: \u00ff\u00fe${CRLF}${CRLF}${fill("\u00ff", 1000)}`),
    real("a file of 3 MB", attached(3 * MB)),
    real(
      "links that begin again and again, to be made into text",
      multipart(
        `${part(fill("<a href=href=", 300_000), "Content-Type: text/html")}${part("x", "Content-Type: text/plain")}--b--${CRLF}`,
      ),
    ),
    real(
      "3 MB of base64 that is padded everywhere",
      head("Content-Type: application/x", "Content-Transfer-Encoding: base64") +
        fill(`${"QQ==".repeat(19)}${CRLF}`, 3 * MB),
    ),
    none("nothing but a line feed and no header at all, 3 MB of them", fill("\n", 3 * MB)),
  ];
}
