import type { Fixtures } from "../fixtures.ts";

export const fixtures: Fixtures = {
  source: () => ({ credentials: {} }),
  takesNoJson: true,
};
