import type { Problem } from "../../../api/problem.ts";
import { dialectOf } from "../../../systems/index.ts";
import { disabledAfter } from "../../parts/disabling.ts";
import { Field } from "../../parts/form.tsx";
import { written, writtenDelays } from "./delays.ts";
import type { FormValues, Webhook } from "./form-values.ts";
import { HeadersField } from "./headers-field.tsx";

const PATHS = [
  ...["description", "headers", "retry_policy", "timeout_ms", "disable_on_gone", "max_concurrency", "disable_after"],
  ...["channels", "secret"],
];

/** What most webhooks never need: closed, unless something is set or wrong there. */
export function Advanced({
  typed,
  webhook,
  problem,
}: {
  typed: FormValues;
  webhook: Webhook | null;
  problem: Problem | null;
}) {
  const { description, headers, retries, timeout, gone, concurrency, disabling, channels } = typed;
  const texts = [description, retries, timeout, gone, concurrency, disabling, channels];
  const isSet = texts.some((text) => text !== "") || headers.length > 0;
  const isWrong = problem?.errors?.some(({ path }) =>
    PATHS.some((each) => path === each || path.startsWith(`${each}.`)),
  );
  const open = isSet || isWrong || typed.signing !== "generated" || Object.keys(webhook?.headers ?? {}).length > 0;
  return (
    <details class="card advanced" open={open}>
      <summary class="card-head">
        <h2>{webhook ? "Headers, retries and more" : "Secret, headers, retries and more"}</h2>
      </summary>
      <div class="card-body stack">
        {!webhook && <SecretField typed={typed} problem={problem} />}
        <HeadersField typed={typed} stored={webhook?.headers ?? {}} problem={problem} />
        <Timing typed={typed} webhook={webhook} problem={problem} />
        <Disabling typed={typed} webhook={webhook} problem={problem} />
        {(webhook?.survey ?? null) === null && (
          <Field
            name="channels"
            label="Channels"
            problem={problem}
            hint="Only events that were published to one of these channels. Put commas between several. Empty: all events."
          >
            {(attributes) => <input {...attributes} type="text" value={channels} autocomplete="off" />}
          </Field>
        )}
        <Field
          name="description"
          label="Description"
          problem={problem}
          hint="For you and your colleagues. It is not sent."
        >
          {(attributes) => (
            <textarea {...attributes} maxlength={1000} rows={3}>
              {description}
            </textarea>
          )}
        </Field>
      </div>
    </details>
  );
}

function Timing({ typed, webhook, problem }: { typed: FormValues; webhook: Webhook | null; problem: Problem | null }) {
  const { retryDelays, timeoutMs } = dialectOf(typed.dialect);
  const delays = webhook ? `the dialect's: ${writtenDelays(retryDelays)}` : "the dialect's";
  const timeout = webhook ? `the dialect's ${written(timeoutMs / 1000)}` : "the dialect's";
  return (
    <>
      <Field
        name="retries"
        path="retry_policy"
        label="Retries"
        problem={problem}
        hint={
          <>
            How long to wait before each retry, at most 10, such as <code>30 s, 2 min, 1 h</code>. <code>none</code>: a
            failed delivery is not tried again. Empty: {delays}.
          </>
        }
      >
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            value={typed.retries}
            placeholder={writtenDelays(retryDelays)}
            autocomplete="off"
          />
        )}
      </Field>
      <Field
        name="timeout"
        path="timeout_ms"
        label="Timeout"
        problem={problem}
        hint={`How long your server may take to answer, from 1 s to 30 s. Empty: ${timeout}.`}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            value={typed.timeout}
            placeholder={written(timeoutMs / 1000)}
            autocomplete="off"
          />
        )}
      </Field>
      <Field
        name="concurrency"
        path="max_concurrency"
        label="Requests at once"
        problem={problem}
        hint="How many may be under way to your server, from 1 to 1000; 1: one after another. Empty: the deployment's, which is 100 unless its operator has set another."
      >
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            inputmode="numeric"
            value={typed.concurrency}
            placeholder="100"
            autocomplete="off"
          />
        )}
      </Field>
    </>
  );
}

