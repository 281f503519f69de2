/** A command that publishes an event to a workspace, to be pasted into a shell. */
export const publishCommand = (origin: string, workspaceId: number): string =>
  [
    // Its lines may break: an indented address would leave a line empty.
    `curl -X POST ${origin}/api/v1/workspaces/${workspaceId}/events \\`,
    '  -H "Authorization: Bearer $TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '{"event": "ticket.created", "data": {"id": 42, "status": "open"}}'`,
  ].join("\n");
