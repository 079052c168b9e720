/** Inverses modulo 2^255-19 by division steps, compared with the definition. */
import { expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { encodeModule } from '../../../../../engine/crypto/wasm/assembler.ts';
import {
  INVERT_MEMORY_BYTES,
  invertFieldElement,
} from '../../../../../engine/crypto/wasm/inverse25519.ts';
import { loadWasm } from '../../../../../engine/crypto/wasm/load.ts';

const SEED = 20_261_121;
const P = 2n ** 255n - 19n;
const AT = 64;

const loaded = loadWasm(encodeModule([invertFieldElement()], 1));
if (loaded === undefined) throw new Error('no WebAssembly');
const { memory } = loaded;
const view = new DataView(memory.buffer);
const run = loaded.exports['invert'] as (at: number) => void;

function inverseOf(value: bigint): bigint {
  for (let word = 0; word < 4; word++) {
    view.setBigUint64(AT + 8 * word, BigInt.asUintN(64, value >> BigInt(64 * word)), true);
  }
  run(AT);
  return [0, 1, 2, 3].reduce(
    (total, word) => total | (view.getBigUint64(AT + 8 * word, true) << BigInt(64 * word)),
    0n,
  );
}

function expectInverse(value: bigint): void {
  const inverse = inverseOf(value);
  expect(inverse < P, `${value}`).toBe(true);
  expect((inverse * value) % P, `${value}`).toBe(1n);
}

it('every number of one bit, and what is that far below the modulus, has its inverse', () => {
  for (let bit = 0n; bit < 255n; bit++) {
    expectInverse((1n << bit) % P);
    expectInverse(P - ((1n << bit) % P));
  }
});

it('small numbers, their inverses and their opposites have theirs', () => {
  for (let value = 1n; value < 300n; value++) {
    expectInverse(value);
    expectInverse(inverseOf(value));
    expectInverse(P - value);
  }
});

it(`random numbers have theirs, seed ${SEED}`, () => {
  const random = openRandomStream(SEED, 'crypto', 'inverse');
  for (let count = 0; count < 3_000; count++) {
    const value = BigInt(`0x${Buffer.from(random.bytes(32)).toString('hex')}`) % P;
    if (value > 0n) expectInverse(value);
  }
});

it('0 has none and becomes 0', () => {
  expect(inverseOf(0n)).toBe(0n);
});

it('works within the bytes that it says', () => {
  memory.fill(0xa5);
  inverseOf(3n);
  expect(memory.subarray(0, AT).every((byte) => byte === 0xa5)).toBe(true);
  expect(memory.subarray(AT + INVERT_MEMORY_BYTES).every((byte) => byte === 0xa5)).toBe(true);
});
