import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFastAead } from '../../../../engine/crypto/fast-aead.ts';
import { noble } from '../../../../engine/crypto/noble.ts';
import { encodeModule } from '../../../../engine/crypto/wasm/assembler.ts';
import {
  ASSOCIATED_LENGTH_MAX,
  DATA_LENGTH_MAX,
  OUTPUT,
} from '../../../../engine/crypto/wasm/layout.ts';
import { polyFinish, polyStart, polyUpdate } from '../../../../engine/crypto/wasm/poly1305.ts';
import type { AeadKey } from '../../../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import { watchWasmMemory } from './support.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, index) => 255 - 3 * index);
const NONCE = Uint8Array.from({ length: 12 }, (_, index) => index + 1);

/** A fallback that nobody should need. */
const unused: AeadKey = {
  seal: () => expect.unreachable(),
  open: () => expect.unreachable(),
};

const reference = noble.aead('chacha20-poly1305', KEY);
const fast = createFastAead(KEY, unused, 'wiped');

function pattern(length: number, step: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * step + (index >> 8)) & 0xff);
}

function compare(dataLength: number, associatedLength: number): void {
  const data = pattern(dataLength, 7);
  const associated = pattern(associatedLength, 11);
  const [expected, sealed] = [new Uint8Array(dataLength + 16), new Uint8Array(dataLength + 16)];
  reference.seal(NONCE, associated, data, expected);
  expect(fast.seal(NONCE, associated, data, sealed)).toBe(dataLength + 16);
  expect(Buffer.compare(sealed, expected)).toBe(0);
  const opened = new Uint8Array(dataLength);
  expect(fast.open(NONCE, associated, expected, opened)).toBe(dataLength);
  expect(Buffer.compare(opened, data)).toBe(0);
}

describe('the fast ChaCha20-Poly1305', () => {
  it('seals and opens like the reference at every length up to 700 bytes', () => {
    for (let length = 0; length <= 700; length++) compare(length, length % 40);
  });

  it('seals and opens like the reference with every length of associated data up to 80', () => {
    for (let length = 0; length <= 80; length++) compare(33, length);
  });

  it.each([1_000, 1_500, 9_000, 65_535, DATA_LENGTH_MAX])('… and at %i bytes', (length) => {
    compare(length, ASSOCIATED_LENGTH_MAX);
  });

  it('keeps nothing of one key, or of a longer packet, for the next', () => {
    const otherKey = KEY.with(0, 0);
    const other = createFastAead(otherKey, unused, 'kept');
    const otherReference = noble.aead('chacha20-poly1305', otherKey);
    const long = new Uint8Array(1_016);
    for (let turn = 0; turn < 3; turn++) {
      other.seal(NONCE, pattern(300, 3), pattern(1_000, 5), long);
      compare(70 + turn, 5);
      const [expected, sealed] = [new Uint8Array(25), new Uint8Array(25)];
      otherReference.seal(NONCE, pattern(1, 1), pattern(9, 1), expected);
      other.seal(NONCE, pattern(1, 1), pattern(9, 1), sealed);
      expect(sealed).toEqual(expected);
    }
  });

  it('leaves the target alone when a packet is forged', () => {
    const sealed = new Uint8Array(36);
    fast.seal(NONCE, KEY, pattern(20, 3), sealed);
    const target = new Uint8Array(20).fill(0xee);
    expect(fast.open(NONCE, KEY, sealed.with(3, sealed[3]! ^ 1), target)).toBe(-1);
    expect(target).toEqual(new Uint8Array(20).fill(0xee));
  });

  it('hands longer packets and longer associated data to its fallback', () => {
    const calls: string[] = [];
    const counting: AeadKey = {
      seal: (...input) => {
        calls.push('seal');
        return reference.seal(...input);
      },
      open: (...input) => {
        calls.push('open');
        return reference.open(...input);
      },
    };
    const key = createFastAead(KEY, counting, 'wiped');
    const long = pattern(DATA_LENGTH_MAX + 1, 3);
    const sealed = new Uint8Array(long.length + 16);
    key.seal(NONCE, KEY, long, sealed);
    expect(key.open(NONCE, KEY, sealed, new Uint8Array(long.length))).toBe(long.length);
    const associated = new Uint8Array(ASSOCIATED_LENGTH_MAX + 1);
    key.seal(NONCE, associated, KEY, sealed);
    key.open(NONCE, associated, sealed.subarray(0, 48), new Uint8Array(32));
    expect(calls).toEqual(['seal', 'open', 'seal', 'open']);
  });
});

