/** A person at the portal, without a browser: keeps its cookies, and sends forms as one would. */
export interface Visitor {
  /** Its cookies as one header. */
  cookies(): string;
  get(path: string, headers?: Record<string, string>): Promise<FetchedPage>;
  /** Sends a form with the session's token in it, unless another is given. */
  post(
    path: string,
    fields?: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ): Promise<FetchedPage>;
  /** @throws Error where it is not let in */
  signIn(token: string): Promise<void>;
}

export interface FetchedPage {
  status: number;
  headers: Headers;
  html: string;
  /** What a reader reads: without tags, blanks as one. */
  text: string;
  /** Where it leads to, if it does. */
  location: string | null;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The text of HTML. */
export const textOf = (html: string): string =>
  html
    .replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, " ")
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? "")
    .replaceAll(/\s+/g, " ")
    .trim();

/** The value of a field of a form, as a page has it. */
export const fieldOf = (html: string, name: string): string | undefined =>
  new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1];

/** Somebody who has not signed in. It follows no redirect. */
export function visitor(url: string): Visitor {
  const jar = new Map<string, string>();
  let csrf = "";

  async function ask(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<FetchedPage> {
    const cookie = self.cookies();
    const headers = cookie === "" ? init.headers : { cookie, ...init.headers };
    const response = await fetch(url + path, { ...init, headers, redirect: "manual" });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    const html = await response.text();
    csrf = fieldOf(html, "csrf") ?? csrf;
    const location = response.headers.get("location");
    return { status: response.status, headers: response.headers, html, text: textOf(html), location };
  }

  const self: Visitor = {
    cookies: () => [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
    get: (path, headers = {}) => ask(path, { headers }),
    post(path, fields = {}, headers = {}) {
      const given = Object.entries({ csrf, ...fields }).flatMap(([name, value]) =>
        [value].flat().map((each): [string, string] => [name, each]),
      );
      const body = new URLSearchParams(given);
      return ask(path, { method: "POST", body, headers: { origin: url, ...headers } });
    },
    async signIn(token) {
      const { status, text } = await self.post("/portal/sign-in", { token });
      if (status !== 303) throw new Error(`${status}: ${text}`);
      const start = await self.get("/portal");
      await self.get(start.location ?? "");
    },
  };
  return self;
}

/** Somebody who has signed in with this token. */
export async function signedIn(url: string, token: string): Promise<Visitor> {
  const someone = visitor(url);
  await someone.signIn(token);
  return someone;
}
