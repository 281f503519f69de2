import { describe, expect, it } from "vitest";
import { community } from "./dialect.ts";

const message = {
  deliveryId: "01a200d2-76b0-7000-8000-001000000001",
  eventId: "evt_01M80D4XNG000000001001WGQE",
  type: "ticket.created",
  channels: [],
  occurredAt: Date.UTC(2026, 2, 26, 14, 30, 0),
  data: '{"id":42,"price":1.0}',
  workspace: { id: 1, externalId: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", publicName: "Acme" },
};

describe("community", () => {
  const statusChange = '{"InboxLink":"","PreviousTicketStatus":"open","Ticket":{"Id":4478963,"Status":"pending"}}';

  it("writes its envelope, with the ticket's id where the event has one", () => {
    const named = { ...message, workspace: { ...message.workspace, publicName: "yourCompany" } };
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
