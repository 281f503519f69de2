import { nearest } from "../../catalogue/suggest.ts";
import type { SourceFields } from "../../config/sources.ts";
import type { Provider } from "../../inbound/provider.ts";
import { providerOf, providers } from "../../inbound/providers/index.ts";
import { splitOptions, TicketOptions } from "../../inbound/tickets.ts";
import { fieldErrors, invalidField, invalidFields } from "../problem.ts";

/** @throws ApiError invalid_request naming the closest, where there is none of that name */
export function requireProvider(name: string): Provider {
  const provider = providerOf(name);
  if (provider) return provider;
  const closest = nearest(name.toLowerCase(), Object.keys(providers)).join(", ");
  throw invalidField(
    "provider",
    `There is no provider ${name}. The closest are ${closest}; the documentation lists all`,
  );
}

/**
 * Checks credentials and options by a provider's own schemas, and whether they fit together.
 * @param stored whether the credentials are in use already: how a given one is to be spelt does not matter then
 * @throws ApiError invalid_request with every fault of theirs
 */
export function checkByProvider(provider: Provider, { credentials, options }: Checked, stored = false): void {
  const errors = [...faults(provider.credentials, credentials, "credentials"), ...optionFaults(provider, options)];
  if (errors.length > 0) throw invalidFields(errors);
  const configIssue =
    (stored ? null : provider.misspelt(credentials)) ??
    provider.configIssue({ credentials, options: splitOptions(options).own });
  if (configIssue) throw invalidField(configIssue.path, configIssue.message);
}

type Checked = { credentials: unknown; options: SourceFields["options"] };

/** Some options are every source's, the others its provider's. */
function optionFaults(provider: Provider, options: Record<string, unknown>) {
  const common = Object.keys(TicketOptions.shape);
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => common.includes(name) === wanted));
  return [...faults(TicketOptions, part(true), "options"), ...faults(provider.options, part(false), "options")];
}

function faults(schema: Provider["credentials"], value: unknown, field: string) {
  const { error } = schema.safeParse(value);
  return error ? fieldErrors(error.issues, {}, [field]) : [];
}
