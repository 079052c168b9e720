/** Who gets which examples. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import { drawDirichletShares } from '../../../../../nodes/federated/learn/dirichlet.ts';
import { makeSharedDraws, type SharedDraws } from '../../../../../nodes/federated/learn/seeded.ts';
import {
  makeSharedSyntheticDataset,
  selectClientExamples,
} from '../../../../../nodes/federated/learn/shared-set.ts';
import {
  type DatasetSplitRule,
  labelCounts,
  splitExamples,
} from '../../../../../nodes/federated/learn/split.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const SEED = new Uint8Array(32).fill(7);
const draws = (name: string): SharedDraws => makeSharedDraws(crypto, SEED, name);

const CLASSES = 10;
const COUNT = 6_000;
const CLIENTS = 30;
const LABELS = Uint8Array.from({ length: COUNT }, (_, at) => (at * 7) % CLASSES);

const LAWS: readonly DatasetSplitRule[] = [
  { kind: 'iid' },
  { kind: 'shards' },
  { kind: 'dirichlet', alpha: 0.5 },
  { kind: 'dirichlet', alpha: 0.001 },
  { kind: 'quantity', sigma: 1 },
];

/** Classes of which a client has an example, mean over the clients. */
function classesPerClient(parts: readonly Uint32Array[]): number {
  const seen = parts.map(
    (part) => labelCounts(LABELS, part, CLASSES).filter((count) => count > 0).length,
  );
  return seen.reduce((sum, count) => sum + count, 0) / parts.length;
}

describe('splits', () => {
  it.each(LAWS)('gives each example to exactly one client: %o', (law) => {
    const parts = splitExamples(LABELS, CLIENTS, law, draws('split'));
    expect(parts).toHaveLength(CLIENTS);
    const all = parts.flatMap((part) => [...part]).sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: COUNT }, (_, at) => at));
  });

  it.each(LAWS)('is the same from the same draws, and another from others: %o', (law) => {
    const once = splitExamples(LABELS, CLIENTS, law, draws('split'));
    expect(splitExamples(LABELS, CLIENTS, law, draws('split'))).toEqual(once);
    expect(splitExamples(LABELS, CLIENTS, law, draws('other'))).not.toEqual(once);
  });

  it('deals out equally many, at random', () => {
    const parts = splitExamples(LABELS, CLIENTS, { kind: 'iid' }, draws('iid'));
    for (const part of parts) expect(part).toHaveLength(COUNT / CLIENTS);
    expect(classesPerClient(parts)).toBe(CLASSES);
  });

  it('gives a client two shards, so two classes at most where shards do not cross classes', () => {
    const parts = splitExamples(LABELS, CLIENTS, { kind: 'shards' }, draws('shards'));
    for (const part of parts) {
      expect(part).toHaveLength(COUNT / CLIENTS);
      const counts = labelCounts(LABELS, part, CLASSES).filter((count) => count > 0);
      expect(counts.length).toBeLessThanOrEqual(2);
    }
    expect(classesPerClient(parts)).toBeGreaterThan(1.5);
  });

  it('gives log-normal numbers of examples', () => {
    const clients = 600;
    const labels = new Uint8Array(600_000);
    const parts = splitExamples(labels, clients, { kind: 'quantity', sigma: 1 }, draws('sizes'));
    const logs = parts.map((part) => Math.log(part.length));
    const mean = logs.reduce((sum, value) => sum + value, 0) / clients;
    const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (clients - 1);
    // Five standard deviations of the estimate: sqrt(2 / 599) = 0.058 each.
    expect(variance).toBeGreaterThan(0.71);
    expect(variance).toBeLessThan(1.29);
  });
});

describe('Dirichlet shares', () => {
  it.each([0.1, 0.5, 1, 5])('have the mean and variance of the law, alpha %d', (alpha) => {
    const count = 10;
    const rounds = 4_000;
    const stream = draws(`moments ${alpha}`);
    let sum = 0;
    let square = 0;
    for (let round = 0; round < rounds; round += 1) {
      const shares = drawDirichletShares({ count, alpha }, stream);
      expect(shares.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 12);
      sum += shares[3] as number;
      square += ((shares[3] as number) - 1 / count) ** 2;
    }
    const variance = (count - 1) / (count * count * (count * alpha + 1));
    expect(Math.abs(sum / rounds - 1 / count)).toBeLessThan(5 * Math.sqrt(variance / rounds));
    // The kurtosis of a beta law with these shapes is at most 8.1: 5 deviations are below 23 %.
    expect(square / rounds / variance).toBeGreaterThan(0.77);
    expect(square / rounds / variance).toBeLessThan(1.23);
  });

  it('gives nearly all to one where the concentration is tiny, and never "not a number"', () => {
    for (let round = 0; round < 100; round += 1) {
      const shares = drawDirichletShares({ count: 50, alpha: 1e-5 }, draws(`tiny ${round}`));
      expect(Math.max(...shares)).toBeGreaterThan(0.99);
    }
  });

  it('makes clients more alike the larger alpha is', () => {
    const of = (alpha: number): number =>
      classesPerClient(splitExamples(LABELS, CLIENTS, { kind: 'dirichlet', alpha }, draws('a')));
    expect(of(0.05)).toBeLessThan(5);
    expect(of(0.5)).toBeGreaterThan(of(0.05));
    expect(of(100)).toBe(CLASSES);
  });
});

describe('a set that is shared', () => {
  const setting = { count: 500, clients: 5, split: { kind: 'dirichlet', alpha: 0.5 } } as const;

  it('is the same in each process, and its parts are disjoint', () => {
    const here = makeSharedSyntheticDataset({ crypto, seed: SEED }, setting);
    const there = makeSharedSyntheticDataset({ crypto, seed: SEED.slice() }, setting);
    expect(there.parts).toEqual(here.parts);
    const every = Uint32Array.from({ length: 500 }, (_, at) => at);
    const all = here.table.pick(every);
    expect(there.table.pick(every)).toEqual(all);
    const parts = Array.from({ length: 5 }, (_, client) => selectClientExamples(here, client));
    expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(500);
    const part = parts[2];
    const index = here.parts[2]?.[0] as number;
    expect(part?.features.slice(0, 60)).toEqual(all.features.slice(60 * index, 60 * index + 60));
    expect(part?.labels[0]).toBe(all.labels[index]);
  });

  it('differs with the seed', () => {
    const here = makeSharedSyntheticDataset({ crypto, seed: SEED }, setting);
    const other = makeSharedSyntheticDataset({ crypto, seed: new Uint8Array(32) }, setting);
    expect(other.table.labels).not.toEqual(here.table.labels);
  });

  it('has nothing for a client that there is not', () => {
    expect(
      selectClientExamples(makeSharedSyntheticDataset({ crypto, seed: SEED }, setting), 5).count,
    ).toBe(0);
  });
});
