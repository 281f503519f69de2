import { describe, expect, it } from "vitest";
import { eventOf } from "../../src/inbound/events.ts";
import { keep } from "../../src/inbound/keeping.ts";
import { providers } from "../../src/inbound/providers/index.ts";
import { LETTERS, type Letter } from "./corpus/letter.ts";
import { WAYS, type Way } from "./corpus/ways.ts";
import { bytesOf } from "./corpus/written.ts";
import { sourceOf } from "./fixtures.ts";

/** A mail gives the same event, whichever way it comes; and that says what its writer meant. */

const CONTEXT = {
  sourceId: "src_1",
  receiptId: "rcp_1",
  advanced: true,
  ticket: null,
  attachmentUrl: (index: number) => `https://posthorn.example.com/${index}`,
};

type Data = Record<string, unknown>;

async function dataOf({ provider: name, wrap }: Way, letter: Letter): Promise<Data> {
  const provider = providers[name];
  if (!provider) throw new Error(`There is no provider ${name}`);
  const { headers, body } = wrap(letter);
  const request = {
    ...{ method: "POST", url: `https://hooks.example.com/in/${name}/1`, headers: new Headers(headers) },
    body: new Uint8Array(body),
  };
  const records = await provider.normalise(
    request,
    sourceOf(name, { TopicArn: "arn:aws:sns:eu-west-1:123456789012:in" }),
  );
  const kept = keep(records, null, request.body).records;
  expect(kept).toHaveLength(1);
  const [record] = kept;
  const event = record && eventOf(record, { ...CONTEXT, provider: name });
  expect(event?.type).toBe("message.received");
  return JSON.parse(event?.data ?? "{}") as Data;
}

const trimmed = (text: unknown): unknown => (typeof text === "string" ? text.replaceAll("\r\n", "\n").trim() : text);

/** What any way tells of a mail, in one form: providers differ in blanks at its ends, and in what is empty or null. */
function seen(data: Data): Data {
  const media = data.media as { content_type: string; filename: string; content_id?: string; size?: number }[];
  return {
    id: data.mail_id ?? data.message_id,
    from: data.from,
    from_name: data.from_name,
    to: data.to,
    cc: data.cc,
    reply_to: data.reply_to,
    sender: data.sender,
    delivered_to: data.delivered_to,
    subject: data.subject || null,
    text: trimmed(data.text),
    html: trimmed(data.html) || null,
    reply: trimmed(data.reply),
    quoted: trimmed(data.quoted),
    in_reply_to: data.in_reply_to,
    references: data.references,
    media: media.map(({ content_type, filename, content_id, size }) => ({ content_type, filename, content_id, size })),
  };
}

const addresses = (all: readonly { address: string }[]): string[] => all.map(({ address }) => address);

/** Of HTML without a text, the words that it has to have; its form is the converter's. */
const wordsOf = (html: string): string[] =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "");

function expected(letter: Letter): Data {
  return {
    id: letter.messageId,
    from: letter.from.address,
    from_name: letter.from.name ?? null,
    to: addresses(letter.to),
    cc: addresses(letter.cc),
    reply_to: addresses(letter.replyTo),
    sender: letter.sender?.address ?? null,
    delivered_to: [...letter.deliveredTo],
    subject: letter.subject,
    text: letter.text?.trim(),
    html: letter.html,
    reply: letter.reply,
    quoted: letter.quoted,
    in_reply_to: letter.inReplyTo,
    references: [...letter.references],
    media: letter.files.map((file) => ({
      ...{ content_type: file.type, filename: file.name, content_id: file.contentId, size: bytesOf(file).length },
    })),
  };
}

it("is made of at least 120 mails, no two of which are alike", () => {
  expect(LETTERS.length).toBeGreaterThanOrEqual(120);
  expect(new Set(LETTERS.map(({ title }) => title)).size).toBe(LETTERS.length);
});

describe.each(WAYS)("by $name", (way) => {
  it.each(LETTERS)("$title", async (letter) => {
    const data = await dataOf(way, letter);
    const { text, reply, html, media, ...others } = seen(data);
    const { text: whole, reply: fresh, html: page, media: files, quoted, ...same } = expected(letter);
    if (way.headOnly) {
      const { quoted: _, ...head } = others;
      expect(head).toEqual(same);
      expect(media).toEqual(
        letter.files.map((file) => ({
          ...{ content_type: file.type, filename: file.name, content_id: file.contentId, size: undefined },
        })),
      );
      return;
    }
    expect(others).toEqual({ ...same, quoted });
    expect(media).toEqual(files);
    expect(html).toBe(page);
    if (whole) expect({ text, reply }).toEqual({ text: whole, reply: fresh });
    else {
      for (const word of wordsOf(letter.html ?? "")) expect(text).toContain(word);
      expect(reply).toBe(text);
    }
    expect(data.envelope).toMatchObject({ to: [letter.envelope.to] });
  });
});
