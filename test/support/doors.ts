import { Response } from "miniflare";
import { type Answer, type Api, api } from "./api.ts";
import type { IsolatedService, Site } from "./internet.ts";
import { dataOf, newWorkspace } from "./workspace.ts";

/** A way by which somebody's URL comes in. */
export interface Door {
  name: string;
  /** The field that takes the URL. */
  field: string;
  /** The status where the URL is fine. */
  opens: 200 | 201;
  knock(url: string): Promise<Answer<unknown>>;
}

/** Passes any verification. */
export const obliging: Site = ({ url }) => new Response(new URL(url).searchParams.get("challenge") ?? "OK");

const events = ["ticket_status_change"];
const verify_token = "someverificationtoken";

/** Every door of a service, each with a workspace of its own, all by the admin but for v2.3, which takes tokens alone. */
export async function doorsOf(service: IsolatedService): Promise<Door[]> {
  service.serves("your-app.com", obliging);
  const admin: Api = api(service.url, service.adminToken);
  const url = "https://your-app.com/webhooks";

  const created = async (fields: object) => {
    const workspace = await newWorkspace(service);
    return { ...workspace, at: `/webhooks/${(await workspace.webhook({ url, events, ...fields })).id}` };
  };

  const plain = await newWorkspace(service);
  const changed = await created({});
  const community = await newWorkspace(service);
  const verified = await created({ dialect: "community", verify_token });
  const surveyed = await newWorkspace(service);
  const survey = dataOf(await surveyed.call<{ data: { id: string } }>("POST", "/surveys/first/webhooks", { url }));
  const notified = await newWorkspace(service);

  const tenant = await newWorkspace(service);
  const fields = { name: "t", scopes: ["read", "manage"] };
  const { token } = dataOf(await tenant.call<{ data: { token: string } }>("POST", "/tokens", fields));
  const cases = api(service.url, token);
  const endpoints = "/v2.3/webhooks/endpoints";
  const endpoint = dataOf(await cases<{ data: { id: string } }>("POST", endpoints, { url, events: ["cases.*"] }));

  let surveys = 0;
  const doors: (Omit<Door, "field"> & Partial<Door>)[] = [
    { name: "creating a webhook", opens: 201, knock: (url) => plain.call("POST", "/webhooks", { url, events }) },
    { name: "changing a webhook", opens: 200, knock: (url) => changed.call("PATCH", changed.at, { url }) },
    {
      name: "creating a webhook that is verified",
      opens: 201,
      knock: (url) => community.call("POST", "/webhooks", { url, events, dialect: "community", verify_token }),
    },
    {
      name: "changing a webhook that is verified",
      opens: 200,
      knock: (url) => verified.call("PATCH", verified.at, { url }),
    },
    {
      name: "creating a survey's webhook",
      opens: 201,
      knock: (url) => surveyed.call("POST", `/surveys/s-${++surveys}/webhooks`, { url }),
    },
    {
      name: "changing a survey's webhook",
      opens: 200,
      knock: (url) => surveyed.call("PATCH", `/surveys/first/webhooks/${survey.id}`, { url }),
    },
    {
      name: "creating an endpoint of v2.3",
      opens: 201,
      knock: (url) => cases("POST", endpoints, { url, events: ["cases.*"] }),
    },
    {
      name: "changing an endpoint of v2.3",
      opens: 200,
      knock: (url) => cases("PATCH", `${endpoints}/${endpoint.id}`, { url }),
    },
    {
      name: "creating a workspace with notifications",
      field: "notify_url",
      opens: 201,
      knock: (notify_url) => admin("POST", "/api/v1/workspaces", { name: "Acme", notify_url }),
    },
    {
      name: "sending a workspace's notifications elsewhere",
      field: "notify_url",
      opens: 200,
      knock: (notify_url) => admin("PATCH", notified.path, { notify_url }),
    },
  ];
  return doors.map((door) => ({ field: "url", ...door }));
}
