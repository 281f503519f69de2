/** Decoders of a part's body, line by line, whose memory grows with what they decode and not with the number of lines. */

const BLOCK = 64 * 1024;

/** Bytes that come piece by piece. */
class Collected {
  readonly #full: Uint8Array<ArrayBuffer>[] = [];
  #block = new Uint8Array(1024);
  #used = 0;
  #size = 0;

  byte(value: number): void {
    if (this.#used === this.#block.length) this.#next();
    this.#block[this.#used++] = value;
    this.#size++;
  }

  bytes(all: Uint8Array): void {
    for (let from = 0; from < all.length; ) {
      if (this.#used === this.#block.length) this.#next();
      const some = all.subarray(from, from + this.#block.length - this.#used);
      this.#block.set(some, this.#used);
      this.#used += some.length;
      from += some.length;
    }
    this.#size += all.length;
  }

  #next(): void {
    this.#full.push(this.#block);
    this.#block = new Uint8Array(Math.min(BLOCK, this.#block.length * 2));
    this.#used = 0;
  }

  whole(): ArrayBuffer {
    const whole = new Uint8Array(this.#size);
    let at = 0;
    for (const block of [...this.#full, this.#block.subarray(0, this.#used)]) {
      whole.set(block, at);
      at += block.length;
    }
    return whole.buffer;
  }
}

/** What the parser asks of one. */
export type BodyDecoder = { update(line: Uint8Array): void; finalize(): Promise<ArrayBuffer> };

const LF = 0x0a;

/** Lines as they are, each with LF after it. */
export class PlainDecoder implements BodyDecoder {
  readonly #bytes = new Collected();

  update(line: Uint8Array): void {
    this.#bytes.bytes(line);
    this.#bytes.byte(LF);
  }

  finalize(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.whole());
  }
}

const PADDING = 64;
const NOTHING = 65;
/** By byte: what six bits it stands for (RFC 2045, 6.8); padding; or nothing. */
const SIX = new Uint8Array(256).fill(NOTHING);
for (const [value, character] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="].entries()) {
  SIX[character.charCodeAt(0)] = value;
}

/** Base64 (RFC 2045, 6.8). Some mailers pad every line: padding ends a unit, and what follows is another. */
export class Base64Decoder implements BodyDecoder {
  readonly #bytes = new Collected();
  #bits = 0;
  #held = 0;

  update(line: Uint8Array): void {
    for (const byte of line) {
      const six = SIX[byte] ?? NOTHING;
      if (six === NOTHING) continue;
      if (six === PADDING) {
        this.#held = 0;
        continue;
      }
      this.#bits = ((this.#bits << 6) | six) & 0xffffff;
      this.#held += 6;
      if (this.#held < 8) continue;
      this.#held -= 8;
      this.#bytes.byte((this.#bits >> this.#held) & 0xff);
    }
  }

  finalize(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.whole());
  }
}
