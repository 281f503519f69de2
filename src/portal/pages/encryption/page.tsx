import type * as z from "zod";
import { Reencryption, ReencryptionStep } from "../../../api/admin/routes.ts";
import { Page } from "../../frame.tsx";
import { usePageContext } from "../../page-context.ts";
import { action, page } from "../../page-route.ts";
import { count } from "../../parts/figures.tsx";
import { Form } from "../../parts/form.tsx";
import { Badge } from "../../parts/status.tsx";
import { Table } from "../../parts/table.tsx";
import { GoOn, Next } from "./next.tsx";

const PATH = "/portal/encryption";
const API = "/api/v1/admin/reencrypt";

type State = z.infer<typeof Reencryption>;
type Step = z.infer<typeof ReencryptionStep>;

export const encryptionPage = page({ path: PATH, scope: "admin" }, async (context) => (
  <EncryptionKeys state={await context.api.one(API, Reencryption)} step={null} />
));

/** Moves one portion. A script asks for the next by itself; without one, that is the next click. */
export const moveSomeAction = action({ path: PATH, scope: "admin" }, async (context) => {
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
    <section class="card">
      <div class="card-head">
        <h2>Progress</h2>
        <span class="right quiet">
          {count(done)} of {count(total)} under the first key
        </span>
      </div>
      <div class="card-body stack">
        <progress
          class="progress"
          value={total === 0 ? 1 : done}
          max={Math.max(1, total)}
          aria-label="Under the first key"
        />
        <p>{said(state, movable, goesOn)}</p>
        {goesOn ? (
          <p class="row">
            <GoOn csrf={context.session.csrf} at={PATH} remaining={remaining} />
            <a class="button" href={PATH}>
              Stop
            </a>
            <span class="small quiet">It can be stopped anywhere, and gone on with at any time.</span>
          </p>
        ) : (
          movable > 0 && <Start movable={movable} again={step !== null} />
        )}
      </div>
    </section>
  );
}

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
    <Form to={PATH} live={{ "hx-post": PATH, "hx-target": "#live", "hx-select": "#live", "hx-swap": "outerHTML" }}>
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

function Keys({ state }: { state: State }) {
  return (
    <section class="card">
      <div class="card-head">
        <h2>Keys</h2>
      </div>
      <Table label="Encryption keys">
        <thead>
          <tr>
            <th>Key</th>
            <th>Role</th>
            <th class="num">Values</th>
            <th>What it means</th>
          </tr>
        </thead>
        <tbody>
          {state.keys.map(({ id, role, values }) => (
            <tr>
              <td>{id === null ? "not sealed" : <code>{id}</code>}</td>
              <td>
                <Badge tone={ROLES[role].tone}>{ROLES[role].name}</Badge>
              </td>
              <td class="num">{count(values)}</td>
              <td class="main">
                {id === null ? "Written to the database by hand: set these secrets anew." : ROLES[role].means}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <p class="card-foot small quiet">
        A key is called by the beginning of a digest, which tells nothing of it. The keys themselves are never shown.
      </p>
    </section>
  );
}
