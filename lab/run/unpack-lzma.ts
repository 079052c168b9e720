/**
 * Unpacks what `npm run build:site` has packed: the format .lzma of the LZMA specification (7-Zip, "LZMA specification
 * (draft version)", 2015). The page holds the packed bytes itself, so that they are not checked.
 *
 * @module
 */

const HEADER_BYTES = 13;
const STATES = 12;
const POSITIONS = 16;
/** Literals follow a match from this state on. */
const AFTER_MATCH = 7;

type Odds = Uint16Array;

function odds(count: number): Odds {
  return new Uint16Array(count).fill(1024);
}

/** The range decoder (section "Range Decoder"). */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = HEADER_BYTES + 5;
  #range = 0xffff_ffff;
  #code: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#code = new DataView(bytes.buffer, bytes.byteOffset).getUint32(HEADER_BYTES + 1);
  }

  bit(table: Odds, index: number): number {
    const p = table[index] as number;
    const bound = (this.#range >>> 11) * p;
    const bit = this.#code < bound ? 0 : 1;
    table[index] = bit === 0 ? p + ((2048 - p) >> 5) : p - (p >> 5);
    if (bit === 1) this.#code -= bound;
    this.#range = bit === 0 ? bound : this.#range - bound;
    this.#refill();
    return bit;
  }

  evenBits(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      this.#range >>>= 1;
      const bit = this.#code < this.#range ? 0 : 1;
      if (bit === 1) this.#code -= this.#range;
      value = value * 2 + bit;
      this.#refill();
    }
    return value;
  }

  tree(table: Odds, base: number, bits: number): number {
    let node = 1;
    for (let left = bits; left > 0; left -= 1) node = node * 2 + this.bit(table, base + node);
    return node - (1 << bits);
  }

  reverseTree(table: Odds, base: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let at = 0; at < bits; at += 1) {
      const bit = this.bit(table, base + node);
      node = node * 2 + bit;
      value += bit << at;
    }
    return value;
  }

  #refill(): void {
    if (this.#range >= 0x100_0000) return;
    this.#range = (this.#range << 8) >>> 0;
    this.#code = ((this.#code << 8) | (this.#bytes[this.#at] ?? 0)) >>> 0;
    this.#at += 1;
  }
}

/** Lengths of matches, from 2. */
class LengthReader {
  readonly #choice = odds(2);
  readonly #low = odds(POSITIONS << 3);
  readonly #middle = odds(POSITIONS << 3);
  readonly #high = odds(256);

