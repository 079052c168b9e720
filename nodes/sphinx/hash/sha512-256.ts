/**
 * SHA-512/256 (FIPS 180-4 sections 5.3.6.2, 6.4 and 6.7): the hash of replay tags.
 *
 * It is not SHA-512 cut to 32 bytes: it starts from other values, which is why the port's SHA-512
 * does not serve. 64-bit words are pairs of 32-bit words. Its input is public.
 *
 * @module
 */
import { CUBE_ROOTS, SQUARE_ROOTS } from './roots.ts';

const BLOCK_LENGTH = 128;
const DIGEST_LENGTH = 32;
const ROUNDS = 80;
const NAME = 'SHA-512/256';

/** The message schedule W, pairs of high and low word; reused, for it holds public data. */
const schedule = new Int32Array(2 * ROUNDS);

const START: Int32Array = makeStart();

/** Hashes `data`. @returns 32 bytes. */
export function sha512Over256(data: Uint8Array): Uint8Array {
  const state = START.slice();
  absorb(state, data);
  return digestOf(state).slice(0, DIGEST_LENGTH);
}

/** FIPS 180-4 section 5.3.6: the start is the hash of the name by SHA-512 with its start masked. */
function makeStart(): Int32Array {
  const state = SQUARE_ROOTS.map((word) => word ^ 0xa5a5a5a5);
  absorb(
    state,
    Uint8Array.from(NAME, (character) => character.charCodeAt(0)),
  );
  return state;
}

function digestOf(state: Int32Array): Uint8Array {
  const bytes = new Uint8Array(4 * state.length);
  const view = new DataView(bytes.buffer);
  state.forEach((word, index) => {
    view.setInt32(4 * index, word);
  });
  return bytes;
}

/** FIPS 180-4 section 5.1.2: a bit 1, zeros, the length in bits as a 128-bit number. */
function absorb(state: Int32Array, data: Uint8Array): void {
  const padded = new Uint8Array(Math.ceil((data.length + 17) / BLOCK_LENGTH) * BLOCK_LENGTH);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, 8 * data.length);
  for (let at = 0; at < padded.length; at += BLOCK_LENGTH) {
    loadSchedule(view, at);
    compress(state);
  }
}

/** FIPS 180-4 section 6.4.2 step 1. */
function loadSchedule(view: DataView, offset: number): void {
  const w = schedule;
  for (let word = 0; word < 32; word++) w[word] = view.getInt32(offset + 4 * word);
  for (let at = 32; at < w.length; at += 2) {
    const ah = w[at - 30] as number;
    const al = w[at - 29] as number;
    const bh = w[at - 4] as number;
    const bl = w[at - 3] as number;
    // sigma 0: right by 1, right by 8, shift by 7. sigma 1: right by 19, right by 61, shift by 6.
    const s0h = ((ah >>> 1) | (al << 31)) ^ ((ah >>> 8) | (al << 24)) ^ (ah >>> 7);
    const s0l = ((al >>> 1) | (ah << 31)) ^ ((al >>> 8) | (ah << 24)) ^ ((al >>> 7) | (ah << 25));
    const s1h = ((bh >>> 19) | (bl << 13)) ^ ((bl >>> 29) | (bh << 3)) ^ (bh >>> 6);
    const s1l = ((bl >>> 19) | (bh << 13)) ^ ((bh >>> 29) | (bl << 3)) ^ ((bl >>> 6) | (bh << 26));
    const low =
      (s1l >>> 0) + ((w[at - 13] as number) >>> 0) + (s0l >>> 0) + ((w[at - 31] as number) >>> 0);
    w[at] = s1h + (w[at - 14] as number) + s0h + (w[at - 32] as number) + carryOf(low);
    w[at + 1] = low;
  }
}

/** What a sum of low words carries into the high words. */
function carryOf(sum: number): number {
  return (sum / 0x1_0000_0000) | 0;
}

/** FIPS 180-4 section 6.4.2 steps 2 to 4. The state is a … h, pairs of high and low word. */
// hot: once per packet; the eight variables turn through `v` instead of moving.
function compress(state: Int32Array): void {
  const v = state.slice();
  for (let round = 0; round < ROUNDS; round++) step(v, round);
  for (let at = 0; at < state.length; at += 2) {
    const low = ((state[at + 1] as number) >>> 0) + ((v[at + 1] as number) >>> 0);
    state[at] = (state[at] as number) + (v[at] as number) + carryOf(low);
    state[at + 1] = low;
  }
}

function step(v: Int32Array, round: number): void {
  // After `round` steps variable k stands at place (k - round) mod 8.
  const turn = 16 - ((2 * round) & 15);
  const a = turn & 15;
  const b = (turn + 2) & 15;
  const c = (turn + 4) & 15;
  const d = (turn + 6) & 15;
  const e = (turn + 8) & 15;
  const f = (turn + 10) & 15;
  const g = (turn + 12) & 15;
  const h = (turn + 14) & 15;
  const eh = v[e] as number;
  const el = v[e + 1] as number;
  const ah = v[a] as number;
  const al = v[a + 1] as number;
  // Sigma 1: right by 14, 18, 41. Sigma 0: right by 28, 34, 39.
  const s1h = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
  const s1l = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
  const s0h = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
  const s0l = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
  const choiceH = (eh & (v[f] as number)) ^ (~eh & (v[g] as number));
  const choiceL = (el & (v[f + 1] as number)) ^ (~el & (v[g + 1] as number));
  const majorityH =
    (ah & (v[b] as number)) ^ (ah & (v[c] as number)) ^ ((v[b] as number) & (v[c] as number));
  const majorityL =
    (al & (v[b + 1] as number)) ^
    (al & (v[c + 1] as number)) ^
    ((v[b + 1] as number) & (v[c + 1] as number));
  const low1 =
    ((v[h + 1] as number) >>> 0) +
    (s1l >>> 0) +
    (choiceL >>> 0) +
    ((CUBE_ROOTS[2 * round + 1] as number) >>> 0) +
    ((schedule[2 * round + 1] as number) >>> 0);
  const high1 =
    ((v[h] as number) +
      s1h +
      choiceH +
      (CUBE_ROOTS[2 * round] as number) +
      (schedule[2 * round] as number) +
      carryOf(low1)) |
    0;
  const lowD = ((v[d + 1] as number) >>> 0) + ((low1 | 0) >>> 0);
  v[d] = (v[d] as number) + high1 + carryOf(lowD);
  v[d + 1] = lowD;
  const lowH = ((low1 | 0) >>> 0) + (s0l >>> 0) + (majorityL >>> 0);
  v[h] = high1 + s0h + majorityH + carryOf(lowH);
  v[h + 1] = lowH;
}
