import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases } from "./cases/dialect.ts";
import { community } from "./community/dialect.ts";
import { platform } from "./platform/dialect.ts";
import { standard } from "./standard/dialect.ts";

const message = {
  deliveryId: "01a200d2-76b0-7000-8000-001000000001",
  eventId: "evt_01M80D4XNG000000001001WGQE",
  type: "ticket.created",
  channels: [],
  occurredAt: Date.UTC(2026, 2, 26, 14, 30, 0),
  data: '{"id":42,"price":1.0}',
  workspace: { id: 1, externalId: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", communityName: "Acme" },
};

describe("platform", () => {
  it("writes the envelope of tickets and that of surveys, keys in order, milliseconds", () => {
    expect(platform.body(message)).toBe(
      '{"organizationId":"a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51","eventType":"ticket.created","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2026-03-26T14:30:00.000Z","data":{"id":42,"price":1.0}}',
    );
    expect(platform.body({ ...message, type: "survey.response_completed", channels: ["survey-7"] })).toBe(
      '{"surveyId":"survey-7","eventType":"survey.response_completed","eventId":"evt_01M80D4XNG000000001001WGQE","timestamp":"2026-03-26T14:30:00.000Z","data":{"id":42,"price":1.0}}',
    );
  });
});

describe("community", () => {
  const statusChange = '{"InboxLink":"","PreviousTicketStatus":"open","Ticket":{"Id":4478963,"Status":"pending"}}';

  it("writes its envelope, with the ticket's id where the event has one", () => {
    const named = { ...message, workspace: { ...message.workspace, communityName: "yourCompany" } };
    expect(community.body({ ...named, type: "ticket_status_change", data: statusChange })).toBe(
      `{"CommunityName":"yourCompany","EventType":"ticket_status_change","Events":[${statusChange}],"TicketId":4478963}`,
    );
    expect(community.body({ ...named, type: "note_deletion", data: '{"NoteId":182605}' })).toBe(
      '{"CommunityName":"yourCompany","EventType":"note_deletion","Events":[{"NoteId":182605}]}',
    );
  });

  it.each([
    ['{"Ticket":{"Id":12345678901234567890}}', ',"TicketId":12345678901234567890'],
    ['{"Ticket":{"Id":1.0,"Id":1.50}}', ',"TicketId":1.50'],
    ['{"TicketId":1e3}', ',"TicketId":1e3'],
    ['{"TicketId":-0}', ',"TicketId":-0'],
    ['{"TicketId":"\\u0041 7"}', ',"TicketId":"\\u0041 7"'],
    ['{"Ticket":{"Id":null},"TicketId":7}', ""],
    ['{"Ticket":{"Id":{"Id":7}}}', ""],
    ['{"Ticket":"7","TicketId":8}', ',"TicketId":8'],
    ['{"Ticket":{"Subject":"{\\"Id\\":9}"}}', ""],
    ['["TicketId",7]', ""],
    ["null", ""],
  ])("takes the ticket's id of %s as it stands", (data, member) => {
    const body = community.body({ ...message, type: "ticket_status_change", data });
    expect(body.endsWith(`"Events":[${data}]${member}}`)).toBe(true);
  });

  it.each([
    ["https://a.example/webhooks", "https://a.example/webhooks?challenge=2135675231&verifyToken=someverificationtoken"],
    [
      "https://a.example/w?x=%20a+b&y",
      "https://a.example/w?x=%20a+b&y&challenge=2135675231&verifyToken=someverificationtoken",
    ],
    ["https://a.example/w#part", "https://a.example/w?challenge=2135675231&verifyToken=someverificationtoken"],
  ])("asks %s by appending to its own query", (target, asked) => {
    expect(community.handshake?.url(target, "2135675231", "someverificationtoken")).toBe(asked);
  });

  it("keeps a token from adding parameters of its own", () => {
    const asked = community.handshake?.url("https://a.example/", "1", "a&b=c d") ?? "";
    expect(new URL(asked).searchParams.get("verifyToken")).toBe("a&b=c d");
  });

  it("takes 200 with the challenge, bare or among other words, and nothing else", () => {
    const passes = (status: number, body: string) => community.handshake?.passes(status, body, "2135675231");
    expect(passes(200, " 2135675231\n")).toBe(true);
    expect(passes(200, '{"challenge":"2135675231"}')).toBe(true);
    expect(passes(201, "2135675231")).toBe(false);
    expect(passes(200, "213567523")).toBe(false);
    expect(passes(200, "")).toBe(false);
  });
});

describe.each([
  ["standard", standard],
  ["cases", cases],
] as const)("%s", (_, standard) => {
  it("takes secrets of 24 to 64 bytes and no others", () => {
    const ofLength = (bytes: number) => `whsec_${btoa("x".repeat(bytes))}`;
    expect(standard.secret.complaint(ofLength(24))).toBeUndefined();
    expect(standard.secret.complaint(ofLength(64))).toBeUndefined();
    for (const bad of [ofLength(23), ofLength(65), "whsec_###", "whsec_", btoa("x".repeat(32))]) {
      expect(standard.secret.complaint(bad)).toBeTypeOf("string");
    }
  });

  // RFC 4648, 4 and 3.5: receivers' libraries refuse, or read otherwise, what is not canonical.
  it.each([
    ["without its padding", `whsec_${"A".repeat(34)}`],
    ["with a part of its padding", `whsec_${"A".repeat(34)}=`],
    ["with padding that it does not need", `whsec_${"A".repeat(32)}====`],
    ["with unused bits that are not zero", `whsec_${"A".repeat(33)}B==`],
    ["with blanks in it", `whsec_${"A".repeat(16)} ${"A".repeat(16)}`],
    ["with a line feed at its end", `whsec_${"A".repeat(32)}\n`],
    ["with a blank before it", `whsec_ ${"A".repeat(32)}`],
    ["in the alphabet of URLs", `whsec_${"A".repeat(30)}-_`],
  ])("takes no secret %s", (_, secret) => {
    expect(standard.secret.complaint(secret)).toMatch(/canonical base64.*padding/);
    expect(standard.secret.complaint(`whsec_${"A".repeat(34)}==`)).toBeUndefined();
  });

  it("takes of all spellings of a secret one", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 24, maxLength: 64 }),
        fc.nat(),
        fc.constantFrom(..." \t\n\f\r=AB/-"),
        (bytes, at, sign) => {
          const text = Buffer.from(bytes).toString("base64");
          expect(standard.secret.complaint(`whsec_${text}`)).toBeUndefined();
          const index = at % (text.length + 1);
          for (const other of [
            text.slice(0, index) + sign + text.slice(index),
            text.slice(0, index) + sign + text.slice(index + 1),
          ]) {
            const canonical = Buffer.from(other, "base64").toString("base64") === other;
            if (!canonical) expect(standard.secret.complaint(`whsec_${other}`)).toBeTypeOf("string");
          }
        },
      ),
    );
  });

  it("signs with a stored secret that is not canonical as it always did: with its bytes", async () => {
    const [whole, unpadded] = [`whsec_${"A".repeat(34)}==`, `whsec_${"A".repeat(34)}`];
    expect(await standard.sign([unpadded], message, 1, "{}")).toBe(await standard.sign([whole], message, 1, "{}"));
  });
});
