import type { OwnCase } from "../../../../test/support/provider-callbacks.ts";

/** None: nothing comes over HTTP; test/service/inbound-mail.test.ts hands mails over. */
export const cases: readonly OwnCase[] = [];
