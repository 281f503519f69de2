import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import worker from "../../src/index.ts";
import { eventually } from "../support/eventually.ts";
import { hostileMails } from "../support/hostile-mails.ts";
import { api } from "./service.ts";

/** Mail by Email Routing, which no HTTP client can hand over. */
it.each(hostileMails())(
  "a mail of $name is taken by Email Routing, and the next one is read",
  async ({ mail, real }) => {
    const { id: workspace } = await api<{ id: number }>("POST", "/workspaces", { name: "Acme" });
    const fields = { provider: "cloudflare-email", name: "Mail", credentials: {}, options: {} };
    const { id } = await api<{ id: string }>("POST", `/workspaces/${workspace}/sources`, fields);
    const source = env.SOURCE.getByName(id);
    const hand = async (text: string) => {
      const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      const raw = new Response(bytes).body;
      if (!raw) throw new Error("A mail without a body");
      const setReject = vi.fn<(reason: string) => void>();
      const not = () => Promise.reject(new Error("Not here"));
      const to = `${id.toLowerCase()}@in.example.com`;
      const message: ForwardableEmailMessage = {
        ...{ from: "jo@example.com", to, headers: new Headers(), raw, rawSize: bytes.length, setReject },
        ...{ canBeForwarded: true, forward: not, reply: not },
      };
      await worker.email(message, env);
      // A refusal would come back to whoever the mail claims to be from.
      expect(setReject).not.toHaveBeenCalled();
    };
    await hand(mail);
    await hand("From: jo@example.com\r\nMessage-ID: <ordinary@example.com>\r\nSubject: Hello\r\n\r\nordinary\r\n");
    const { rows: receipts } = await source.listReceipts(10, undefined);
    expect(receipts.map(({ verdict }) => verdict)).toEqual(["verified", real ? "verified" : "malformed"]);
    const events = await eventually(
      async () => (await env.EVENT_STREAM.getByName(String(workspace)).listEvents({ limit: 10 })).events,
      (all) => all.length >= 2,
    );
    const types = events.map(({ type }) => type).sort();
    expect(types).toEqual(["message.received", real ? "message.received" : "source.attention"].sort());
  },
);
