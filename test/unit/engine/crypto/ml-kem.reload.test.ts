import type * as library from '@noble/post-quantum/ml-kem.js';
import { beforeEach, describe, expect, it, vi } from 'vitest';

/** How often each key was expanded, by its number. */
const expanded = vi.hoisted(() => new Map<number, number>());

vi.mock('@noble/post-quantum/ml-kem.js', async (original) => {
  const { ml_kem768 } = await original<typeof library>();
  const prepare = (publicKey: Uint8Array): unknown => {
    const number = new DataView(publicKey.buffer).getUint32(0);
    expanded.set(number, (expanded.get(number) ?? 0) + 1);
    const made = { cipherText: new Uint8Array(1088), sharedSecret: publicKey.slice(0, 32) };
    return { publicKey, encapsulate: () => made };
  };
  return { ml_kem768: { ...ml_kem768, prepare } };
});

vi.resetModules();
const { mlKem768 } = await import('../../../../engine/crypto/ml-kem.ts');

/** Encapsulates to the key with that number. @returns whether the key had to be expanded. */
function use(number: number): boolean {
  const publicKey = new Uint8Array(1184);
  new DataView(publicKey.buffer).setUint32(0, number);
  const before = expanded.get(number) ?? 0;
  const made = mlKem768.encapsulate(publicKey, new Uint8Array(32));
  expect(made?.secret).toEqual(publicKey.slice(0, 32));
  return (expanded.get(number) ?? 0) > before;
}

let next = 0;
/** So many new keys. */
const fresh = (count: number): readonly number[] => Array.from({ length: count }, () => ++next);

describe('the expanded public keys of ML-KEM-768', () => {
  beforeEach(() => expanded.clear());

  it('were emptied by one-time keys: keys that are used again and again stay', () => {
    const [lasting] = fresh(1) as [number];
    use(lasting);
    use(lasting);
    expect(use(lasting)).toBe(false);
    for (const number of fresh(5_000)) use(number);
    expect(use(lasting)).toBe(false);
  });

  it('are kept of a network of 500 nodes whose packets mix with one-time keys', () => {
    const nodes = fresh(500);
    for (let round = 0; round < 2; round++) {
      for (const node of nodes) for (const number of [node, ...fresh(4)]) use(number);
    }
    expect(nodes.filter(use)).toEqual([]);
  });

  it('are bounded: the one that was not used for longest goes first', () => {
    const [first, second, ...others] = fresh(2 + 600) as [number, number, ...number[]];
    for (const number of [first, first, second, second]) use(number);
    for (const number of others) {
      use(number);
      use(number);
      expect(use(first)).toBe(false);
    }
    expect(use(second)).toBe(true);
    expect(others.slice(-511).filter(use)).toEqual([]);
    expect(use(others[0]!)).toBe(true);
  });

  it('are not kept for a second use long after the first: names are bounded too', () => {
    const [rare] = fresh(1) as [number];
    use(rare);
    for (const number of fresh(9_000)) use(number);
    expect([use(rare), use(rare), use(rare)]).toEqual([true, true, false]);
  });
});
