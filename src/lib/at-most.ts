/**
 * Maps items in order, with at most `width` at work at once. Ours, as all that `p-map` has beyond it (signals, what is
 * skipped, asynchronous input) would have no use here.
 * @throws the first failure; nothing more is started after it
 */
export async function mapAtMost<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [at, item] of rest) {
      if (failed) return;
      results[at] = await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
