import { outdatePublishRules } from "../../config/publish-rules.ts";
import { streamsOf, tellStreams } from "../../events/streams.ts";
import { within } from "../../lib/within.ts";

/** A stream that does not answer this long hears of it by itself, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Tells a workspace's streams, before the answer goes out, that D1 says something new of its subscriptions. It never fails: the
 * change is made, and the stream reads its subscriptions again within 60 seconds, told or not. Until then it takes in no
 * event either, mostly, as who cannot tell it cannot publish to it.
 */
export async function subscriptionsChanged(env: Env, workspaceId: number): Promise<void> {
  try {
    // Another isolate may have raised their number: who is not told goes by the old subscriptions for a minute.
    outdatePublishRules(workspaceId);
    const told = async () => tellStreams(env, workspaceId, await streamsOf(env, workspaceId));
    await within(PATIENCE_MS, told());
  } catch (error) {
    console.error(
      `Workspace ${workspaceId}: its stream was not told of new subscriptions, and reads them later:`,
      error,
    );
  }
}
