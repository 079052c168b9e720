/**
 * The permutation Keccak-p[1600, 12] (FIPS 202 section 3) with the absorbing XOR before it, as
 * WebAssembly with 64-bit lanes. No look-ups and no branches on data, so its time does not depend
 * on them.
 *
 * @module
 */
import {
  type Code,
  get,
  I32,
  I64,
  i32,
  i32Add,
  i32LtU,
  i64,
  i64And,
  i64FromI32,
  i64Load,
  i64Rotr,
  i64Store,
  i64Xor,
  repeatWhile,
  set,
  type WasmFunction,
} from './assembler.ts';

const SIDE = 5;
const LANES = SIDE * SIDE;
const LANE_LENGTH = 8;
const LANE_BITS = 64;
/** FIPS 202 section 3.4: Keccak-p has the last rounds of the 24 of Keccak-f. */
const ALL_ROUNDS = 24;
const ROUNDS = 12;

/** Bytes of the state. */
export const KECCAK_STATE_LENGTH = LANES * LANE_LENGTH;

/** Index of lane (x, y), coordinates modulo 5 (FIPS 202 section 3.1.2). */
const laneAt = (x: number, y: number): number => (x % SIDE) + SIDE * (y % SIDE);

/** FIPS 202 section 3.2.2, algorithm 2: by how much each lane is rotated. */
function rotations(): readonly number[] {
  const bits = Array.from({ length: LANES }, () => 0);
  let [x, y] = [1, 0];
  for (let t = 0; t < LANES - 1; t++) {
    bits[laneAt(x, y)] = (((t + 1) * (t + 2)) / 2) % LANE_BITS;
    [x, y] = [y, (2 * x + 3 * y) % SIDE];
  }
  return bits;
}

const ROTATIONS = rotations();

/** FIPS 202 section 3.2.5, algorithm 5: the output bits of a shift register of 8 bits. */
function* registerBits(): Generator<number> {
  for (let register = 1; ; ) {
    yield register & 1;
    register <<= 1;
    if (register > 0xff) register ^= 0x171;
  }
}

/** FIPS 202 section 3.2.5, algorithm 6: the constants of the rounds, little-endian. */
export function roundConstants(): Uint8Array {
  const bits = registerBits();
  const all = new Uint8Array(ALL_ROUNDS * LANE_LENGTH);
  for (let round = 0; round < ALL_ROUNDS; round++) {
    for (let power = 0; power <= 6; power++) {
      const place = 2 ** power - 1;
      const at = round * LANE_LENGTH + (place >> 3);
      all[at] = (all[at] as number) | ((bits.next().value as number) << (place & 7));
    }
  }
  return all.subarray((ALL_ROUNDS - ROUNDS) * LANE_LENGTH);
}

// Locals: parameters first, then the address of a round constant, the lanes before and after the
// linear steps, and the parities of the columns.
const STATE = 0;
const BLOCK = 1;
const CONSTANT = 2;
const BEFORE = 3;
const AFTER = BEFORE + LANES;
const PARITY = AFTER + LANES;

const before = (x: number, y: number): Code => get(BEFORE + laneAt(x, y));
const after = (x: number, y: number): Code => get(AFTER + laneAt(x, y));

function rotateLeft(lane: Code, bits: number): Code {
  if (bits === 0) return lane;
  return i64Rotr(lane, i64FromI32(i32(LANE_BITS - bits)));
}

/** One round: theta, rho and pi, chi, iota (FIPS 202 sections 3.2.1 to 3.2.5). */
function round(): Code {
  const code: Code[] = [];
  const places = Array.from({ length: LANES }, (_, lane) => [lane % SIDE, (lane / SIDE) | 0]);
  for (let x = 0; x < SIDE; x++) {
    let column = before(x, 0);
    for (let y = 1; y < SIDE; y++) column = i64Xor(column, before(x, y));
    code.push(set(PARITY + x, column));
  }
  for (let x = 0; x < SIDE; x++) {
    const left = get(PARITY + ((x + 4) % SIDE));
    const effect = i64Xor(left, rotateLeft(get(PARITY + ((x + 1) % SIDE)), 1));
    // The effect on a column waits in its first lane of `after`, which pi fills last.
    code.push(set(AFTER + laneAt(x, 0), effect));
    for (let y = 0; y < SIDE; y++) {
      const changed = i64Xor(before(x, y), get(AFTER + laneAt(x, 0)));
      code.push(set(BEFORE + laneAt(x, y), changed));
    }
  }
  for (const [x = 0, y = 0] of places) {
    const turned = rotateLeft(before(x, y), ROTATIONS[laneAt(x, y)] as number);
    code.push(set(AFTER + laneAt(y, 2 * x + 3 * y), turned));
  }
  for (const [x = 0, y = 0] of places) {
    const others = i64And(i64Xor(after(x + 1, y), i64(-1)), after(x + 2, y));
    code.push(set(BEFORE + laneAt(x, y), i64Xor(after(x, y), others)));
  }
  code.push(set(BEFORE, i64Xor(get(BEFORE), i64Load(get(CONSTANT)))));
  return code.flat();
}

/**
 * `(state, block)`: XORs the block into the start of the state, then permutes the state.
 * @param rate Bytes of the block, a multiple of 8.
 * @param constants Address of {@link roundConstants}.
 */
export function keccakAbsorb(rate: number, constants: number): WasmFunction {
  const body: Code[] = [];
  for (let lane = 0; lane < LANES; lane++) {
    const own = i64Load(get(STATE), LANE_LENGTH * lane);
    const isAbsorbing = LANE_LENGTH * lane < rate;
    const mixed = isAbsorbing ? i64Xor(own, i64Load(get(BLOCK), LANE_LENGTH * lane)) : own;
    body.push(set(BEFORE + lane, mixed));
  }
  const end = constants + ROUNDS * LANE_LENGTH;
  body.push(
    set(CONSTANT, i32(constants)),
    repeatWhile(
      i32LtU(get(CONSTANT), i32(end)),
      round(),
      set(CONSTANT, i32Add(get(CONSTANT), i32(LANE_LENGTH))),
    ),
  );
  for (let lane = 0; lane < LANES; lane++) {
    body.push(i64Store(get(STATE), get(BEFORE + lane), LANE_LENGTH * lane));
  }
  return {
    parameters: [I32, I32],
    results: [],
    locals: [
      [1, I32],
      [2 * LANES + SIDE, I64],
    ],
    body: body.flat(),
    exportAs: 'absorb',
  };
}