  read(bits: BitReader, position: number): number {
    if (bits.bit(this.#choice, 0) === 0) return 2 + bits.tree(this.#low, position << 3, 3);
    if (bits.bit(this.#choice, 1) === 0) return 10 + bits.tree(this.#middle, position << 3, 3);
    return 18 + bits.tree(this.#high, 0, 8);
  }
}

/** Unpacks a file of known size. */
export function unpackLzma(packed: Uint8Array): Uint8Array {
  return new Unpacker(packed).run();
}

/** The decoder (section "The main loop of decoder"); its tables have the names of what they tell. */
class Unpacker {
  readonly #bits: BitReader;
  readonly #out: Uint8Array;
  /** How many bits of the byte before, and of the position, choose the table of a literal; of the position, others. */
  readonly #lc: number;
  readonly #lp: number;
  readonly #pb: number;
  readonly #literals: Odds;
  readonly #isMatch = odds(STATES * POSITIONS);
  readonly #isLong = odds(STATES * POSITIONS);
  readonly #isRepeat = odds(STATES);
  readonly #isOther = odds(STATES);
  readonly #isThird = odds(STATES);
  readonly #isFourth = odds(STATES);
  readonly #slots = odds(4 << 6);
  readonly #near = odds(128);
  readonly #align = odds(16);
  readonly #lengths = new LengthReader();
  readonly #repeatLengths = new LengthReader();
  /** The last four distances, the latest first, less one. */
  #distances: readonly [number, number, number, number] = [0, 0, 0, 0];
  #state = 0;
  #at = 0;

  constructor(packed: Uint8Array) {
    const properties = packed[0] as number;
    this.#lc = properties % 9;
    this.#lp = Math.floor(properties / 9) % 5;
    this.#pb = Math.floor(properties / 45);
    const facts = new DataView(packed.buffer, packed.byteOffset);
    this.#out = new Uint8Array(facts.getUint32(5, true));
    this.#bits = new BitReader(packed);
    this.#literals = odds(0x300 << (this.#lc + this.#lp));
  }

  run(): Uint8Array {
    const out = this.#out;
    while (this.#at < out.length) {
      const position = this.#at & ((1 << this.#pb) - 1);
      if (this.#bits.bit(this.#isMatch, this.#state * POSITIONS + position) === 0) {
        out[this.#at] = this.#literal();
        this.#at += 1;
        const state = this.#state;
        this.#state = state < 4 ? 0 : state - (state < 10 ? 3 : 6);
      } else {
        const end = this.#at + this.#match(position);
        const back = this.#distances[0] + 1;
        for (; this.#at < end; this.#at += 1) out[this.#at] = out[this.#at - back] as number;
      }
    }
    return out;
  }

  #literal(): number {
    const [out, at, bits, table] = [this.#out, this.#at, this.#bits, this.#literals];
    const before = at === 0 ? 0 : (out[at - 1] as number);
    const place = ((at & ((1 << this.#lp) - 1)) << this.#lc) + (before >> (8 - this.#lc));
    const base = 0x300 * place;
    let isSame = this.#state >= AFTER_MATCH;
    let match = isSame ? (out[at - this.#distances[0] - 1] as number) : 0;
    let symbol = 1;
    for (; isSame && symbol < 0x100; match <<= 1) {
      const expected = (match >> 7) & 1;
      const bit = bits.bit(table, base + ((1 + expected) << 8) + symbol);
      symbol = symbol * 2 + bit;
      isSame = bit === expected;
    }
    while (symbol < 0x100) symbol = symbol * 2 + bits.bit(table, base + symbol);
    return symbol;
  }

  /** Reads a match. @returns its length. */
  #match(position: number): number {
    const [bits, state] = [this.#bits, this.#state];
    const wasMatch = state >= AFTER_MATCH;
    if (bits.bit(this.#isRepeat, state) === 0) {
      const [first, second, third] = this.#distances;
      const length = this.#lengths.read(bits, position);
      this.#distances = [this.#distance(length), first, second, third];
      this.#state = wasMatch ? 10 : 7;
      return length;
    }
    if (bits.bit(this.#isOther, state) === 1) this.#repeat(state);
    else if (bits.bit(this.#isLong, state * POSITIONS + position) === 0) {
      this.#state = wasMatch ? 11 : 9;
      return 1;
    }
    this.#state = wasMatch ? 11 : 8;
    return this.#repeatLengths.read(bits, position);
  }

  #distance(length: number): number {
    const bits = this.#bits;
    const slot = bits.tree(this.#slots, Math.min(length - 2, 3) << 6, 6);
    if (slot < 4) return slot;
    const count = (slot >> 1) - 1;
    const start = (2 | (slot & 1)) * 2 ** count;
    if (slot < 14) return start + bits.reverseTree(this.#near, start - slot, count);
    return start + bits.evenBits(count - 4) * 16 + bits.reverseTree(this.#align, 0, 4);
  }

  /** Moves one of the earlier distances to the front. */
  #repeat(state: number): void {
    const [first, second, third, fourth] = this.#distances;
    if (this.#bits.bit(this.#isThird, state) === 0) {
      this.#distances = [second, first, third, fourth];
    } else if (this.#bits.bit(this.#isFourth, state) === 0) {
      this.#distances = [third, first, second, fourth];
    } else this.#distances = [fourth, first, second, third];
  }
}
