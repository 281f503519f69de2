import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cases } from "./cases/dialect.ts";
import { standard } from "./standard/dialect.ts";

const message = {
  deliveryId: "01a200d2-76b0-7000-8000-001000000001",
  eventId: "evt_01M80D4XNG000000001001WGQE",
  type: "ticket.created",
  channels: [],
  occurredAt: Date.UTC(2026, 2, 26, 14, 30, 0),
  data: '{"id":42,"price":1.0}',
  workspace: { id: 1, externalId: "a2a7ad30-66b4-4f4e-a9a2-bd1f1e5c8d51", publicName: "Acme" },
};

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