describe('the memory of the fast ChaCha20-Poly1305', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  function holds(memory: Uint8Array, part: Uint8Array): boolean {
    return Buffer.from(memory.buffer).includes(Buffer.from(part));
  }

  it.each([1, 200, 1_000, DATA_LENGTH_MAX])(
    'holds no key and no plaintext after a packet of %i bytes of real secrets',
    async (length) => {
      const memory = watchWasmMemory();
      const { createFastAead: create } = await import('../../../../engine/crypto/fast-aead.ts');
      const text = Uint8Array.from({ length }, (_, index) => 0x80 | (index & 0x7f));
      const sealed = new Uint8Array(length + 16);
      const kept = create(KEY, unused, 'kept');
      kept.seal(NONCE, NONCE, text, sealed);
      expect([holds(memory(), KEY), holds(memory(), text)]).toEqual([true, true]);
      const key = create(KEY, unused, 'wiped');
      const opened = new Uint8Array(length);
      const work: readonly (() => number)[] = [
        (): number => key.seal(NONCE, NONCE, text, sealed),
        (): number => key.open(NONCE, NONCE, sealed, opened),
        (): number => key.open(NONCE, NONCE, sealed.with(0, 0), new Uint8Array(length)),
      ];
      for (const step of work) {
        step();
        const beyondConstants = memory().subarray(16, 1_024);
        // What is left are the lengths, the associated data and the packet as it went over the wire.
        expect(beyondConstants.subarray(0, 112).every((byte) => byte === 0)).toBe(true);
        expect([holds(memory(), KEY), holds(memory(), text)]).toEqual([false, false]);
        expect(
          memory()
            .subarray(OUTPUT)
            .every((byte) => byte === 0),
        ).toBe(true);
      }
      expect(opened).toEqual(text);
    },
  );
});

describe('without WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('is its fallback', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const fresh = await import('../../../../engine/crypto/fast-aead.ts');
    expect(fresh.createFastAead(KEY, reference, 'wiped')).toBe(reference);
  });
});

describe('Poly1305 as WebAssembly', () => {
  const code = encodeModule(
    [
      { ...polyStart, exportAs: 'start' },
      { ...polyUpdate, exportAs: 'update' },
      { ...polyFinish, exportAs: 'finish' },
    ],
    3,
  );
  const engine = (globalThis as unknown as { WebAssembly: { Module: never; Instance: never } })
    .WebAssembly as unknown as {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object) => { exports: Record<string, (...input: number[]) => void> };
  };
  const { exports } = new engine.Instance(new engine.Module(code));
  const memory = new Uint8Array((exports['memory'] as unknown as { buffer: ArrayBuffer }).buffer);

  const zeros = '00'.repeat(16);
  const ones = 'ff'.repeat(16);
  const word = (first: string, rest = '00'): string => first + rest.repeat(15);

  // RFC 8439 appendix A.3, test vectors 7 to 11: the carries and the final reduction at their edges.
  it.each([
    ['#7', word('02'), zeros, ones, word('03')],
    ['#8', word('02'), ones, word('02'), word('03')],
    ['#9', word('01'), zeros, ones + word('f0', 'ff') + word('11'), word('05')],
    ['#10', word('01'), zeros, ones + word('fb', 'fe') + '01'.repeat(16), zeros],
    ['#11', word('02'), zeros, word('fd', 'ff'), word('fa', 'ff')],
    // With r = 1 the sum of three blocks and 3 * 2^128 is p itself, then p - 1.
    ['beside it: h = p', word('01'), zeros, word('fb', 'ff') + zeros + zeros, zeros],
    ['beside it: h = p - 1', word('01'), zeros, word('fa', 'ff') + zeros + zeros, word('fa', 'ff')],
  ])('passes RFC 8439 A.3 %s', (...vector) => {
    const [, r, s, data, tag] = vector as [string, string, string, string, string];
    const bytes = fromHex(data);
    memory.set(fromHex(r + s), OUTPUT);
    memory.set(bytes, 1_024);
    exports['start']!();
    exports['update']!(1_024, bytes.length / 16);
    exports['finish']!(2_048);
    expect(toHex(memory.subarray(2_048, 2_064))).toBe(tag);
  });
});
