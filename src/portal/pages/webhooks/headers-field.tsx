import type { Problem } from "../../../api/problem.ts";
import type { FormValues } from "./form-values.ts";

/** Rows that are free without a script; the button adds more. */
const FREE = 3;

/**
 * Headers that every request carries. Of those that are there, credentials are not shown, and the API takes all of them
 * or none: so they are kept as they are, or given anew.
 * @param stored what the webhook has, masked
 */
export function HeadersField({
  typed,
  stored,
  problem,
}: {
  typed: FormValues;
  stored: Readonly<Record<string, string>>;
  problem: Problem | null;
}) {
  const names = Object.keys(stored);
  const general = problem?.errors?.find(({ path }) => path === "headers")?.message;
  return (
    <fieldset class="stack-s">
      <legend>Headers</legend>
      <span class="small quiet">
        Sent along with every request, such as a token that your server asks for. Values are stored encrypted.
      </span>
      {general !== undefined && <span class="wrong">{general}</span>}
      {names.length === 0 ? (
        <Rows typed={typed} problem={problem} />
      ) : (
        <>
          <label class="choice">
            <input type="radio" name="header_mode" value="keep" checked={typed.keepHeaders} />
            <span>
              Keep {names.length === 1 ? "the one that is set" : `the ${names.length} that are set`}
              {Object.entries(stored).map(([name, value]) => (
                <span class="hint break">
                  <code>
                    {name}: {value}
                  </code>
                </span>
              ))}
            </span>
          </label>
          <label class="choice">
            <input type="radio" name="header_mode" value="replace" checked={!typed.keepHeaders} />
            <span>
              Replace all of them
              <span class="hint">
                By those below, or by none. Values that are hidden cannot be brought back: type them again.
              </span>
            </span>
          </label>
          <div class="new-headers">
            <Rows typed={typed.headers.length > 0 ? typed : { ...typed, headers: retyped(stored) }} problem={problem} />
          </div>
        </>
      )}
    </fieldset>
  );
}

/** What may be shown of a value is printable ASCII; a mask is not. */
const retyped = (stored: Readonly<Record<string, string>>) =>
  Object.entries(stored).map(([name, value]) => ({ name, value: /^[\x20-\x7e]*$/.test(value) ? value : "" }));

function Rows({ typed, problem }: { typed: Pick<FormValues, "headers">; problem: Problem | null }) {
  const rows = [...typed.headers, ...Array.from({ length: FREE }, () => ({ name: "", value: "" }))];
  return (
    <div class="stack-s">
      <div class="stack-s" id="header-rows">
        {rows.map(({ name, value }, at) => {
          const wrong = name === "" && value === "" ? undefined : wrongAt(problem, name);
          return (
            <div class="pair">
              <input
                type="text"
                name="header_name"
                value={name}
                aria-label={`Header name ${at + 1}`}
                placeholder="X-Token"
                autocomplete="off"
                spellcheck={false}
                aria-invalid={wrong === undefined ? undefined : "true"}
                aria-describedby={wrong === undefined ? undefined : `header-${at}-wrong`}
              />
              <input
                type="text"
                name="header_value"
                value={value}
                aria-label={`Header value ${at + 1}`}
                placeholder="Value"
                autocomplete="off"
                spellcheck={false}
              />
              {wrong !== undefined && (
                <span class="wrong" id={`header-${at}-wrong`}>
                  {wrong}
                </span>
              )}
            </div>
          );
        })}
      </div>
      <div>
        <button type="button" class="small" data-add="#header-rows" hidden>
          Add a row
        </button>
      </div>
    </div>
  );
}

const wrongAt = (problem: Problem | null, name: string): string | undefined =>
  problem?.errors?.find(({ path }) => path === `headers.${name}`)?.message;
