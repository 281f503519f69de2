import type { Problem } from "../../../api/problem.ts";
import { Choice } from "../../parts/fields.tsx";
import type { FormValues } from "./form-values.ts";

/** Rows that are free without a script; the button adds more. */
const FREE = 3;

type Props = { values: Pick<FormValues, "headers" | "keepHeaders">; problem: Problem | null };

/**
 * Headers that every request carries. Of those that are there, credentials are not shown, and the API takes all of them
 * or none: so they are kept as they are, or given anew.
 * @param stored what the webhook has, masked
 */
export function HeadersField({ values, stored, problem }: Props & { stored: Readonly<Record<string, string>> }) {
  const names = Object.keys(stored);
  const general = problem?.errors?.find(({ path }) => path === "headers")?.message;
  const kept = Object.entries(stored).map(([name, value]) => (
    <span class="hint break">
      <code>
        {name}: {value}
      </code>
    </span>
  ));
  const mode = { name: "header_mode", type: "radio" } as const;
  return (
    <fieldset class="stack-s">
      <legend>Headers</legend>
      <span class="small quiet">
        Sent along with every request, such as a token that your server asks for. Values are stored encrypted.
      </span>
      {general !== undefined && <span class="wrong">{general}</span>}
      {names.length === 0 ? (
        <Rows values={values} problem={problem} />
      ) : (
        <>
          <Choice
            {...{ ...mode, value: "keep", checked: values.keepHeaders }}
            label={
              <>
                Keep {names.length === 1 ? "the one that is set" : `the ${names.length} that are set`}
                {kept}
              </>
            }
          />
          <Choice
            {...{ ...mode, value: "replace", checked: !values.keepHeaders }}
            label="Replace all of them"
            hint="By those below, or by none. Values that are hidden cannot be brought back: type them again."
          />
          <div class="new-headers">
            <Rows
              values={values.headers.length > 0 ? values : { ...values, headers: retyped(stored) }}
              problem={problem}
            />
          </div>
        </>
      )}
    </fieldset>
  );
}

/** What may be shown of a value is printable ASCII; a mask is not. */
const retyped = (stored: Readonly<Record<string, string>>) =>
  Object.entries(stored).map(([name, value]) => ({ name, value: /^[\x20-\x7e]*$/.test(value) ? value : "" }));

function Rows({ values, problem }: Props) {
  const rows = [...values.headers, ...Array.from({ length: FREE }, () => ({ name: "", value: "" }))];
  return (
    <div class="stack-s">
      <div class="stack-s" id="header-rows">
        {rows.map((header, at) => (
          <Pair header={header} at={at} wrong={wrongAt(problem, header)} />
        ))}
      </div>
      <div>
        <button type="button" class="small" data-add="#header-rows" hidden>
          Add a row
        </button>
      </div>
    </div>
  );
}

type Header = FormValues["headers"][number];

function Pair({ header: { name, value }, at, wrong }: { header: Header; at: number; wrong: string | undefined }) {
  const input = { type: "text", autocomplete: "off", spellcheck: false } as const;
  const id = wrong === undefined ? undefined : `header-${at}-wrong`;
  const marks = { "aria-invalid": wrong === undefined ? undefined : "true", "aria-describedby": id } as const;
  return (
    <div class="pair">
      <input
        {...{ ...input, name: "header_name", value: name, placeholder: "X-Token", ...marks }}
        aria-label={`Header name ${at + 1}`}
      />
      <input
        {...{ ...input, name: "header_value", value, placeholder: "Value" }}
        aria-label={`Header value ${at + 1}`}
      />
      {wrong !== undefined && (
        <span class="wrong" id={id}>
          {wrong}
        </span>
      )}
    </div>
  );
}

/** A row that is empty has nothing wrong. */
const wrongAt = (problem: Problem | null, { name, value }: Header): string | undefined =>
  name === "" && value === "" ? undefined : problem?.errors?.find(({ path }) => path === `headers.${name}`)?.message;
