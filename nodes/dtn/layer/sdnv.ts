/**
 * Self-delimiting numeric values (RFC 6256): seven bits an octet, the highest first; all octets but
 * the last have their top bit set.
 *
 * Numbers above 2^53 - 1 are refused: the numbers of LTP are lengths, offsets in a block, and
 * identifiers that their sender chose, and none of these need be larger.
 *
 * @module
 */

const MORE = 0x80;
const BITS = 7;
const RADIX = 2 ** BITS;
/** Longest SDNV that is read, octets: a 64-bit number takes ten. */
const OCTETS_MAX = 10;

/** Length of the encoding of a value, octets. */
export function sdnvLength(value: number): number {
  let octets = 1;
  for (let rest = Math.floor(value / RADIX); rest > 0; rest = Math.floor(rest / RADIX)) octets += 1;
  return octets;
}

/** Writes a value (0 to 2^53 - 1) at `at`. @returns the offset after it. */
export function writeSdnv(bytes: Uint8Array, at: number, value: number): number {
  const end = at + sdnvLength(value);
  let rest = value;
  for (let place = end - 1; place >= at; place -= 1) {
    bytes[place] = (rest % RADIX) | (place === end - 1 ? 0 : MORE);
    rest = Math.floor(rest / RADIX);
  }
  return end;
}

/** Reads values one after the other. */
export class SdnvReader {
  readonly bytes: Uint8Array;
  /** Offset of the next octet. */
  at: number;
  /** Offset after the last octet. */
  readonly end: number;
  /** The value that the last {@link next} has read. */
  value = 0;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Reads a value; false if there is none, or it is too large. */
  next(): boolean {
    let value = 0;
    const last = Math.min(this.end, this.at + OCTETS_MAX);
    for (let at = this.at; at < last; at += 1) {
      const octet = this.bytes[at] as number;
      value = value * RADIX + (octet % MORE);
      if (value > Number.MAX_SAFE_INTEGER) return false;
      if (octet < MORE) {
        this.at = at + 1;
        this.value = value;
        return true;
      }
    }
    return false;
  }
}
