import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

/** What a server answered to {@link exchange}. */
export interface Exchange {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/**
 * Sends exactly these headers, and beside them only what HTTP itself needs: `fetch` would add an `Accept` of its own.
 * @throws Error when the server cannot be reached
 */
export async function exchange(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Exchange> {
  const sent = request(url, { method, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

/**
 * Does what a documented command does: its method, its headers and its body to the letter, each `{{NAME}}` filled in.
 * @param command `curl -X METHOD "URL"`, any number of `-H "Name: value"`, and `-d '…'` or none
 * @throws Error for a command of another form, and for a placeholder without a value
 */
export async function curl(command: string, values: Record<string, string>): Promise<Exchange> {
  const filled = command.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Nothing was given for ${name}`);
    return value;
  });
  const form = /^curl -X ([A-Z]+) "([^"]+)"((?: \\\n-H "[^":]+: [^"]+")*)(?: \\\n-d '([^']*)')?$/.exec(filled);
  const [, method = "", url = "", lines = "", body] = form ?? [];
  if (!form) throw new Error(`Not a command of the documents' form:\n${filled}`);
  const headers = [...lines.matchAll(/-H "([^":]+): ([^"]+)"/g)].map(([, name = "", value = ""]) => [name, value]);
  return exchange(method, url, Object.fromEntries(headers), body);
}
