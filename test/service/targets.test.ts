import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Door, doorsOf, obliging } from "../support/doors.ts";
import { inTurns } from "../support/in-turns.ts";
import { type IsolatedService, startIsolatedService } from "../support/internet.ts";
import { HARMLESS_URLS, HOSTILE_URLS } from "../support/urls.ts";

interface Problem {
  code: string;
  errors?: { path: string }[];
}

const DOORS = [
  "creating a webhook",
  "changing a webhook",
  "creating a webhook that is verified",
  "changing a webhook that is verified",
  "creating a survey's webhook",
  "changing a survey's webhook",
  "creating an endpoint of v2.3",
  "changing an endpoint of v2.3",
  "creating a workspace with notifications",
  "sending a workspace's notifications elsewhere",
];

let service: IsolatedService;
let doors: Map<string, Door>;

beforeAll(async () => {
  service = await startIsolatedService();
  for (const url of HARMLESS_URLS) service.serves(new URL(url).hostname, obliging);
  doors = new Map((await doorsOf(service)).map((door) => [door.name, door]));
});

afterAll(() => service.stop());

const doorOf = (name: string): Door => {
  const door = doors.get(name);
  if (!door) throw new Error(`There is no door for ${name}`);
  return door;
};

it("every door is tried", () => {
  expect([...doors.keys()].sort()).toEqual([...DOORS].sort());
});

describe.each(DOORS)("%s", (name) => {
  it("no hostile URL comes in, and none is called", async () => {
    const { field, knock } = doorOf(name);
    const before = service.outgoing().length;
    const answers = await inTurns(HOSTILE_URLS, async ([url, why]) => {
      const { status, json } = await knock(url);
      const { code, errors } = json as Problem;
      return [`${url}: ${why}`, status, code, errors?.map(({ path }) => path)];
    });
    expect(answers).toEqual(HOSTILE_URLS.map(([url, why]) => [`${url}: ${why}`, 422, "invalid_request", [field]]));
    expect(service.outgoing().slice(before)).toEqual([]);
  });

  it("harmless URLs do, however odd they look", async () => {
    const { knock, opens } = doorOf(name);
    const answers = await inTurns(HARMLESS_URLS, async (url) => [url, (await knock(url)).status]);
    expect(answers).toEqual(HARMLESS_URLS.map((url) => [url, opens]));
  });
});
