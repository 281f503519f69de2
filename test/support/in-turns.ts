/** Does the same for each of many, so many at a time; the results are in their order. */
export async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T, position: number) => Promise<R>,
  atOnce = 16,
): Promise<R[]> {
  const results: R[] = [];
  const rest = items.entries();
  // One iterator for all of them: each takes the next one.
  const worker = async () => {
    for (const [position, item] of rest) results[position] = await work(item, position);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
