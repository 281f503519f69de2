import { eventually } from "./eventually.ts";
import { dataOf, type Health, type Workspace } from "./workspace.ts";

type Tenant = Pick<Workspace, "call">;

const healthOf = async ({ call }: Tenant, webhook: string): Promise<Health> =>
  dataOf(await call<{ data: Health }>("GET", `/webhooks/${webhook}/health`));

/** Publishes one event, which the webhook subscribes to. */
const publish =
  (event: string) =>
  async ({ call }: Tenant): Promise<unknown> =>
    dataOf(await call<{ data: unknown }>("POST", "/events", { event, data: {} }));

/**
 * Lets a webhook whose receiver answers nothing good fail one delivery after another, until it is failing.
 * @param send makes a delivery to it
 */
export async function makeFailing(
  workspace: Tenant,
  webhook: string,
  send: string | ((workspace: Tenant) => Promise<unknown>) = "ticket.created",
): Promise<Health> {
  const deliver = typeof send === "string" ? publish(send) : send;
  for (let before = await healthOf(workspace, webhook); !before.failing; ) {
    const { streak } = before;
    await deliver(workspace);
    before = await eventually(
      () => healthOf(workspace, webhook),
      (health) => health.streak > streak && health.in_flight === 0,
    );
  }
  return healthOf(workspace, webhook);
}

/** Asks for a probe of a failing webhook, and waits until it was made. */
export async function probe(workspace: Tenant, webhook: string): Promise<Health> {
  const { failed_probes } = await healthOf(workspace, webhook);
  dataOf(await workspace.call<{ data: Health }>("POST", `/webhooks/${webhook}/probe`));
  return eventually(
    () => healthOf(workspace, webhook),
    (health) => health.failed_probes > failed_probes || !health.failing,
  );
}

/** Makes a failing webhook fail so many probes, of deliveries that wait; the last one may disable it. */
export async function failProbes(workspace: Tenant, webhook: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await probe(workspace, webhook);
}
