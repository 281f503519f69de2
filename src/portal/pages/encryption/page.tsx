import type * as z from "zod";
import { Reencryption, ReencryptionStep } from "../../../api/admin/routes.ts";
import { Page } from "../../frame.tsx";
import { usePageContext } from "../../page-context.ts";
import { action, type PageRoute, page } from "../../page-route.ts";
import { Card, LinkButton } from "../../parts/card.tsx";
import { Code } from "../../parts/code.tsx";
import { count } from "../../parts/figures.tsx";
import { Form } from "../../parts/form.tsx";
import { Badge } from "../../parts/status.tsx";
import { DataTable } from "../../parts/table.tsx";
import { ADD_KEY, DROP_KEY } from "./commands.ts";

const PATH = "/portal/encryption";
const API = "/api/v1/admin/reencrypt";

type State = z.infer<typeof Reencryption>;
type Step = z.infer<typeof ReencryptionStep>;

const encryptionPage = page({ path: PATH, scope: "admin" }, async (context) => (
  <EncryptionKeys state={await context.api.one(API, Reencryption)} step={null} />
));

/** Moves one portion. A script asks for the next by itself; without one, that is the next click. */
const moveSomeAction = action({ path: PATH, scope: "admin" }, async (context) => {
  const data = await context.api.do(API, ReencryptionStep);
  return <EncryptionKeys state={data} step={data} />;
});

function EncryptionKeys({ state, step }: { state: State; step: Step | null }) {
  return (
    <Page
      title="Encryption keys"
      lead="Signing secrets, custom headers and the sources' credentials are stored sealed. Here you see under which key, and move them to the first one."
    >
      <div id="live" class="stack" aria-live="polite">
        <Progress state={state} step={step} />
        {step !== null && step.unopened.length > 0 && <Unopened step={step} />}
        <Keys state={state} />
        <Next state={state} />
      </div>
    </Page>
  );
}

function Progress({ state, step }: { state: State; step: Step | null }) {
  const context = usePageContext();
  const { total, done, remaining } = state;
  const movable = state.keys.reduce((sum, { role, values }) => sum + (role === "older" ? values : 0), 0);
  const goesOn = context.fragment && step !== null && step.moved > 0 && movable > 0;
  return (
    <Card
      title="Progress"
      head={
        <span class="right quiet">
          {count(done)} of {count(total)} under the first key
        </span>
      }
    >
      <progress
        class="progress"
        value={total === 0 ? 1 : done}
        max={Math.max(1, total)}
        aria-label="Under the first key"
      />
      <p>{said(state, movable, goesOn)}</p>
      {goesOn ? (
        <p class="row">
          <GoOn csrf={context.session.csrf} remaining={remaining} />
          <LinkButton to={PATH} label="Stop" />
          <span class="small quiet">It can be stopped anywhere, and gone on with at any time.</span>
        </p>
      ) : (
        movable > 0 && <Start movable={movable} again={step !== null} />
      )}
    </Card>
  );
}

/**
 * Asks for the next portion as soon as it is on the page. Its id is another each time, so that it is new to the script
 * that looks for such.
 */
const GoOn = ({ csrf, remaining }: { csrf: string; remaining: number }) => (
  <span
    id={`go-on-${remaining}`}
    class="live"
    {...{ "hx-post": PATH, "hx-vals": JSON.stringify({ csrf }), "hx-trigger": "load delay:100ms", ...INTO_LIVE }}
  >
    Working
  </span>
);

const INTO_LIVE = { "hx-target": "#live", "hx-select": "#live", "hx-swap": "outerHTML" } as const;

/** Where things stand, in a sentence. */
function said({ total, remaining, keys }: State, movable: number, goesOn: boolean): string {
  if (total === 0) return "Nothing is sealed yet.";
  if (goesOn) return `Moving: ${count(movable)} to go.`;
  if (movable > 0) return `${count(movable)} under older keys are to be moved. Everything keeps working meanwhile.`;
  if (remaining > 0) return "What remains cannot be moved: its key is missing. See below.";
  return keys.length > 1 ? "All is under the first key. The others can go: see below." : "All is under the one key.";
}

