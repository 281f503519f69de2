import type { Problem } from "../../../api/problem.ts";
import { settingsOf } from "../../../config/settings.ts";
import { formField, type PageContext } from "../../page-context.ts";
import { Field } from "../../parts/form.tsx";

/** What a form about a workspace holds, by the API's names; empty where nothing is to be. */
export type FormValues = Record<(typeof FIELDS)[number], string>;

export const FIELDS = ["name", "external_id", "community_name", "plan", "notify_url", "notify_email"] as const;

/** The fields of a form as they came. */
export const typedIn = (context: PageContext): FormValues => ({
  name: formField(context, "name"),
  external_id: formField(context, "external_id"),
  community_name: formField(context, "community_name"),
  plan: formField(context, "plan"),
  notify_url: formField(context, "notify_url"),
  notify_email: formField(context, "notify_email"),
});

/** The fields of a form about a workspace, with what was typed and what was wrong. */
export function Fields({
  context,
  typed,
  problem,
}: {
  context: PageContext;
  typed: FormValues;
  problem: Problem | null;
}) {
  const plans = [...settingsOf(context.env).PLANS.keys()];
  if (typed.plan !== "" && !plans.includes(typed.plan)) plans.push(typed.plan);
  return (
    <>
      <Field name="name" label="Name" hint="What the customer is called." problem={problem}>
        {(attributes) => (
          <input {...attributes} type="text" value={typed.name} required maxlength={200} autocomplete="off" />
        )}
      </Field>
      <Field
        name="external_id"
        label="External id"
        hint="What your own system calls this customer. Left empty, it becomes a random UUID."
        problem={problem}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            value={typed.external_id}
            maxlength={200}
            autocomplete="off"
            spellcheck={false}
          />
        )}
      </Field>
      <Field
        name="plan"
        label="Plan"
        hint="Limits how many webhooks, sources and events a month there may be."
        problem={problem}
      >
        {(attributes) => (
          <select {...attributes}>
            <option value="">None: the deployment's limits alone</option>
            {plans.map((plan) => (
              <option value={plan} selected={plan === typed.plan}>
                {plan}
              </option>
            ))}
          </select>
        )}
      </Field>
      <h2>Notifications</h2>
      <p class="hint">
        When a webhook fails again and again, is disabled, or works again, the people of this workspace can be told.
      </p>
      <Field
        name="notify_url"
        label="Send notifications to this URL"
        hint="It receives signed events, as a webhook does. Optional."
        problem={problem}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="url"
            value={typed.notify_url}
            maxlength={2000}
            placeholder="https://example.com/hooks/posthorn"
            spellcheck={false}
          />
        )}
      </Field>
      <Field
        name="notify_email"
        label="And to this email address"
        hint={
          settingsOf(context.env).NOTIFY_FROM === null
            ? "Optional. This deployment sends no emails yet: set NOTIFY_FROM."
            : "Optional."
        }
        problem={problem}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="email"
            value={typed.notify_email}
            maxlength={320}
            placeholder="ops@example.com"
          />
        )}
      </Field>
      <details class="more" open={typed.community_name !== "" && typed.community_name !== typed.name}>
        <summary>More</summary>
        <div class="stack pad">
          <Field
            name="community_name"
            label="Community name"
            hint="What deliveries in the community dialect call it. Left empty, it is the name."
            problem={problem}
          >
            {(attributes) => (
              <input {...attributes} type="text" value={typed.community_name} maxlength={200} autocomplete="off" />
            )}
          </Field>
        </div>
      </details>
    </>
  );
}
