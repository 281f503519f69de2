import { Buffer } from "node:buffer";
import PostalMime, { type Email } from "postal-mime";
import { utf8 } from "../../lib/bytes.ts";
import { Steps } from "../../lib/steps.ts";
import { MalformedCallback } from "../provider.ts";
import { Base64Decoder, type BodyDecoder, PlainDecoder } from "./body-decoders.ts";
import { decodeText, textOrElse } from "./charset.ts";
import { wordsInUtf8 } from "./encoded-words.ts";
import { htmlToText, textToHtml } from "./html-text.ts";
import { checkMail, type HeaderLine, MAX_HEADER_BYTES, MAX_MAIL_DEPTH } from "./mail-bounds.ts";

/**
 * The MIME parser, bounded. Of postal-mime 4.0.0 two things grow faster than a mail does: its decoders keep an object or two
 * for each line, and for each padding in base64; and where a part is to be shown as the other kind of text, its expressions
 * take time that grows with the cube of an HTML part. These are replaced in each parser that is made, by the members that
 * it has within. A text that has a file name is a file, whatever its disposition says (RFC 2183, 2.3): it takes that for a
 * part of what was written. Charsets and encoded words are read by charset.ts and encoded-words.ts. A test holds each member to its place.
 */
type Parser = {
  processLine(line: Uint8Array<ArrayBuffer>, isFinal: boolean): Promise<void>;
  renderTextContent(): void;
  isInlineTextNode(node: Node): boolean;
  readonly currentNode: Node;
  readonly root: Node;
  readonly textMap: ReadonlyMap<Node, Entries>;
  readonly textContent: Partial<Record<Kind, string>>;
  parse(raw: Uint8Array): Promise<Email>;
};

type Node = {
  readonly state: "header" | "body" | "finished";
  readonly contentTransferEncoding: { readonly encoding: string };
  contentDecoder: BodyDecoder | null;
  content: Uint8Array | ArrayBuffer | null;
  readonly headers: { value: string }[];
  getTextContent(): string;
  readonly contentType: Structured;
  readonly contentDisposition: Structured;
};

type Structured = { readonly parsed: { readonly value: string; readonly params: Record<string, string> } };

type Kind = "plain" | "html";
type Entries = Partial<Record<Kind, readonly { readonly value: string }[]>>;

/**
 * Reads a raw mail; mails within it stay files.
 * @param steps counts what is shown as another kind of text
 * @throws MalformedCallback for one that has more of something than {@link checkMail} lets pass
 */
export async function parseMime(raw: Uint8Array, steps = new Steps()): Promise<Email> {
  const lined = inLines(raw);
  const mail = headersInUtf8(lined, checkMail(lined));
  const made: unknown = new PostalMime({
    forceRfc822Attachments: true,
    maxNestingDepth: MAX_MAIL_DEPTH,
    maxHeadersSize: MAX_HEADER_BYTES,
  });
  // Its declarations leave its members out.
  const parser = made as Parser;
  const processLine = parser.processLine.bind(parser);
  parser.processLine = (line, isFinal) => {
    replaceDecoder(parser.currentNode);
    replaceCharset(parser.currentNode);
    return processLine(line, isFinal);
  };
  const isInlineText = parser.isInlineTextNode.bind(parser);
  parser.isInlineTextNode = (node) => !hasFileName(node) && isInlineText(node);
  parser.renderTextContent = () => {
    for (const header of parser.root.headers) header.value = wordsInUtf8(header.value);
    render(parser, steps);
  };
  try {
    return await parser.parse(mail);
  } catch (error) {
    throw new MalformedCallback(`It is no mail: ${error instanceof Error ? error.message : "unreadable"}`);
  }
}

const LF = 0x0a;
const CR = 0x0d;

/** A mail whose every line ends in CR alone, in lines; RFC 5322, 2.3, forbids both kinds of line ends to stand alone. */
function inLines(raw: Uint8Array): Uint8Array {
  return raw.includes(LF) || !raw.includes(CR) ? raw : raw.map((byte) => (byte === CR ? LF : byte));
}

/** Where a charset is named within a mail, or within a page: the first is mostly that of all. */
const CHARSET = /\bcharset\s*=\s*["']?([\w.:-]{1,40})/i;
/** So much of a mail, and of a page, is looked through for it: https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding */
const HINT_BYTES = 16 * 1024;
const PRESCAN_BYTES = 1024;

const charsetIn = (bytes: Uint8Array): string | undefined => CHARSET.exec(new TextDecoder("latin1").decode(bytes))?.[1];

/**
 * The same mail, with headers in UTF-8, as which alone they are read (RFC 6532). What is nothing of that, older mailers have
 * written in an encoding that they do not name: mostly in that of the text.
 */
function headersInUtf8(raw: Uint8Array, lines: readonly HeaderLine[]): Uint8Array {
  const usual = lines.length === 0 ? undefined : charsetIn(raw.subarray(0, HINT_BYTES));
  let from = 0;
  const pieces = lines.flatMap(({ start, end }) => {
    const piece = [raw.subarray(from, start), utf8(textOrElse(raw.subarray(start, end), usual))];
    from = end;
    return piece;
  });
  return pieces.length === 0 ? raw : Buffer.concat([...pieces, raw.subarray(from)]);
}

const hasFileName = ({ contentType, contentDisposition }: Node): boolean =>
  Boolean(contentDisposition.parsed.params.filename || contentType.parsed.params.name);

/** A part's headers were read with the line before: nothing of its body was decoded yet. */
function replaceDecoder(node: Node): void {
  const { contentDecoder } = node;
  if (node.state === "header" || !contentDecoder) return;
  if (contentDecoder instanceof PlainDecoder || contentDecoder instanceof Base64Decoder) return;
  const { encoding } = node.contentTransferEncoding;
  if (/base64/i.test(encoding)) node.contentDecoder = new Base64Decoder();
  else if (!/quoted-printable/i.test(encoding)) node.contentDecoder = new PlainDecoder();
}

/** Its text and the name of its file are read as UTF-8, into which they are put before. */
function replaceCharset(node: Node): void {
  if (node.state === "header" || Object.hasOwn(node, "getTextContent")) return;
  const getTextContent = node.getTextContent.bind(node);
  const { params } = node.contentType.parsed;
  for (const [all, name] of [
    [node.contentDisposition.parsed.params, "filename"],
    [params, "name"],
  ] as const) {
    const given = all[name];
    if (given) all[name] = wordsInUtf8(given);
  }
  const { charset } = params;
  node.getTextContent = () => {
    const { content } = node;
    if (!content) return getTextContent();
    const bytes = new Uint8Array(content);
    const isPage = /^text\/html$/i.test(node.contentType.parsed.value);
    const told = charset ?? (isPage ? charsetIn(bytes.subarray(0, PRESCAN_BYTES)) : undefined);
    node.content = utf8(decodeText(bytes, told));
    params.charset = "utf-8";
    const text = getTextContent();
    node.content = content;
    return text;
  };
}

/** Each kind of text that there is, of all parts: of one that has only the other kind, made from that. */
function render({ textMap, textContent }: Parser, steps: Steps): void {
  const all = [...textMap.values()];
  for (const kind of ["plain", "html"] as const) {
    if (!all.some((entries) => entries[kind])) continue;
    const other = kind === "html" ? "plain" : "html";
    const shown = all.flatMap((entries) =>
      entries[kind] !== undefined
        ? entries[kind].map(({ value }) => value)
        : (entries[other] ?? []).map(({ value }) => (kind === "html" ? textToHtml(value) : htmlToText(value, steps))),
    );
    textContent[kind] = shown.join("\n");
  }
}
