/** What may be told of credentials: their names, and how many there are of each. Never anything that they say. */
export function summarise(credentials: unknown): Record<string, string> {
  if (typeof credentials !== "object" || credentials === null) return {};
  return Object.fromEntries(
    Object.entries(credentials)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, Array.isArray(value) && value.length !== 1 ? `${value.length} set` : "set"]),
  );
}
