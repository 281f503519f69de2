import { memberText } from "../../lib/json-text.ts";
import { bodySignature } from "../body-signature.ts";
import { type Dialect, FIVE_DAYS_OF_FAILURES, type Handshake } from "../dialect.ts";
import { jsonObject } from "../wire.ts";
import { communityEvents } from "./event-types.ts";

/** A number or a text, in JSON. */
const ID = /^["\d-]/;

/** The ticket that an event is about, as JSON text and as it was published, digit for digit; undefined where it is about none. */
function ticketId(data: string): string | undefined {
  const ofTicket = memberText(memberText(data, "Ticket") ?? "", "Id");
  const id = ofTicket ?? memberText(data, "TicketId");
  return id !== undefined && ID.test(id) ? id : undefined;
}

/** Ten digits, as documented, that an endpoint may read into a signed integer of 32 bits: up to 2,147,483,647. */
const SMALLEST_CHALLENGE = 1_000_000_000;
const CHALLENGES = 2 ** 31 - SMALLEST_CHALLENGE;

const handshake: Handshake = {
  timeoutMs: 20_000,
  challenge: () => String(SMALLEST_CHALLENGE + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % CHALLENGES)),
  url(target, challenge, verifyToken) {
    const url = new URL(target);
    url.hash = "";
    // Behind what the URL brings along, letter by letter: `searchParams` would write that anew.
    const parameters = `challenge=${challenge}&verifyToken=${encodeURIComponent(verifyToken)}`;
    url.search = url.search === "" ? parameters : `${url.search}&${parameters}`;
    return url.href;
  },
  passes: (status, body, challenge) => status === 200 && body.includes(challenge),
};

/** Community webhooks: verified by a challenge when they are set up, several events in one envelope. */
export const community: Dialect = {
  name: "community",
  summary: "The community: events in a list; your endpoint answers a challenge before it is saved.",
  catalogue: communityEvents,
  retryDelays: [1, 5, 30, 300, 1800, 7200],
  disableAfter: FIVE_DAYS_OF_FAILURES,
  timeoutMs: 20_000,
  disablesOnGone: false,
  ...bodySignature("x-webhook-signature", "sha256=", false),
  handshake,
  body(message) {
    const ticket = ticketId(message.data);
    return jsonObject({
      CommunityName: JSON.stringify(message.workspace.publicName),
      EventType: JSON.stringify(message.type),
      Events: `[${message.data}]`,
      ...(ticket === undefined ? {} : { TicketId: ticket }),
    });
  },
};
