import type { Rejection } from "../../../inbound/provider.ts";

/** What a rejection means, and what to do about it. */
export const CAUSES: Readonly<Record<Rejection, { name: string; meaning: string; remedy: string }>> = {
  bad_signature: {
    name: "Wrong signature",
    meaning: "It was signed, but not by the credential that this source has, or not for this URL.",
    remedy:
      "Compare the credential here with the provider's: enter it anew if in doubt. Compare the URL at the provider with the callback URL, character by character. Behind a proxy, set the public URL.",
  },
  missing_signature: {
    name: "No signature",
    meaning: "It bore no signature, or not the header or password that was agreed on.",
    remedy: "Switch signing on at the provider. If it is on, somebody else called the URL: nothing to do.",
  },
  stale: {
    name: "Too old",
    meaning: "Its signed time is too far from now: an old callback was sent again, or a clock is wrong.",
    remedy:
      "If the provider repeats callbacks with the time of the first one, allow an older signature in the options.",
  },
  replayed: {
    name: "Sent again",
    meaning: "Its signature was taken before, and may be used once.",
    remedy: "Nothing to do: it had no effect.",
  },
  wrong_topic: {
    name: "Another topic",
    meaning: "It came from a topic of SNS that this source does not name.",
    remedy: "If the topic is yours, add its ARN to the options. If not, somebody else's topic was subscribed.",
  },
  malformed: {
    name: "Not understood",
    meaning: "It does not look like a callback of this provider.",
    remedy: "See whether the source has the right provider, and whether a proxy changes what it passes on.",
  },
  unsupported: {
    name: "Signed in another way",
    meaning: "It was signed in a way that this source does not take.",
    remedy: "Compare the options here with how the provider is set to sign.",
  },
  certificate_unavailable: {
    name: "No certificate",
    meaning: "The provider's certificate could not be fetched at that moment.",
    remedy: "Nothing to do: the provider was asked to come again.",
  },
};