function Start({ movable, again }: { movable: number; again: boolean }) {
  return (
    <Form to={PATH} live={{ "hx-post": PATH, ...INTO_LIVE }}>
      <button type="submit" class="primary">
        {again ? "Go on" : `Move ${count(movable)} to the first key`}
      </button>
    </Form>
  );
}

function Unopened({ step }: { step: Step }) {
  return (
    <div class="note bad" role="alert">
      <strong>Some values do not open</strong>
      <span>They were moved there from another row, or damaged. They stay as they are: set each anew.</span>
      <ul class="list">
        {step.unopened.map(({ kind, id }) => (
          <li>
            {kind} of <code>{id}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

const ROLES = {
  first: { tone: "good", name: "first", means: "Seals whatever is stored from now on, and opens what it sealed." },
  older: { tone: "warn", name: "older", means: "Only opens what it sealed before." },
  missing: {
    tone: "bad",
    name: "missing",
    means: "This deployment does not have it: what it sealed cannot be read. Bring it back at any place but the first.",
  },
} as const;

const Keys = ({ state }: { state: State }) => (
  <Card title="Keys" body={null}>
    <DataTable
      label="Encryption keys"
      rows={state.keys}
      columns={[
        { head: "Key", cell: ({ id }) => (id === null ? "not sealed" : <code>{id}</code>) },
        { head: "Role", cell: ({ role }) => <Badge tone={ROLES[role].tone}>{ROLES[role].name}</Badge> },
        { head: "Values", class: "num", cell: ({ values }) => count(values) },
        {
          head: "What it means",
          td: "main",
          cell: ({ id, role }) =>
            id === null ? "Written to the database by hand: set these secrets anew." : ROLES[role].means,
        },
      ]}
    />
    <p class="card-foot small quiet">
      A key is called by the beginning of a digest, which tells nothing of it. The keys themselves are never shown.
    </p>
  </Card>
);

/** What to do now, or the next time that a key is to be replaced. */
function Next({ state }: { state: State }) {
  const others = state.keys.filter(({ role }) => role === "older");
  if (others.length > 0 && state.remaining === 0) {
    return (
      <Card title="Now the old key can go">
        <p>
          Nothing is left under{" "}
          {others.map(({ id }, at) => (
            <>
              {at > 0 && ", "}
              <code>{id}</code>
            </>
          ))}
          . Take it away, so that whoever has it can open nothing any more. If it was <code>ENCRYPTION_KEY</code>:
        </p>
        <Code text={DROP_KEY} label="command that removes the old key" wrap />
        <p>
          If it stands in <code>ENCRYPTION_KEYS</code>, set that again with the first key alone.
        </p>
      </Card>
    );
  }
  if (others.length > 0) return null;
  return (
    <details class="card">
      <summary class="card-body">How to replace the key</summary>
      <div class="card-body stack">
        <ol class="list">
          <li>Put a new key in front. The one that there is stays for now, and nothing stops working.</li>
          <li>A minute later, come back here and move what is stored to it.</li>
          <li>When nothing remains, this page says how to take the old key away.</li>
        </ol>
        <Code text={ADD_KEY} label="commands that add a key" wrap />
        <p>The second line shows the key: keep it in your password manager, as nobody can read it back.</p>
        <p class="quiet">
          This is for a deployment that has <code>ENCRYPTION_KEY</code> alone. If it has <code>ENCRYPTION_KEYS</code>{" "}
          already, set that to the new key, a space, and the present one.
        </p>
      </div>
    </details>
  );
}

export const encryptionPages: readonly PageRoute[] = [encryptionPage, moveSomeAction];
