import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFastAead } from '../../../../engine/crypto/fast-aead.ts';
import { nobleCrypto } from '../../../../engine/crypto/noble.ts';
import { encodeModule } from '../../../../engine/crypto/wasm/assembler.ts';
import {
  ASSOCIATED_DATA_LENGTH_MAX,
  DATA_LENGTH_MAX,
  OUTPUT_OFFSET,
} from '../../../../engine/crypto/wasm/layout.ts';
import {
  poly1305Finish,
  poly1305Start,
  poly1305Update,
} from '../../../../engine/crypto/wasm/poly1305.ts';
import type { AeadKey } from '../../../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import { watchWasmMemory } from './support.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, index) => 255 - 3 * index);
const NONCE = Uint8Array.from({ length: 12 }, (_, index) => index + 1);

/** A fallback that must not be called. */
const unused: AeadKey = {
  seal: () => expect.unreachable(),
  open: () => expect.unreachable(),
  wipe: () => expect.unreachable(),
};

const reference = nobleCrypto.aead('chacha20-poly1305', KEY);
const fast = createFastAead(KEY, unused, 'wiped');

interface Watched {
  readonly memory: () => Uint8Array;
  readonly create: typeof createFastAead;
  readonly key: AeadKey;
  readonly text: Uint8Array;
  readonly sealed: Uint8Array;
}

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
    compare(length, ASSOCIATED_DATA_LENGTH_MAX);
  });

  it('keeps nothing of one key, or of a longer packet, for the next', () => {
    const otherKey = KEY.with(0, 0);
    const other = createFastAead(otherKey, unused, 'kept');
    const otherReference = nobleCrypto.aead('chacha20-poly1305', otherKey);
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
      wipe: () => expect.unreachable(),
    };
    const key = createFastAead(KEY, counting, 'wiped');
    const long = pattern(DATA_LENGTH_MAX + 1, 3);
    const sealed = new Uint8Array(long.length + 16);
    key.seal(NONCE, KEY, long, sealed);
    expect(key.open(NONCE, KEY, sealed, new Uint8Array(long.length))).toBe(long.length);
    const associated = new Uint8Array(ASSOCIATED_DATA_LENGTH_MAX + 1);
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

  const lengths = [0, 1, 15, 16, 191, 192, 193, 200, 448, 449, 1_000, DATA_LENGTH_MAX];

  /** The top bit of each byte of the text is set, so that none of them is zero. */
  async function openWatched(length: number): Promise<Watched> {
    const memory = watchWasmMemory();
    const { createFastAead: create } = await import('../../../../engine/crypto/fast-aead.ts');
    const text = Uint8Array.from({ length }, (_, index) => 0x80 | (index & 0x7f));
    const sealed = new Uint8Array(length + 16);
    return { memory, create, key: create(KEY, unused, 'wiped'), text, sealed };
  }

  /**
   * The first offsets, beyond the constants of the cipher's state, at which the memory differs from
   * `expected`.
   */
  function leftovers(memory: Uint8Array, expected?: Uint8Array): readonly number[] {
    expect(Buffer.from(memory.subarray(0, 16)).toString('latin1')).toBe('expand 32-byte k');
    const offsets: number[] = [];
    for (let at = 16; at < memory.length && offsets.length < 4; at++) {
      if (memory[at] !== 0 && memory[at] !== expected?.[at]) offsets.push(at);
    }
    return offsets;
  }

  it.each([0, 12, ASSOCIATED_DATA_LENGTH_MAX])(
    'is empty after any packet of real secrets with %i bytes of associated data',
    async (associatedLength) => {
      const associated = pattern(associatedLength, 11);
      for (const length of lengths) {
        const { memory, key, text, sealed } = await openWatched(length);
        const opened = new Uint8Array(length);
        expect(key.seal(NONCE, associated, text, sealed)).toBe(length + 16);
        expect(leftovers(memory()), `sealed ${length}`).toEqual([]);
        expect(key.open(NONCE, associated, sealed, opened)).toBe(length);
        expect(leftovers(memory()), `opened ${length}`).toEqual([]);
        expect(opened).toEqual(text);
      }
    },
  );

  it('does not keep the tag that a forged packet should have had', async () => {
    for (const length of lengths) {
      const { memory, key, text, sealed } = await openWatched(length);
      key.seal(NONCE, NONCE, text, sealed);
      const forged = sealed.with(length + 15, sealed[length + 15]! ^ 1);
      expect(key.open(NONCE, NONCE, forged, new Uint8Array(length))).toBe(-1);
      expect(leftovers(memory()), `forged ${length}`).toEqual([]);
    }
  });

  it('takes nothing in when a call is refused', async () => {
    const { memory, key, text, sealed } = await openWatched(200);
    expect(() => key.seal(NONCE, KEY, text, new Uint8Array(215))).toThrow('the target');
    expect(() => key.open(NONCE, KEY, sealed, new Uint8Array(199))).toThrow('the target');
    const short = NONCE.subarray(1);
    expect(() => key.seal(short, KEY, text, sealed)).toThrow('a nonce');
    expect(() => key.open(short, KEY, sealed, text)).toThrow('a nonce');
    expect(leftovers(memory())).toEqual([]);
  });

  it('is empty after an exception while the secrets were in it', async () => {
    const { memory, key, text, sealed } = await openWatched(0);
    key.seal(NONCE, KEY, text, sealed);
    // An array that was transferred to another thread has length 0, which is too short for any
    // plaintext.
    const target = new Uint8Array(1);
    structuredClone(target.buffer, { transfer: [target.buffer] });
    expect(() => key.open(NONCE, KEY, sealed, target)).toThrow(TypeError);
    expect(leftovers(memory())).toEqual([]);
  });

  it('keeps key and plaintext of simulated secrets, which shows that the tests look there', async () => {
    const { memory, create, text, sealed } = await openWatched(200);
    create(KEY, unused, 'kept').seal(NONCE, NONCE, text, sealed);
    const bytes = toHex(memory());
    expect([bytes.includes(toHex(KEY)), bytes.includes(toHex(text))]).toEqual([true, true]);
  });

  it('gets nothing new from a packet of real secrets after a longer one of simulated ones', async () => {
    const { memory, create, key, text, sealed } = await openWatched(1_000);
    const kept = create(KEY, unused, 'kept');
    kept.seal(NONCE, pattern(300, 3), text, sealed);
    kept.open(NONCE, pattern(300, 3), sealed, new Uint8Array(1_000));
    const before = memory().slice();
    key.seal(NONCE, NONCE, text.subarray(0, 70), new Uint8Array(86));
    // The remaining bytes were there before, beyond the end of the shorter packet.
    expect(leftovers(memory(), before)).toEqual([]);
  });
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
      { ...poly1305Start, exportAs: 'start' },
      { ...poly1305Update, exportAs: 'update' },
      { ...poly1305Finish, exportAs: 'finish' },
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

  // RFC 8439 appendix A.3, test vectors 7 to 11: edge cases of the carries and the final reduction.
  it.each([
    ['#7', word('02'), zeros, ones, word('03')],
    ['#8', word('02'), ones, word('02'), word('03')],
    ['#9', word('01'), zeros, ones + word('f0', 'ff') + word('11'), word('05')],
    ['#10', word('01'), zeros, ones + word('fb', 'fe') + '01'.repeat(16), zeros],
    ['#11', word('02'), zeros, word('fd', 'ff'), word('fa', 'ff')],
    // With r = 1, the sum of three blocks and 3 * 2^128 is exactly p; then p - 1.
    ['beside it: h = p', word('01'), zeros, word('fb', 'ff') + zeros + zeros, zeros],
    ['beside it: h = p - 1', word('01'), zeros, word('fa', 'ff') + zeros + zeros, word('fa', 'ff')],
  ])('passes RFC 8439 A.3 %s', (...vector) => {
    const [, r, s, data, tag] = vector as [string, string, string, string, string];
    const bytes = fromHex(data);
    memory.set(fromHex(r + s), OUTPUT_OFFSET);
    memory.set(bytes, 1_024);
    exports['start']!();
    exports['update']!(1_024, bytes.length / 16);
    exports['finish']!(2_048);
    expect(toHex(memory.subarray(2_048, 2_064))).toBe(tag);
  });
});
