import type { Problem } from "../../../api/problem.ts";
import { dialectOf } from "../../../systems/index.ts";
import { disabledAfter } from "../../parts/disabling.ts";
import { Choice, DataField, type FieldData, Fields } from "../../parts/fields.tsx";
import { written, writtenDelays } from "./delays.ts";
import type { FormValues, Webhook } from "./form-values.ts";
import { HeadersField } from "./headers-field.tsx";

const PATHS = [
  ...["description", "headers", "retry_policy", "timeout_ms", "disable_on_gone", "max_concurrency", "disable_after"],
  ...["channels", "secret"],
];

type Props = { values: FormValues; webhook: Webhook | null; problem: Problem | null };

/** What most webhooks never need: closed, unless something is set or wrong there. */
export function Advanced({ values, webhook, problem }: Props) {
  const { description, headers, retries, timeout, gone, concurrency, disabling, channels } = values;
  const texts = [description, retries, timeout, gone, concurrency, disabling, channels];
  const isSet = texts.some((text) => text !== "") || headers.length > 0;
  const isWrong = problem?.errors?.some(({ path }) =>
    PATHS.some((each) => path === each || path.startsWith(`${each}.`)),
  );
  const open = isSet || isWrong || values.signing !== "generated" || Object.keys(webhook?.headers ?? {}).length > 0;
  return (
    <details class="card advanced" open={open}>
      <summary class="card-head">
        <h2>{webhook ? "Headers, retries and more" : "Secret, headers, retries and more"}</h2>
      </summary>
      <div class="card-body stack">
        {!webhook && <SecretField values={values} problem={problem} />}
        <HeadersField values={values} stored={webhook?.headers ?? {}} problem={problem} />
        <Fields of={timing(values, webhook)} values={values} problem={problem} />
        <Disabling values={values} webhook={webhook} problem={problem} />
        <Fields of={[(webhook?.survey ?? null) === null && CHANNELS, DESCRIPTION]} values={values} problem={problem} />
      </div>
    </details>
  );
}

const CHANNELS: FieldData = {
  ...{ name: "channels", label: "Channels" },
  hint: "Only events that were published to one of these channels. Put commas between several. Empty: all events.",
};
const DESCRIPTION: FieldData = {
  ...{ name: "description", label: "Description", kind: "textarea", maxlength: 1000, rows: 3 },
  hint: "For you and your colleagues. It is not sent.",
};

function timing({ dialect }: FormValues, webhook: Webhook | null): FieldData[] {
  const { retryDelays, timeoutMs } = dialectOf(dialect);
  const delays = webhook ? `the dialect's: ${writtenDelays(retryDelays)}` : "the dialect's";
  const timeout = webhook ? `the dialect's ${written(timeoutMs / 1000)}` : "the dialect's";
  return [
    {
      ...{ name: "retries", path: "retry_policy", label: "Retries", placeholder: writtenDelays(retryDelays) },
      hint: (
        <>
          How long to wait before each retry, at most 10, such as <code>30 s, 2 min, 1 h</code>. <code>none</code>: a
          failed delivery is not tried again. Empty: {delays}.
        </>
      ),
    },
    {
      ...{ name: "timeout", path: "timeout_ms", label: "Timeout", placeholder: written(timeoutMs / 1000) },
      hint: `How long your server may take to answer, from 1 s to 30 s. Empty: ${timeout}.`,
    },
    {
      ...{ name: "concurrency", path: "max_concurrency", label: "Requests at once" },
      ...{ inputmode: "numeric", placeholder: "100" },
      hint: "How many may be under way to your server, from 1 to 1000; 1: one after another. Empty: the deployment's, which is 100 unless its operator has set another.",
    },
  ];
}

function Disabling({ values, webhook, problem }: Props) {
  const { disablesOnGone, disableAfter } = dialectOf(values.dialect);
  const after = webhook ? `The dialect's: after ${disabledAfter(disableAfter)}` : "The dialect's";
  const gone = webhook ? `The dialect's: ${disablesOnGone ? "disable" : "try again"}` : "The dialect's";
  return (
    <>
      <DataField
        values={values}
        problem={problem === null ? null : withoutMembers(problem)}
        of={{
          ...{ name: "disabling", path: "disable_after", label: "When your server goes on to fail", kind: "select" },
          hint: "After five failures in a row one request at a time, a probe, tries whether it is back, and the rest waits. Disabled, the webhook is not even probed until somebody enables it again.",
          options: [
            { value: "", name: after },
            { value: "own", name: "Disable the webhook after what is set below" },
            { value: "never", name: "Never disable it: probe until it answers" },
          ],
        }}
      />
      <div class="own-disabling stack">
        <Fields
          values={values}
          problem={problem}
          of={[
            {
              ...{ name: "probes", path: "disable_after.failures", label: "Failed probes" },
              ...{ hint: "One after another, from 1 to 1000.", inputmode: "numeric" },
              placeholder: `${disableAfter.failures}`,
            },
            {
              ...{ name: "silence", path: "disable_after.seconds", label: "And no success for", placeholder: "5 d" },
              hint: "At most 365 d. Empty: the probes alone decide.",
            },
          ]}
        />
      </div>
      <DataField
        values={values}
        problem={problem}
        of={{
          ...{ name: "gone", path: "disable_on_gone", label: "When your server answers 410 Gone", kind: "select" },
          hint: "It says that it is gone for good. Disabled, the webhook holds what comes until somebody enables it again.",
          options: [
            { value: "", name: gone },
            { value: "disable", name: "Disable the webhook at once" },
            { value: "retry", name: "Try again, as after any failure" },
          ],
        }}
      />
    </>
  );
}

/** What is wrong with the choice itself: its two fields say their own. */
const withoutMembers = (problem: Problem): Problem => ({
  ...problem,
  errors: (problem.errors ?? []).filter(({ path }) => !path.startsWith("disable_after.")),
});

function SecretField({ values, problem }: { values: FormValues; problem: Problem | null }) {
  const kind = (value: FormValues["signing"]) => ({ name: "secret_kind", value, checked: values.signing === value });
  return (
    <fieldset class="stack-s">
      <legend>Secret</legend>
      <Choice {...kind("generated")} label="Make one for me" hint="It is shown once, on the next page." />
      <Choice
        {...kind("own")}
        label="Use my own"
        hint="For a receiver that has one already. Type it below; after a mistake, type it again."
      />
      <div class="own-secret">
        <DataField of={{ name: "secret", label: "My own secret", kind: "password" }} problem={problem} />
      </div>
      <Choice
        {...kind("none")}
        class="only-optional-secret"
        label="None"
        hint="Requests are not signed then: your server cannot tell them from anybody else's."
      />
    </fieldset>
  );
}
