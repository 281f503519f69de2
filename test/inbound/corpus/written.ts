import { Buffer } from "node:buffer";
import type { FileOf, Letter, Mailbox, Style } from "./letter.ts";

/** Letters as mails (RFC 5322, RFC 2045 to 2047, RFC 2387), written without any code of the service. */

const CRLF = "\r\n";
export const DATE = "Thu, 26 Mar 2026 16:20:44 +0100";

export const bytesIn = (charset: Style["charset"], text: string): Buffer =>
  Buffer.from(text, charset === "utf-8" ? "utf8" : "latin1");

const isAscii = (text: string): boolean => Buffer.from(text).length === text.length;

/** Characters of a text in pieces that are short enough for an encoded word, which has 75 at most. */
function inPieces(text: string, charset: Style["charset"]): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    if (bytesIn(charset, piece + character).length > 12) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

/** A text of a header: as it is, or in encoded words, one a line. */
export function headerText(text: string, { charset, words }: Style): string {
  if (isAscii(text)) return text;
  const encoded = inPieces(text, charset).map((piece) => {
    const bytes = bytesIn(charset, piece);
    const inner =
      words === "B"
        ? bytes.toString("base64")
        : [...bytes].map((byte) => (byte === 32 ? "_" : hex("=", byte, /[A-Za-z0-9]/))).join("");
    return `=?${charset}?${words}?${inner}?=`;
  });
  return encoded.join(`${CRLF} `);
}

const hex = (mark: string, byte: number, plain: RegExp): string =>
  plain.test(String.fromCharCode(byte))
    ? String.fromCharCode(byte)
    : mark + byte.toString(16).toUpperCase().padStart(2, "0");

export function mailboxText({ name, address }: Mailbox, style: Style): string {
  if (name === undefined) return address;
  const shown = isAscii(name) ? `"${name.replaceAll(/["\\]/g, "\\$&")}"` : headerText(name, style);
  return `${shown} <${address}>`;
}

export const mailboxesText = (all: readonly Mailbox[], style: Style): string =>
  all.map((each) => mailboxText(each, style)).join(`,${CRLF} `);

/** In order, with their folds. */
export function headersOf(letter: Letter): [string, string][] {
  const { style, sender, subject, inReplyTo, references } = letter;
  const list = (name: string, all: readonly Mailbox[]): [string, string][] =>
    all.length > 0 ? [[name, mailboxesText(all, style)]] : [];
  return [
    ...letter.deliveredTo.map((address): [string, string] => ["Delivered-To", address]),
    ...list("From", [letter.from]),
    ...(sender ? list("Sender", [sender]) : []),
    ...list("Reply-To", letter.replyTo),
    ...list("To", letter.to),
    ...list("Cc", letter.cc),
    ...(subject === null ? [] : [["Subject", headerText(subject, style)] as [string, string]]),
    ["Date", DATE],
    ["Message-ID", letter.messageId],
    ...(inReplyTo === null ? [] : [["In-Reply-To", inReplyTo] as [string, string]]),
    ...(references.length === 0 ? [] : [["References", references.join(`${CRLF} `)] as [string, string]]),
    ["MIME-Version", "1.0"],
  ];
}

/** Lines of 76 characters at most, with soft breaks. */
function quotedPrintable(bytes: Buffer): string {
  const lines: string[] = [];
  for (const line of bytes.toString("latin1").split("\n")) {
    let shown = "";
    for (const [index, character] of [...line].entries()) {
      const isLast = index === line.length - 1;
      const piece = isLast && character === " " ? "=20" : hex("=", character.charCodeAt(0), /[ !-<>-~]/);
      if (shown.length + piece.length > 75) {
        lines.push(`${shown}=`);
        shown = "";
      }
      shown += piece;
    }
    lines.push(shown);
  }
  return lines.join(CRLF);
}

const inLines = (base64: string): string => base64.replaceAll(/.{76}/g, `$&${CRLF}`);

interface Entity {
  headers: [string, string][];
  body: Buffer;
}

function textEntity(type: string, text: string, { charset, encoding }: Style): Entity {
  const bytes = bytesIn(charset, text);
  const body = {
    "7bit": () => Buffer.from(text.replaceAll("\n", CRLF), "latin1"),
    "8bit": () => bytesIn(charset, text.replaceAll("\n", CRLF)),
    "quoted-printable": () => Buffer.from(quotedPrintable(bytes)),
    base64: () => Buffer.from(inLines(bytes.toString("base64"))),
  }[encoding]();
  return {
    headers: [
      ["Content-Type", `${type}; charset=${charset}`],
      ["Content-Transfer-Encoding", encoding],
    ],
    body,
  };
}

export const bytesOf = ({ content }: FileOf): Buffer => Buffer.from(content, "latin1");

function fileEntity(file: FileOf): Entity {
  const { name, type, contentId } = file;
  return {
    headers: [
      ["Content-Type", `${type}; name="${name}"`],
      ["Content-Disposition", `${contentId === undefined ? "attachment" : "inline"}; filename="${name}"`],
      ...(contentId === undefined ? [] : [["Content-ID", `<${contentId}>`] as [string, string]]),
      ["Content-Transfer-Encoding", "base64"],
    ],
    body: Buffer.from(inLines(bytesOf(file).toString("base64"))),
  };
}

const headerLines = (headers: readonly [string, string][]): string =>
  headers.map(([name, value]) => `${name}: ${value}${CRLF}`).join("");

let boundaries = 0;

function together(kind: "alternative" | "mixed" | "related", parts: readonly Entity[]): Entity {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const boundary = `=_boundary_${++boundaries}`;
  const pieces = parts.flatMap(({ headers, body }) => [
    `--${boundary}${CRLF}${headerLines(headers)}${CRLF}`,
    body,
    CRLF,
  ]);
  return {
    headers: [["Content-Type", `multipart/${kind}; boundary="${boundary}"`]],
    body: Buffer.concat([...pieces, `--${boundary}--${CRLF}`].map((piece) => Buffer.from(piece))),
  };
}

/** The bytes that a mail server would be given. */
export function written(letter: Letter): Buffer {
  const { text, html, files, style } = letter;
  const bodies = [
    ...(text === null ? [] : [textEntity("text/plain", text, style)]),
    ...(html === null ? [] : [textEntity("text/html", html, style)]),
  ];
  const shown = files.filter(({ contentId }) => contentId !== undefined).map(fileEntity);
  const others = files.filter(({ contentId }) => contentId === undefined).map(fileEntity);
  const whole = together("mixed", [together("related", [together("alternative", bodies), ...shown]), ...others]);
  return Buffer.concat([Buffer.from(headerLines([...headersOf(letter), ...whole.headers]) + CRLF), whole.body]);
}
