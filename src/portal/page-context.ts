import type { RouteScope } from "../api/authorize.ts";
import type { Caller } from "../config/authenticate.ts";
import type { Api } from "./api.ts";
import type { Session, Theme } from "./session/index.ts";

/** A request for a page by somebody who has signed in: what the page knows of it, and may ask the API for. */
export type PageContext = {
  env: Env;
  /** The address of the page. */
  url: URL;
  params: Readonly<Record<string, string>>;
  caller: Caller;
  session: Session;
  /** The workspace that the page is of, if it is one's. */
  workspace: { id: number; name: string } | null;
  api: Api;
  theme: Theme;
  /** For the `nonce` of scripts and styles. */
  nonce: string;
  /** Whether only the page's content is asked for, by a script that puts it into the page that is there. */
  fragment: boolean;
  /** In milliseconds since 1970. */
  now: number;
  /** Whether this visitor may do what takes this scope. */
  can(scope: Exclude<RouteScope, "public">): boolean;
  /** What a form has brought. Empty for a GET. */
  form: FormData;
};

/** Where a workspace's pages are; `rest` begins with a slash. */
export const inWorkspace = (context: Pick<PageContext, "workspace">, rest: string): string =>
  `/portal/${context.workspace?.id ?? ""}${rest}`;

/** The API's paths of a workspace. */
export const apiPath = (context: Pick<PageContext, "workspace">, rest: string): string =>
  `/api/v1/workspaces/${context.workspace?.id ?? ""}${rest}`;

/** A parameter of the page's address; empty if it has none. */
export const queryParam = (context: Pick<PageContext, "url">, name: string): string =>
  context.url.searchParams.get(name) ?? "";

/** A field of a form as text without blanks around it; empty if it is not there. */
export function formField(context: Pick<PageContext, "form">, name: string): string {
  const value = context.form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/**
 * A number that was typed; what is none in decimal digits stays the text that it is, for the API says what is wrong with it.
 */
export const numberIn = (text: string): number | string => (/^[0-9]{1,15}$/.test(text) ? Number(text) : text);

/** The address of the page with other parameters: null takes one away. */
export function addressWith({ url }: Pick<PageContext, "url">, changes: Record<string, string | null>): string {
  const params = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
  const query = params.toString();
  return query === "" ? url.pathname : `${url.pathname}?${query}`;
}
