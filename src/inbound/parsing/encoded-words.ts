import { Buffer } from "node:buffer";
import { base64, utf8 } from "../../lib/bytes.ts";
import { Steps } from "../../lib/steps.ts";
import { decodeText } from "./charset.ts";

type Word = { readonly charset: string; readonly bytes: Uint8Array };

const WORD = /=\?([^?\s]{1,100})\?([QqBb])\?([^?]*)\?=/y;

/**
 * A header with its encoded words (RFC 2047) as words of UTF-8, for a parser that knows nothing else. Neighbours of one
 * charset are put together by their bytes, for mailers cut within a character.
 * @param steps counts the characters that are looked at
 */
export function wordsInUtf8(header: string, steps = new Steps()): string {
  const shown: string[] = [];
  let run: Word[] = [];
  let from = 0;
  for (let at = header.indexOf("=?"); at >= 0; at = header.indexOf("=?", Math.max(from, at + 2))) {
    WORD.lastIndex = at;
    const [whole, label = "", kind = "", content = ""] = WORD.exec(header) ?? [];
    if (whole === undefined) {
      steps.taken += 2;
      continue;
    }
    steps.taken += whole.length;
    const word = wordOf(label, kind, content);
    const between = header.slice(from, at);
    const [last] = run;
    if (last === undefined || /[^ \t\r\n]/.test(between)) {
      shown.push(rendered(run), between);
      run = [];
    } else if (last.charset !== word.charset) {
      shown.push(rendered(run), " ");
      run = [];
    }
    run.push(word);
    from = at + whole.length;
  }
  shown.push(rendered(run), header.slice(from));
  return shown.join("");
}

function wordOf(label: string, kind: string, content: string): Word {
  const [charset = ""] = label.toLowerCase().split("*");
  return { charset, bytes: kind.toUpperCase() === "B" ? ofBase64(content) : ofQ(content) };
}

function rendered(run: readonly Word[]): string {
  const [first] = run;
  if (first === undefined) return "";
  const apart = () => run.map(({ bytes }) => decodeText(bytes, first.charset)).join("");
  const joined = decodeText(Buffer.concat(run.map(({ bytes }) => bytes)), first.charset);
  // Two words that are whole, of an encoding with shifts, are not valid as one.
  const separate = joined.includes("\ufffd") ? apart() : joined;
  return `=?UTF-8?B?${base64(utf8(separate.includes("\ufffd") ? joined : separate))}?=`;
}

function ofBase64(content: string): Uint8Array {
  const plain = content.replace(/[^a-zA-Z0-9+/]/g, "");
  const whole = plain.length % 4 === 1 ? plain.slice(0, -1) : plain;
  return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
}

function ofQ(content: string): Uint8Array {
  const bytes = utf8(content.replace(/=\s+([0-9a-f])/gi, "=$1").replace(/[_\s]/g, " "));
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const pair = bytes[at] === 0x3d ? String.fromCharCode(...bytes.subarray(at + 1, at + 3)) : "";
    const escaped = /^[0-9a-f]{2}$/i.test(pair);
    bytes[length++] = escaped ? Number.parseInt(pair, 16) : (bytes[at] ?? 0);
    if (escaped) at += 2;
  }
  return bytes.subarray(0, length);
}
