/**
 * What a map has under a key.
 * @throws Error if there is nothing
 */
export function own<K, T>(map: ReadonlyMap<K, T>, key: K): T {
  const found = map.get(key);
  if (found === undefined) throw new Error(`There is nothing of ${key}`);
  return found;
}
