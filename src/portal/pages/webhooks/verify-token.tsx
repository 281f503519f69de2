import type { Problem } from "../../../api/problem.ts";
import { dialectOf } from "../../../systems/index.ts";
import { Field } from "../../parts/form.tsx";
import type { FormValues, Webhook } from "./form-values.ts";

/** Where the dialect asks the endpoint before it is saved: what shows the endpoint that it is us. */
export function VerifyToken({
  typed,
  webhook,
  problem,
}: {
  typed: FormValues;
  webhook: Webhook | null;
  problem: Problem | null;
}) {
  if (webhook && !dialectOf(webhook.dialect).handshake) return null;
  const stored = webhook === null ? "" : " Leave it empty to keep the one that is stored.";
  return (
    <div class={webhook ? undefined : "only-handshake"}>
      <Field
        name="verify_token"
        label="Verify token"
        problem={problem}
        hint={`Your endpoint is asked before anything is saved, and is given this token to know who asks.${stored}`}
      >
        {(attributes) => (
          <input
            {...attributes}
            type="text"
            value={typed.verifyToken}
            maxlength={200}
            autocomplete="off"
            spellcheck={false}
          />
        )}
      </Field>
    </div>
  );
}
