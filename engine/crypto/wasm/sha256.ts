/**
 * The compression function of SHA-256 (FIPS 180-4 section 6.2.2) as WebAssembly, unrolled round by
 * round. No look-ups and no branches, so its time does not depend on the data.
 *
 * @module
 */
import {
  get,
  I32,
  i32,
  i32Add,
  i32And,
  i32Load,
  i32Or,
  i32Rotl,
  i32Rotr,
  i32ShrU,
  i32Store,
  i32Xor,
  set,
  tee,
  type WasmCode,
  type WasmFunction,
} from './assembler.ts';

const ROUNDS = 64;
const WORDS = 16;
const STATE_WORDS = 8;

// Locals: parameters first, then the message schedule, the eight variables and a temporary.
const SOURCE = 0;
const TARGET = 1;
const BLOCK = 2;
const SCHEDULE = 3;
const VARIABLES: number = SCHEDULE + WORDS;
const TEMP: number = VARIABLES + STATE_WORDS;

const scheduled = (index: number): number => SCHEDULE + (index & 15);

/** Reverses the bytes of a word: digests and messages are big-endian, memory is not. */
function swapped(word: WasmCode): WasmCode {
  return i32Or(
    i32And(i32Rotl(tee(TEMP, word), i32(8)), i32(0x00ff00ff)),
    i32And(i32Rotl(get(TEMP), i32(24)), i32(0xff00ff00 | 0)),
  );
}

const xor3 = (a: WasmCode, b: WasmCode, c: WasmCode): WasmCode => i32Xor(i32Xor(a, b), c);

/** FIPS 180-4 section 4.1.2: rotations of a local. */
const turned = (local: number, bits: number): WasmCode => i32Rotr(get(local), i32(bits));

/** Section 6.2.2 step 1: W of this round, replacing the one 16 rounds before. */
function extendSchedule(round: number): WasmCode {
  if (round < WORDS) return [];
  const late = scheduled(round - 2);
  const early = scheduled(round - 15);
  const sigma1 = xor3(turned(late, 17), turned(late, 19), i32ShrU(get(late), i32(10)));
  const sigma0 = xor3(turned(early, 7), turned(early, 18), i32ShrU(get(early), i32(3)));
  const sum = i32Add(
    i32Add(sigma1, get(scheduled(round - 7))),
    i32Add(sigma0, get(scheduled(round))),
  );
  return set(scheduled(round), sum);
}

/** Section 6.2.2 step 3: instead of moving values, the variables rotate through the locals. */
function roundCode(round: number, constant: number): WasmCode {
  const variable = (index: number): number => VARIABLES + ((index - round + ROUNDS) & 7);
  const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(variable) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // Ch(e, f, g) = g + e (f + g), Maj(a, b, c) = (a + b)(a + c) + a, where + is XOR.
  const choice = i32Xor(get(g), i32And(get(e), i32Xor(get(f), get(g))));
  const sum1 = xor3(turned(e, 6), turned(e, 11), turned(e, 25));
  const majority = i32Xor(i32And(i32Xor(get(a), get(b)), i32Xor(get(a), get(c))), get(a));
  const sum0 = xor3(turned(a, 2), turned(a, 13), turned(a, 22));
  const first = i32Add(
    i32Add(i32Add(get(h), sum1), i32Add(choice, i32(constant))),
    get(scheduled(round)),
  );
  return [
    ...extendSchedule(round),
    ...set(TEMP, first),
    ...set(d, i32Add(get(d), get(TEMP))),
    ...set(h, i32Add(i32Add(get(TEMP), sum0), majority)),
  ];
}

/**
 * `(source, target, block)`: compresses the 64 bytes at `block` into the 32-byte state at `source`
 * and writes the new state to `target`; all are big-endian.
 * @param constants K of FIPS 180-4 section 4.2.2.
 */
export function sha256Compress(constants: Int32Array): WasmFunction {
  const body: WasmCode[] = [];
  for (let word = 0; word < WORDS; word++) {
    body.push(set(SCHEDULE + word, swapped(i32Load(get(BLOCK), 4 * word))));
  }
  for (let word = 0; word < STATE_WORDS; word++) {
    body.push(set(VARIABLES + word, swapped(i32Load(get(SOURCE), 4 * word))));
  }
  for (let round = 0; round < ROUNDS; round++) {
    body.push(roundCode(round, constants[round] as number));
  }
  // Step 4; after 64 rounds every variable is back in its place.
  for (let word = 0; word < STATE_WORDS; word++) {
    const sum = i32Add(swapped(i32Load(get(SOURCE), 4 * word)), get(VARIABLES + word));
    body.push(set(VARIABLES + word, sum));
    body.push(i32Store(get(TARGET), swapped(get(VARIABLES + word)), 4 * word));
  }
  return {
    parameters: [I32, I32, I32],
    results: [],
    locals: [[WORDS + STATE_WORDS + 1, I32]],
    body: body.flat(),
    exportAs: 'sha256Compress',
  };
}
