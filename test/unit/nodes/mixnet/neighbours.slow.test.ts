/**
 * Neighbours by verifiable random function in a running mixnet: packets follow them, and a mix with
 * a wrong proof or a wrong choice is rejected with a reason.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../reports/model.ts';
import type { PreparedRun } from '../../../../runner/run/assemble-seed.ts';
import { load, prepare, ratio, run, SECOND } from '../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

const LAYERS = [1, 2, 3].map((layer) => [1, 2, 3, 4].map((place) => `mix-${layer}-${place}`));

/** Four mixes per layer in two autonomous systems, two neighbours each, and three epochs. */
const DRAWN: Overrides = {
  crypto: 'modelled',
  duration: '22s',
  warmup: '3s',
  'topology.generate.clients': '3',
  'topology.generate.width': '4',
  'options.mixnet.epoch': '8s',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 400ms }',
  'options.mixnet.rates.mixLoop': '{ mean: 1s }',
  'options.mixnet.rates.loop': '0/s',
  'options.mixnet.rates.drop': '0/s',
  // With modelled cryptography, one input in 10^7 has no output in the suite `tai`.
  'options.mixnet.vrfSuite': 'ell2',
  'options.mixnet.neighbours': '{ count: 2 }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 0.5/s, size: 200B, stop: 14s }]',
  ...Object.fromEntries(
    LAYERS.flat().map((name) => [`options.${name}.asn`, systemOf(name)] as const),
  ),
};

/** The autonomous system of a mix: one for odd numbers, the other for even numbers. */
function systemOf(name: string): string {
  return `AS${Number(name.at(-1)) % 2}`;
}

const drawn = (more: Overrides = {}): ReturnType<typeof load> =>
  load('mixnet.yaml', { ...DRAWN, ...more });

/** The neighbours of each mix at the end of the run, by name. */
function neighboursAt({ experiment }: PreparedRun, name: string): readonly string[] {
  return (experiment.node(name)?.status?.()['neighbours'] ?? []) as readonly string[];
}

function dropsOf({ nodeDrops }: SeedResult, reason: string): number {
  return nodeDrops[reason] ?? 0;
}

describe('mixes that draw their neighbours by VRF', () => {
  it('R-184: hand packets to their neighbours only, and every message arrives', () => {
    const result = run(drawn());
    // The run crosses two changes of epoch; paths of the previous epoch remain valid.
    expect(result.nodeDrops).toEqual({});
    const { numerator, denominator } = ratio(result, 'mixnet.delivery');
    expect([numerator, denominator]).toEqual([5, 5]);
  });

  it('R-184: draw others in each epoch, and one of each autonomous system', () => {
    const prepared = prepare(drawn());
    const draws = [7, 15].map((seconds) => {
      prepared.world.sim.runUntil(seconds * SECOND);
      return LAYERS.slice(0, 2)
        .flat()
        .map((name) => neighboursAt(prepared, name));
    });
    for (const neighbours of draws.flat()) {
      expect(neighbours).toHaveLength(2);
      expect(new Set(neighbours.map(systemOf)).size).toBe(2);
    }
    expect(draws[0]).not.toEqual(draws[1]);
  });

  it('give real proofs that everybody checks', () => {
    const short = { crypto: 'node', duration: '3s', warmup: '1s', traffic: '[]', kpis: '{}' };
    const quiet = { 'options.mixnet.rates.mixLoop': '0/s', 'options.mixnet.client.cover': 'false' };
    const result = run(drawn({ ...short, ...quiet, 'options.mixnet.vrfSuite': 'tai' }));
    expect(result.nodeDrops).toEqual({});
  });

  it('take part again after a crash within an epoch', () => {
    const prepared = prepare(drawn({ events: '[{ at: 10s, for: 1s, crash: mix-2-1 }]' }));
    prepared.world.sim.runUntil(9 * SECOND);
    const before = neighboursAt(prepared, 'mix-2-1');
    prepared.world.sim.runUntil(13 * SECOND);
    expect(neighboursAt(prepared, 'mix-2-1')).toEqual(before);
    prepared.world.sim.runUntil(17 * SECOND);
    expect(neighboursAt(prepared, 'mix-2-1')).not.toEqual(before);
    expect(prepared.world.nodeDrops()['neighbours-proof']).toBeUndefined();
  });

  it('are left out of the directory when they prove another draw', () => {
    const lying = drawn({ 'options.mix-2-1.double': 'partisan' });
    const result = run(lying);
    expect(dropsOf(result, 'neighbours-proof')).toBeGreaterThanOrEqual(3);
    expect(ratio(result, 'mixnet.delivery').numerator).toBe(5);
    const prepared = prepare(lying);
    prepared.world.sim.runUntil(3 * SECOND);
    const everyone = LAYERS.flat().flatMap((name) => neighboursAt(prepared, name));
    expect(everyone).not.toContain('mix-2-1');
  });

  it('are found by every node, and avoided, when the authority listed them all the same', () => {
    const result = run(
      drawn({
        'options.mix-2-1.double': 'partisan',
        'options.authority.double': 'credulous',
        'options.mixnet.epoch': '60s',
      }),
    );
    // Twelve mixes, two providers and three clients drop it once each. Afterwards, nobody sends it
    // a packet that it would drop.
    expect(result.nodeDrops).toEqual({ 'neighbours-proof': 17 });
    expect(ratio(result, 'mixnet.delivery').numerator).toBe(5);
  });

  it('refuse by name what asks for another hop of the next layer', () => {
    const result = run(drawn({ 'options.client-3.client.double': 'wayward' }));
    expect(dropsOf(result, 'next-hop-not-neighbour')).toBeGreaterThan(5);
    expect(dropsOf(result, 'next-hop-invalid')).toBe(0);
    expect(ratio(result, 'mixnet.delivery').numerator).toBe(5);
  });

  it('need layers', () => {
    const cascade = { 'topology.generate.topology': 'cascade' };
    expect(() => drawn(cascade)).toThrow('topology: stratified');
  });
});
