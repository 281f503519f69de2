/** What the API answered. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; undefined when it is empty or no JSON. The type is the caller's word, nothing checks it. */
  json: T;
}

/** Calls the API with a token: method, path (with the leading slash) and a body to send as JSON. */
export type Api = <T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  headers?: HeadersInit,
) => Promise<Answer<T>>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A client of one service with one token. It follows no redirect and retries nothing.
 * @throws TypeError (by each call) when the service cannot be reached
 */
export function api(url: string, token: string): Api {
  return async <T>(method: string, path: string, body?: unknown, headers?: HeadersInit): Promise<Answer<T>> => {
    const sent = new Headers(headers);
    if (token && !sent.has("authorization")) sent.set("authorization", `Bearer ${token}`);
    if (body !== undefined && !sent.has("content-type")) sent.set("content-type", "application/json");
    const response = await fetch(url + path, {
      method,
      headers: sent,
      redirect: "manual",
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) as T };
  };
}
