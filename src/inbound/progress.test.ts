import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance } from "./progress.ts";
import { STATUSES, type Status } from "./provider.ts";
import { providerOf } from "./providers/index.ts";

const reached = (...told: Status[]) =>
  told.reduce<Status | undefined>((state, each) => advance(state, each, false) ?? state, undefined);

describe("a message", () => {
  it.each<[Status[], Status]>([
    [["queued", "sent", "delivered", "read"], "read"],
    [["read", "delivered"], "read"],
    [["delivered", "sent", "queued"], "delivered"],
    [["deferred", "queued"], "deferred"],
    [["sent", "failed"], "failed"],
    [["failed", "delivered"], "failed"],
    [["delivered", "failed"], "delivered"],
    [["read", "bounced"], "read"],
    [["sent", "opened", "clicked"], "sent"],
  ])("that is %j has come to %s", (told, state) => {
    expect(reached(...told)).toBe(state);
  });

  it("is not advanced by what its reader does, nor by what is known", () => {
    for (const status of ["opened", "clicked", "complained", "unsubscribed"] as const) {
      expect(advance("sent", status, true)).toBeNull();
      expect(advance(undefined, status, true)).toBeNull();
    }
    expect(advance("sent", "sent", true)).toBeNull();
  });

  it("may bounce after it was delivered, where the provider's mails do", () => {
    const afterDelivery = (name: string) => advance("delivered", "bounced", providerOf(name)?.bouncesLater ?? false);
    expect(afterDelivery("sendgrid")).toBe("bounced");
    expect(afterDelivery("aws-ses-sns")).toBe("bounced");
    expect(afterDelivery("postmark")).toBeNull();
    expect(advance("delivered", "dropped", true)).toBeNull();
  });

  it("ends at the same state in whatever order its delivery is told, if nothing fails", () => {
    const told = ["queued", "deferred", "sent", "delivered", "read"] as const;
    fc.assert(
      fc.property(fc.shuffledSubarray([...told], { minLength: 1 }), (some) => {
        expect(reached(...some)).toBe(told.findLast((status) => some.includes(status)));
      }),
    );
  });

  it("never leaves what ends it", () => {
    fc.assert(
      fc.property(fc.constantFrom("failed", "bounced", "dropped"), fc.constantFrom(...STATUSES), (end, told) => {
        expect(advance(end as Status, told, true)).toBeNull();
      }),
    );
  });
});
