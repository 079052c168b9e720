/**
 * AES rounds (FIPS 197 section 5.1) over 128-bit blocks of four big-endian words: the only part of
 * AES that AEZ uses. Every round has MixColumns, including the last; there is no key expansion.
 *
 * SubBytes, ShiftRows and MixColumns are merged into four tables of 1 kB, computed here from the
 * field's arithmetic. The time of a look-up may depend on secret data.
 *
 * @module
 */
import { AES_SBOX, gf256Product } from '../aes-field.ts';

/** Tj[x] is column j of MixColumns times SubBytes of x, as a big-endian word. */
const T0: Int32Array = makeTable(0);
const T1: Int32Array = makeTable(8);
const T2: Int32Array = makeTable(16);
const T3: Int32Array = makeTable(24);

/** The four tables that merge SubBytes, ShiftRows and MixColumns, by row of the block. */
export const AES_ROUND_TABLES: readonly Int32Array[] = [T0, T1, T2, T3];

/**
 * Runs one AES round per round key over `block`, in place.
 * @param block four big-endian words.
 * @param schedule four words for each round; an even number of rounds.
 */
// hot: 2.5 calls of four rounds per 16 bytes of a payload, 30 ns each. With two rounds per turn of the loop, no words
// need to be moved between the rounds.
export function runAesRounds(block: Int32Array, schedule: Int32Array): void {
  const t0 = T0;
  const t1 = T1;
  const t2 = T2;
  const t3 = T3;
  let a = block[0] as number;
  let b = block[1] as number;
  let c = block[2] as number;
  let d = block[3] as number;
  for (let at = 0; at < schedule.length; at += 8) {
    // FIPS 197 section 5.1.2: row r of a column comes from the column r places to the right.
    const w =
      (t0[a >>> 24] as number) ^
      (t1[(b >>> 16) & 0xff] as number) ^
      (t2[(c >>> 8) & 0xff] as number) ^
      (t3[d & 0xff] as number) ^
      (schedule[at] as number);
    const x =
      (t0[b >>> 24] as number) ^
      (t1[(c >>> 16) & 0xff] as number) ^
      (t2[(d >>> 8) & 0xff] as number) ^
      (t3[a & 0xff] as number) ^
      (schedule[at + 1] as number);
    const y =
      (t0[c >>> 24] as number) ^
      (t1[(d >>> 16) & 0xff] as number) ^
      (t2[(a >>> 8) & 0xff] as number) ^
      (t3[b & 0xff] as number) ^
      (schedule[at + 2] as number);
    const z =
      (t0[d >>> 24] as number) ^
      (t1[(a >>> 16) & 0xff] as number) ^
      (t2[(b >>> 8) & 0xff] as number) ^
      (t3[c & 0xff] as number) ^
      (schedule[at + 3] as number);
    a =
      (t0[w >>> 24] as number) ^
      (t1[(x >>> 16) & 0xff] as number) ^
      (t2[(y >>> 8) & 0xff] as number) ^
      (t3[z & 0xff] as number) ^
      (schedule[at + 4] as number);
    b =
      (t0[x >>> 24] as number) ^
      (t1[(y >>> 16) & 0xff] as number) ^
      (t2[(z >>> 8) & 0xff] as number) ^
      (t3[w & 0xff] as number) ^
      (schedule[at + 5] as number);
    c =
      (t0[y >>> 24] as number) ^
      (t1[(z >>> 16) & 0xff] as number) ^
      (t2[(w >>> 8) & 0xff] as number) ^
      (t3[x & 0xff] as number) ^
      (schedule[at + 6] as number);
    d =
      (t0[z >>> 24] as number) ^
      (t1[(w >>> 16) & 0xff] as number) ^
      (t2[(x >>> 8) & 0xff] as number) ^
      (t3[y & 0xff] as number) ^
      (schedule[at + 7] as number);
  }
  block[0] = a;
  block[1] = b;
  block[2] = c;
  block[3] = d;
}

/** Makes one table: the column 02, 01, 01, 03 of MixColumns, rotated down by rows (FIPS 197 section 5.1.3). */
function makeTable(rotation: number): Int32Array {
  return Int32Array.from(AES_SBOX, (s) => {
    const word = (gf256Product(s, 2) << 24) | (s << 16) | (s << 8) | gf256Product(s, 3);
    return (word >>> rotation) | (word << ((32 - rotation) & 31));
  });
}
