import { crc32, deflateSync, inflateSync } from "node:zlib";

/** Makes a screenshot small: pages have few colours, and a palette of 256 tells them from each other as eyes do. */

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const MOST = 256;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

function chunksOf(png: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    found.set(type, Buffer.concat([found.get(type) ?? Buffer.alloc(0), data]));
    at += length + 12;
  }
  return found;
}

/** Which of its neighbours a byte is told by (PNG, 9.4). */
function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function unfiltered(raw: Buffer, width: number, height: number, depth: number): Buffer {
  const line = width * depth;
  const out = Buffer.alloc(line * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x++) {
      const at = y * line + x;
      const left = x < depth ? 0 : (out[at - depth] ?? 0);
      const up = y === 0 ? 0 : (out[at - line] ?? 0);
      const corner = x < depth || y === 0 ? 0 : (out[at - line - depth] ?? 0);
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0;
      out[at] = (raw[y * (line + 1) + 1 + x] ?? 0) + predicted;
    }
  }
  return out;
}

const distance = (a: number, b: number): number =>
  ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

/** Colours of one shade: 32 of them in each channel. */
const shadeOf = (colour: number): number => colour & 0xf8f8f8;

/** The most used colour of each of the most used shades; what is left goes to the nearest of them. */
function paletteOf(colours: readonly number[]): { palette: number[]; placeOf: Map<number, number> } {
  const counts = new Map<number, number>();
  const shades = new Map<number, number>();
  for (const colour of colours) {
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
    shades.set(shadeOf(colour), (shades.get(shadeOf(colour)) ?? 0) + 1);
  }
  const byUse = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  // What large areas are painted in stays as it is, however alike two of them are.
  const areas = byUse.slice(0, 48);
  const firsts = new Map(byUse.toReversed().map((colour) => [shadeOf(colour), colour]));
  const rest = [...firsts.values()].sort((a, b) => (shades.get(shadeOf(b)) ?? 0) - (shades.get(shadeOf(a)) ?? 0));
  const palette = [...new Set([...areas, ...rest])].slice(0, MOST);
  const placeOf = new Map(palette.map((colour, place) => [colour, place]));
  for (const colour of byUse.filter((each) => !placeOf.has(each))) {
    const nearest = palette.reduce((best, each) => (distance(each, colour) < distance(best, colour) ? each : best));
    placeOf.set(colour, placeOf.get(nearest) ?? 0);
  }
  return { palette, placeOf };
}

/** @param png eight bits a channel, with or without alpha, not interlaced, as browsers make them */
export function smallPng(png: Buffer): Buffer {
  const chunks = chunksOf(png);
  const header = chunks.get("IHDR") ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const depth = header[9] === 6 ? 4 : 3;
  const pixels = unfiltered(inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0)), width, height, depth);
  const colours = Array.from({ length: width * height }, (_, n) => pixels.readUIntBE(n * depth, 3));
  const { palette, placeOf } = paletteOf(colours);
  const lines = Buffer.alloc((width + 1) * height);
  for (const [n, colour] of colours.entries()) {
    lines[Math.floor(n / width) * (width + 1) + 1 + (n % width)] = placeOf.get(colour) ?? 0;
  }
  const entries = Buffer.alloc(palette.length * 3);
  for (const [place, colour] of palette.entries()) entries.writeUIntBE(colour, place * 3, 3);
  const indexed = Buffer.from(header);
  indexed[9] = 3;
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", indexed),
    chunk("PLTE", entries),
    chunk("IDAT", deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
