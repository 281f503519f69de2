/** The smallest round number, of 1, 2, 4, 5 or 8 with zeros, that is not below `most`: a chart's upper edge. Never below 2, so that half of it is one. */
export function roundAbove(most: number): number {
  for (let power = 1; ; power *= 10) {
    for (const digit of [2, 4, 5, 8, 10]) {
      const edge = digit * power;
      if (edge >= most && edge % 2 === 0) return edge;
    }
  }
}

/** `950`, `12.5k`, `2M`: short enough for the edge of a chart. */
export function brief(value: number): string {
  if (value < 10_000) return String(value);
  const [size, sign] = value < 1_000_000 ? [1000, "k"] : [1_000_000, "M"];
  return `${Number((value / Number(size)).toFixed(1))}${sign}`;
}
