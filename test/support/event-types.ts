import { dataOf, type Workspace } from "./workspace.ts";

/** An event type, as far as tests look at it. */
export interface EventType {
  name: string;
  system: string;
  sample: unknown;
}

/** The types that the service lists, all pages, of one system or of all. */
export async function listEventTypes(workspace: Workspace, system?: string): Promise<EventType[]> {
  const types: EventType[] = [];
  for (let cursor = ""; ; ) {
    const answer = await workspace.call<{ data: EventType[]; next_cursor: string | null }>(
      "GET",
      `/event-types?limit=100${system ? `&system=${system}` : ""}${cursor && `&cursor=${cursor}`}`,
    );
    types.push(...dataOf(answer));
    if (answer.json.next_cursor === null) return types;
    cursor = answer.json.next_cursor;
  }
}
