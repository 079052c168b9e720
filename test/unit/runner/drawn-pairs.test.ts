/**
 * Flows between pairs of nodes that are drawn from the seed (docs/spec/scenario-files.md#traffic).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { withTrafficOfSeed } from '../../../runner/traffic/drawn-pairs.ts';
import { loadText, prepare, run } from './fixture.ts';

const NODES = 12;
const POSSIBLE = NODES * (NODES - 1);

/** Twelve datagram nodes around a hub that is no bus. */
function textOf(...entries: readonly string[]): string {
  const names = Array.from({ length: NODES }, (_, index) => `bus-${index + 1}`);
  return `
name: buses
topology:
  name: star
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 1ms } }
  nodes: [{ name: hub }, ${names.map((name) => `{ name: ${name} }`).join(', ')}]
  segments: [{ id: air, members: [hub, ${names.join(', ')}], rate: 1Gbit/s, delay: 1ms }]
duration: 3s
traffic:
${entries.map((entry) => `  - { kind: poisson, rate: 20/s, size: 100B, stop: 2900ms, ${entry} }`).join('\n')}
`;
}

const pairsOf = (entry: string, seed = 1): readonly string[] =>
  withTrafficOfSeed(loadText(textOf(entry)), seed).traffic.map(
    ({ from, to }) => `${from} -> ${to}`,
  );

describe('pairs of an entry', () => {
  it('are as many as it says, different, and never a node with itself', () => {
    const pairs = pairsOf('pairs: 30, among: "bus-*"');
    expect(pairs).toHaveLength(30);
    expect(new Set(pairs).size).toBe(30);
    for (const pair of pairs) {
      const [from, to] = pair.split(' -> ');
      expect(from).not.toBe(to);
      expect(pair).toMatch(/^bus-\d+ -> bus-\d+$/);
    }
  });

  it('are the same for the same seed, and others for another', () => {
    const pairs = pairsOf('pairs: 30, among: "bus-*"', 7);
    expect(pairsOf('pairs: 30, among: "bus-*"', 7)).toEqual(pairs);
    expect(pairsOf('pairs: 30, among: "bus-*"', 8)).not.toEqual(pairs);
    expect(pairsOf('pairs: 3, among: "bus-*"')).toEqual([
      'bus-12 -> bus-2',
      'bus-10 -> bus-1',
      'bus-12 -> bus-10',
    ]);
  });

  it('are all pairs where the entry asks for as many as there are', () => {
    const pairs = pairsOf(`pairs: ${POSSIBLE}, among: "bus-*"`);
    expect(new Set(pairs).size).toBe(POSSIBLE);
  });

  it('are the first of those of a larger number', () => {
    const few = pairsOf('pairs: 10, among: "bus-*"');
    expect(pairsOf('pairs: 40, among: "bus-*"').slice(0, 10)).toEqual(few);
  });

  it('are equally likely', () => {
    const counts = new Map<string, number>();
    const scenario = loadText(textOf('pairs: 2, among: [bus-1, bus-2, bus-3]'));
    for (let seed = 1; seed <= 3_000; seed += 1) {
      const pairs = withTrafficOfSeed(scenario, seed).traffic;
      for (const { from, to } of pairs) {
        counts.set(`${from} ${to}`, (counts.get(`${from} ${to}`) ?? 0) + 1);
      }
    }
    // 6,000 draws of six pairs: 1,000 each, with a deviation of 29 (binomial, without replacement).
    expect(counts.size).toBe(6);
    expect(Math.min(...counts.values())).toBeGreaterThan(870);
    expect(Math.max(...counts.values())).toBeLessThan(1_130);
  });
});

describe('a run with drawn pairs', () => {
  const instantsOf = (...entries: readonly string[]): readonly string[] => {
    const sent: string[] = [];
    const { world } = prepare(loadText(textOf(...entries)));
    world.listen({
      requested: (node) => void (node === 'hub' && sent.push(`${world.now()}`)),
    });
    world.sim.runUntil(3e9);
    return sent;
  };

  it('moves no packet of another entry when the number of pairs changes', () => {
    const own = 'from: hub, to: bus-1';
    const few = instantsOf('pairs: 3, among: "bus-*"', own);
    expect(few.length).toBeGreaterThan(30);
    expect(instantsOf('pairs: 50, among: "bus-*"', own)).toEqual(few);
    expect(instantsOf('pairs: 50, among: "bus-*"', own, 'pairs: 2, among: "bus-*"')).toEqual(few);
  });

  it('gives each pair instants of its own', () => {
    const { experiment, world } = prepare(loadText(textOf('pairs: 20, among: "bus-*"')));
    world.sim.runUntil(3e9);
    const counts = experiment.flows.map(({ nextSequence }) => nextSequence);
    expect(counts.every((count) => count > 30)).toBe(true);
    expect(new Set(counts).size).toBeGreaterThan(5);
  });

  it('shows the flows of an entry as one, with what they sent together', () => {
    const scenario = loadText(
      textOf('pairs: 20, among: "bus-*"', 'from: hub, to: bus-1', 'pairs: 20, among: "bus-*"'),
    );
    const { series, metrics } = run(scenario);
    expect(series.map(({ name }) => name)).toEqual([
      'sent hub -> bus-1',
      'delivered hub -> bus-1',
      'latency.p95 hub -> bus-1',
      'sent 20 pairs of bus-*',
      'delivered 20 pairs of bus-*',
      'latency.p95 20 pairs of bus-*',
      'sent 20 pairs of bus-* (entry 3)',
      'delivered 20 pairs of bus-* (entry 3)',
      'latency.p95 20 pairs of bus-* (entry 3)',
    ]);
    const sum = (start: string): number =>
      series
        .filter(({ name }) => name.startsWith(start))
        .flatMap(({ values }) => values)
        .reduce<number>((total, value) => total + (value ?? 0), 0);
    const delivery = metrics['datagram.delivery'];
    expect(delivery).toEqual({
      kind: 'ratio',
      numerator: sum('delivered'),
      denominator: sum('sent'),
    });
    const latency = series.find(({ name }) => name === 'latency.p95 20 pairs of bus-*');
    expect(latency?.values.some((value) => value !== null && value > 1e6)).toBe(true);
  });

  it('repeats bit by bit', () => {
    const scenario = loadText(textOf('pairs: 20, among: "bus-*"'));
    const [one, other, another] = [run(scenario, 3), run(scenario, 3), run(scenario, 4)];
    expect(one.fingerprint).toBe(other.fingerprint);
    expect(one.fingerprint).not.toBe(another.fingerprint);
  });
});
