import type * as z from "zod";
import type { ReceiptView } from "../../../api/receipts/representation.ts";
import { Card, Facts, Note } from "../../parts/card.tsx";
import { Code, Json } from "../../parts/code.tsx";
import { count } from "../../parts/figures.tsx";

type Request = z.infer<typeof ReceiptView>["request"];

/** Of a body, so many characters are shown. The API has all of it. */
const SHOWN = 100_000;
const SHOWN_FIELDS = 200;

/** `812 bytes`, `48.2 KB`, `1.3 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A callback as it came. */
export function RawRequest({ request }: { request: Request }) {
  const headers = Object.entries(request.headers);
  return (
    <Card id="request" title="The request" head={<Note>As it came. Credentials in its headers are masked.</Note>}>
      <Code text={`${request.method} ${request.url}`} label="request line" wrap />
      <details open={headers.length <= 12}>
        <summary>
          <h3>Headers ({headers.length})</h3>
        </summary>
        <Pairs of={headers} />
      </details>
      <div class="stack-s">
        <h3>Body</h3>
        <Body request={request} />
      </div>
    </Card>
  );
}

/** The fields of a form that are shown, of the part of it that is: one of 30 MB may be a single field, or millions. */
export function fieldsIn(form: string): [name: string, value: string][] {
  const parts = form.slice(0, SHOWN).split("&", SHOWN_FIELDS);
  return [...new URLSearchParams(parts.join("&"))];
}

function Body({ request: { body, body_encoding: encoding, headers } }: { request: Request }) {
  if (body === "") return <p class="quiet">It had none.</p>;
  const type = headers["content-type"] ?? "";
  if (encoding === "base64") {
    // Four characters are three bytes, less what pads the end.
    const bytes = (body.length / 4) * 3 - (/=*$/.exec(body)?.[0].length ?? 0);
    return (
      <p class="quiet">
        It is binary, {size(bytes)}
        {type === "" ? "" : ` of the type ${type}`}, and is not shown. The API gives it as base64.
      </p>
    );
  }
  const fields = type.startsWith("application/x-www-form-urlencoded") ? fieldsIn(body) : [];
  return (
    <>
      {fields.length > 0 && <Pairs of={fields} />}
      {body.length > SHOWN ? (
        <>
          <Code text={body.slice(0, SHOWN)} label="body" wrap />
          <p class="small quiet">
            The first {count(SHOWN)} of {count(body.length)} characters. The API gives all of it.
          </p>
        </>
      ) : (
        <Json text={body} label="body" />
      )}
    </>
  );
}

/** Names and values: headers, or the fields of a form, decoded. */
const Pairs = ({ of }: { of: readonly [string, string][] }) => (
  <Facts class="facts mono pairs" of={of.map(([name, value]) => [<span class="break">{name}</span>, value] as const)} />
);
