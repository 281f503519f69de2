import { createContext, useContext } from "hono/jsx";
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

const Current = createContext<PageContext | null>(null);

/** Gives what is rendered within it the context of its request. */
export const PageContextProvider = Current.Provider;

/**
 * The context of the page that is being rendered, for its components. A component that awaits asks before it does.
 * @throws Error outside of a page: nobody else's context is ever there instead
 */
export function usePageContext(): PageContext {
  const context = useContext(Current);
  if (!context) throw new Error("No page is being rendered");
  return context;
}

/** Where a workspace's pages are; `rest` begins with a slash. */
export const inWorkspace = (context: Pick<PageContext, "workspace">, rest: string): string =>
  `/portal/${context.workspace?.id ?? ""}${rest}`;

/** What a component links to: a path below the workspace's own, or one of the portal that begins with `/portal`. */
export const useHref = (to: string): string => (/^\/portal(\/|$)/.test(to) ? to : inWorkspace(usePageContext(), to));

/** A parameter of the page's path. */
export const pathParam = ({ params }: Pick<PageContext, "params">, name: string): string => params[name] ?? "";

/** A parameter of the page's address; empty if it has none. */
export const queryParam = (context: Pick<PageContext, "url">, name: string): string =>
  context.url.searchParams.get(name) ?? "";

/** A field of a form as text without blanks around it; empty if it is not there. */
export function formField(context: Pick<PageContext, "form">, name: string): string {
  const value = context.form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** Fields of a form, by their names. */
export const formFields = <Name extends string>(
  context: Pick<PageContext, "form">,
  names: readonly Name[],
): Record<Name, string> =>
  Object.fromEntries(names.map((name) => [name, formField(context, name)])) as Record<Name, string>;

/** The values of those boxes of a form that are ticked. */
export const formChoices = ({ form }: Pick<PageContext, "form">, name: string): string[] =>
  form.getAll(name).filter((value) => typeof value === "string");

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