function Disabling({
  typed,
  webhook,
  problem,
}: {
  typed: FormValues;
  webhook: Webhook | null;
  problem: Problem | null;
}) {
  const { disablesOnGone, disableAfter } = dialectOf(typed.dialect);
  const ofDialect = webhook ? `The dialect's: after ${disabledAfter(disableAfter)}` : "The dialect's";
  return (
    <>
      <Field
        name="disabling"
        path="disable_after"
        label="When your server goes on to fail"
        problem={problem === null ? null : withoutMembers(problem)}
        hint="After five failures in a row one request at a time, a probe, tries whether it is back, and the rest waits. Disabled, the webhook is not even probed until somebody enables it again."
      >
        {(attributes) => (
          <select {...attributes}>
            {(
              [
                ["", ofDialect],
                ["own", "Disable the webhook after what is set below"],
                ["never", "Never disable it: probe until it answers"],
              ] as const
            ).map(([value, label]) => (
              <option value={value} selected={typed.disabling === value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="own-disabling stack">
        <Field
          name="probes"
          path="disable_after.failures"
          label="Failed probes"
          problem={problem}
          hint="One after another, from 1 to 1000."
        >
          {(attributes) => (
            <input
              {...attributes}
              type="text"
              inputmode="numeric"
              value={typed.probes}
              placeholder={`${disableAfter.failures}`}
              autocomplete="off"
            />
          )}
        </Field>
        <Field
          name="silence"
          path="disable_after.seconds"
          label="And no success for"
          problem={problem}
          hint="At most 365 d. Empty: the probes alone decide."
        >
          {(attributes) => (
            <input {...attributes} type="text" value={typed.silence} placeholder="5 d" autocomplete="off" />
          )}
        </Field>
      </div>
      <Field
        name="gone"
        path="disable_on_gone"
        label="When your server answers 410 Gone"
        problem={problem}
        hint="It says that it is gone for good. Disabled, the webhook holds what comes until somebody enables it again."
      >
        {(attributes) => (
          <select {...attributes}>
            {(
              [
                ["", webhook ? `The dialect's: ${disablesOnGone ? "disable" : "try again"}` : "The dialect's"],
                ["disable", "Disable the webhook at once"],
                ["retry", "Try again, as after any failure"],
              ] as const
            ).map(([value, label]) => (
              <option value={value} selected={typed.gone === value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}

/** What is wrong with the choice itself: its two fields say their own. */
const withoutMembers = (problem: Problem): Problem => ({
  ...problem,
  errors: (problem.errors ?? []).filter(({ path }) => !path.startsWith("disable_after.")),
});

function SecretField({ typed, problem }: { typed: FormValues; problem: Problem | null }) {
  const kind = (value: FormValues["signing"]) => ({
    ...{ type: "radio", name: "secret_kind", value, checked: typed.signing === value },
  });
  return (
    <fieldset class="stack-s">
      <legend>Secret</legend>
      <label class="choice">
        <input {...kind("generated")} />
        <span>
          Make one for me
          <span class="hint">It is shown once, on the next page.</span>
        </span>
      </label>
      <label class="choice">
        <input {...kind("own")} />
        <span>
          Use my own
          <span class="hint">For a receiver that has one already. Type it below; after a mistake, type it again.</span>
        </span>
      </label>
      <div class="own-secret">
        <Field name="secret" label="My own secret" problem={problem}>
          {(attributes) => <input {...attributes} type="password" autocomplete="off" />}
        </Field>
      </div>
      <label class="choice only-optional-secret">
        <input {...kind("none")} />
        <span>
          None
          <span class="hint">Requests are not signed then: your server cannot tell them from anybody else's.</span>
        </span>
      </label>
    </fieldset>
  );
}
