import type { Browser } from "playwright-core";
import { launch } from "./browser.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { type SpawnedService, spawnService } from "./service.ts";
import { newWorkspace, type Workspace } from "./workspace.ts";

/** What a story in the portal takes: the running service, a customer's server, a browser, and somebody's workspace. */
export interface World {
  service: SpawnedService;
  receiver: Receiver;
  browser: Browser;
  workspace: Workspace;
  /** The address of a page of the workspace. */
  at(path: string): string;
  /** The same for another workspace, in which nothing is yet. */
  another(): Promise<World>;
  end(): Promise<void>;
}

export async function startWorld(name = "Acme"): Promise<World> {
  const [service, receiver, browser] = await Promise.all([spawnService(), startReceiver(), launch()]);
  const workspace = await newWorkspace(service, name);
  const worldOf = (own: Workspace): World => ({
    ...{ service, receiver, browser, workspace: own },
    at: (path) => `${service.url}/portal/${own.id}${path}`,
    another: async () => worldOf(await newWorkspace(service, name)),
    async end() {
      await browser.close();
      await Promise.all([service.stop(), receiver.close()]);
    },
  });
  return worldOf(workspace);
}
