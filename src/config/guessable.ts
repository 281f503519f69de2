import * as z from "zod";

/** Of the deployment's own secrets, in different characters: 24 random hex digits have fewer once in 42,000 times. */
const FEWEST_CHARACTERS = 8;

/** Whether a text is of few different characters, or a shorter one that is repeated. What it says besides cannot be judged. */
export function isGuessable(text: string): boolean {
  if (new Set(text).size < FEWEST_CHARACTERS) return true;
  const most = Math.floor(text.length / 2);
  return Array.from({ length: most }, (_, n) => n + 1).some((period) => text.startsWith(text.slice(period)));
}

export const EASY = "is easy to guess: it has few different characters, or repeats a part of itself";

/** In characters: 24 hex digits are 96 bits, as many as nobody tries. */
const SHORTEST_TOKEN = 24;

/** The token that may do everything: whoever guesses it has all workspaces. It travels in a header. */
export const AdminToken = z
  .string("ADMIN_TOKEN must be set")
  .min(1, { abort: true, error: "ADMIN_TOKEN must be set" })
  .regex(/^[\x21-\x7e]+$/, "ADMIN_TOKEN must be ASCII without blanks, as a header cannot bring any other")
  .min(SHORTEST_TOKEN, {
    abort: true,
    error: `ADMIN_TOKEN must have at least ${SHORTEST_TOKEN} characters, better 32 random bytes: openssl rand -hex 32`,
  })
  .refine((token) => !isGuessable(token), `ADMIN_TOKEN ${EASY}. Make one by openssl rand -hex 32`);
