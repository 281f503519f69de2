import { one } from "../../../api/page.ts";
import type { Problem } from "../../../api/problem.ts";
import { CreatedToken } from "../../../api/tokens/representation.ts";
import { SCOPES, type Scope } from "../../../config/schema.ts";
import { Page } from "../../frame.tsx";
import { apiPath, formField, inWorkspace, numberIn, type PageContext } from "../../page-context.ts";
import { action, page } from "../../page-route.ts";
import { Code, CopyLine } from "../../parts/code.tsx";
import { ErrorSummary, Field, Form, wrongWith } from "../../parts/form.tsx";
import { Expiry } from "./list.tsx";
import { LIFETIMES, SCOPE_WORDS, tryOut, USUAL_LIFETIME } from "./words.ts";

const PATH = "/portal/{workspace}/tokens/new";

type FormValues = { name: string; scopes: readonly string[]; expires_in: string };

const crumbs = (context: PageContext) => [{ name: "Tokens", path: inWorkspace(context, "/tokens") }];

export const newTokenPage = page({ path: PATH, scope: "admin" }, (context) => (
  <NewToken context={context} typed={{ name: "", scopes: ["publish"], expires_in: USUAL_LIFETIME }} problem={null} />
));

export const createTokenAction = action({ path: PATH, scope: "admin" }, async (context) => {
  const typed: FormValues = {
    name: formField(context, "name"),
    scopes: context.form.getAll("scopes").filter((each) => typeof each === "string"),
    expires_in: formField(context, "expires_in"),
  };
  const body = {
    name: typed.name,
    scopes: typed.scopes,
    ...(typed.expires_in === "" ? {} : { expires_in: numberIn(typed.expires_in) }),
  };
  const made = await context.api.send("POST", apiPath(context, "/tokens"), body, one(CreatedToken));
  if (!made.ok) return { status: 422, page: <NewToken context={context} typed={typed} problem={made.problem} /> };
  const { token, name, scopes, expires_at } = made.data.data;
  return {
    status: 201,
    page: (
      <Page context={context} title={name} crumbs={crumbs(context)}>
        <div class="card" data-replace-url={inWorkspace(context, "/tokens")}>
          <div class="card-head">
            <h2>The token, shown this once</h2>
          </div>
          <div class="card-body stack">
            <p>Copy it now and keep it with your secrets. Only its digest is stored: nobody can show it again.</p>
            <CopyLine text={token} label="token" />
            <dl class="facts">
              <dt>Scopes</dt>
              <dd>{scopes.join(", ")}</dd>
              <dt>Expires</dt>
              <dd>
                <Expiry at={expires_at} now={context.now} />
              </dd>
            </dl>
            <h2>Try it</h2>
            <Code
              text={tryOut(context.url.origin, context.workspace?.id ?? 0, token, scopes)}
              label="command to try the token"
              wrap
            />
          </div>
          <div class="card-foot">
            <a class="button primary" href={inWorkspace(context, "/tokens")}>
              I have kept it
            </a>
          </div>
        </div>
      </Page>
    ),
  };
});

function NewToken({ context, typed, problem }: { context: PageContext; typed: FormValues; problem: Problem | null }) {
  return (
    <Page context={context} title="Create token" crumbs={crumbs(context)}>
      <ErrorSummary problem={problem} shown={["name", "scopes", "expires_in"]} />
      <Form context={context} to={inWorkspace(context, "/tokens/new")} class="card narrow">
        <div class="card-body stack">
          <Field name="name" label="Name" hint="Who or what will use it, as in: Billing backend." problem={problem}>
            {(attributes) => (
              <input {...attributes} type="text" value={typed.name} required maxlength={200} autocomplete="off" />
            )}
          </Field>
          <Scopes chosen={typed.scopes} problem={problem} />
          <Field
            name="expires_in"
            label="Expires after"
            hint="From then on it is refused. A token that ends by itself cannot be forgotten somewhere for ever."
            problem={problem}
          >
            {(attributes) => (
              <select {...attributes}>
                {LIFETIMES.map(({ value, name }) => (
                  <option value={value} selected={value === typed.expires_in}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <div class="card-foot">
          <button type="submit" class="primary">
            Create token
          </button>
          <a class="button" href={inWorkspace(context, "/tokens")}>
            Cancel
          </a>
        </div>
      </Form>
    </Page>
  );
}

/** Which scopes, each with what it allows. */
function Scopes({ chosen, problem }: { chosen: readonly string[]; problem: Problem | null }) {
  const wrong = wrongWith(problem, "scopes");
  return (
    <fieldset class="stack-s" aria-describedby={wrong ? "scopes-wrong" : undefined}>
      <legend>Scopes</legend>
      {SCOPES.map((scope: Scope) => (
        <label class="choice">
          <input type="checkbox" name="scopes" value={scope} checked={chosen.includes(scope)} />
          <span>
            {scope} <span class="hint">{SCOPE_WORDS[scope]}</span>
          </span>
        </label>
      ))}
      {wrong && (
        <span class="wrong" id="scopes-wrong">
          {chosen.length === 0 ? "Choose at least one." : wrong}
        </span>
      )}
    </fieldset>
  );
}
