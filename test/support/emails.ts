import { readFileSync } from "node:fs";
import type { SpawnedService } from "./service.ts";

/** An email that a service sent; locally it is a file, and its path a line of the log. */
export interface Email {
  from: string;
  to: string;
  subject: string;
  text: string;
}

/** What a service has sent to an address so far. */
export function emailsTo(service: SpawnedService, address: string): Email[] {
  const form =
    /send_email binding called with MessageBuilder:\S*\nFrom: (.*)\nTo: (.*)\nSubject: (.*)\n\nText: (.*)\n/g;
  return [...service.output().matchAll(form)].flatMap(([, from = "", to = "", subject = "", file = ""]) =>
    to.includes(address) ? [{ from, to, subject, text: readFileSync(file, "utf8") }] : [],
  );
}
