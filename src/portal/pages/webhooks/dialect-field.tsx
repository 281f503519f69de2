import { type Dialect, dialectOf, dialects } from "../../../systems/index.ts";
import { written } from "./delays.ts";

/** How its requests look, chosen once: each dialect with what it is for, and what it does unless told otherwise. */
export function DialectField({ dialect }: { dialect: string }) {
  return (
    <fieldset class="stack-s">
      <legend class="visually-hidden">Dialect</legend>
      {[...dialects.values()].map((each) => (
        <label class="choice option">
          <input
            type="radio"
            name="dialect"
            value={each.name}
            checked={each.name === dialect}
            data-handshake={each.handshake ? "" : undefined}
            data-optional-secret={each.secret.required ? undefined : ""}
          />
          <span>
            <strong>{each.name}</strong>
            <span class="hint">{each.summary}</span>
            <DialectFacts dialect={each} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The same of a webhook that has its dialect for good. */
export function FixedDialect({ dialect }: { dialect: string }) {
  const { summary } = dialectOf(dialect);
  return (
    <div class="stack-s">
      <span>
        <strong>{dialect}</strong> <span class="quiet">{summary}</span>
      </span>
      <span class="small quiet">
        A webhook keeps its dialect and its secret, which is of that dialect's form. For another dialect, add another
        webhook; for another secret, rotate it on the webhook's page.
      </span>
    </div>
  );
}

function DialectFacts({ dialect }: { dialect: Dialect }) {
  const { signature, retryDelays, timeoutMs } = dialect;
  const last = retryDelays.reduce((sum, delay) => sum + delay, 0);
  const hours = Number((last / 3600).toFixed(1));
  return (
    <span class="hint small">
      <code>{signature.header}</code> · {retryDelays.length} retries within {hours} h · timeout{" "}
      {written(timeoutMs / 1000)}
    </span>
  );
}
