import type { OwnCase } from "../../../../test/support/provider-callbacks.ts";

/** None: SNS fetches a certificate, which test/runtime/inbound.test.ts plays. */
export const cases: readonly OwnCase[] = [];
