/**
 * The compression function of SHA-256 (FIPS 180-4 section 6.2.2) as WebAssembly, unrolled round by
 * round. No look-ups and no branches, so its time does not depend on the data.
 *
 * @module
 */
import {
  I32,
  i32Add,
  i32And,
  i32Const,
  i32Load,
  i32Or,
  i32Rotl,
  i32Rotr,
  i32ShrU,
  i32Store,
  i32Xor,
  localGet,
  localSet,
  localTee,
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
    i32And(i32Rotl(localTee(TEMP, word), i32Const(8)), i32Const(0x00ff00ff)),
    i32And(i32Rotl(localGet(TEMP), i32Const(24)), i32Const(0xff00ff00 | 0)),
  );
}

const xor3 = (a: WasmCode, b: WasmCode, c: WasmCode): WasmCode => i32Xor(i32Xor(a, b), c);

/** Rotates a local to the right, for the functions of FIPS 180-4 section 4.1.2. */
const turned = (local: number, bits: number): WasmCode => i32Rotr(localGet(local), i32Const(bits));

/** Computes the schedule word W of this round, which replaces the word of 16 rounds before (section 6.2.2 step 1). */
function extendSchedule(round: number): WasmCode {
  if (round < WORDS) return [];
  const late = scheduled(round - 2);
  const early = scheduled(round - 15);
  const sigma1 = xor3(turned(late, 17), turned(late, 19), i32ShrU(localGet(late), i32Const(10)));
  const sigma0 = xor3(turned(early, 7), turned(early, 18), i32ShrU(localGet(early), i32Const(3)));
  const sum = i32Add(
    i32Add(sigma1, localGet(scheduled(round - 7))),
    i32Add(sigma0, localGet(scheduled(round))),
  );
  return localSet(scheduled(round), sum);
}

/**
 * Encodes a round (section 6.2.2 step 3): values stay in their locals, and the names of the
 * variables rotate instead.
 */
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
  const choice = i32Xor(localGet(g), i32And(localGet(e), i32Xor(localGet(f), localGet(g))));
  const sum1 = xor3(turned(e, 6), turned(e, 11), turned(e, 25));
  const majority = i32Xor(
    i32And(i32Xor(localGet(a), localGet(b)), i32Xor(localGet(a), localGet(c))),
    localGet(a),
  );
  const sum0 = xor3(turned(a, 2), turned(a, 13), turned(a, 22));
  const first = i32Add(
    i32Add(i32Add(localGet(h), sum1), i32Add(choice, i32Const(constant))),
    localGet(scheduled(round)),
  );
  return [
    ...extendSchedule(round),
    ...localSet(TEMP, first),
    ...localSet(d, i32Add(localGet(d), localGet(TEMP))),
    ...localSet(h, i32Add(i32Add(localGet(TEMP), sum0), majority)),
  ];
}

/**
 * Makes the function `(source, target, block)` that compresses the 64 bytes at `block` into the 32-byte state at
 * `source` and writes the new state to `target`; all are big-endian.
 * @param constants K of FIPS 180-4 section 4.2.2.
 */
export function sha256Compress(constants: Int32Array): WasmFunction {
  const body: WasmCode[] = [];
  for (let word = 0; word < WORDS; word++) {
    body.push(localSet(SCHEDULE + word, swapped(i32Load(localGet(BLOCK), 4 * word))));
  }
  for (let word = 0; word < STATE_WORDS; word++) {
    body.push(localSet(VARIABLES + word, swapped(i32Load(localGet(SOURCE), 4 * word))));
  }
  for (let round = 0; round < ROUNDS; round++) {
    body.push(roundCode(round, constants[round] as number));
  }
  // Step 4; after 64 rounds every variable is back in its place.
  for (let word = 0; word < STATE_WORDS; word++) {
    const sum = i32Add(swapped(i32Load(localGet(SOURCE), 4 * word)), localGet(VARIABLES + word));
    body.push(localSet(VARIABLES + word, sum));
    body.push(i32Store(localGet(TARGET), swapped(localGet(VARIABLES + word)), 4 * word));
  }
  return {
    parameters: [I32, I32, I32],
    results: [],
    locals: [[WORDS + STATE_WORDS + 1, I32]],
    body: body.flat(),
    exportAs: 'sha256Compress',
  };
}
