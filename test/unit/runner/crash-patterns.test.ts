/**
 * Crashes of many nodes: by pattern, of a number of them, and at random
 * (docs/spec/scenario-files.md#events).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../reports/model.ts';
import { FaultError } from '../../../runner/faults/fault-context.ts';
import { loadText, run, SECOND } from './fixture.ts';

const NODES = 10;
const NAMES = Array.from({ length: NODES }, (_, index) => `bus-${index + 1}`);

const textOf = (events: string, duration = '20s'): string => `
name: crashes
topology:
  name: star
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 1ms } }
  nodes: [{ name: hub }, ${NAMES.map((name) => `{ name: ${name} }`).join(', ')}]
  segments: [{ id: air, members: [hub, ${NAMES.join(', ')}], rate: 1Gbit/s, delay: 1ms }]
duration: ${duration}
traffic: [{ from: bus-1, to: hub, kind: constant, rate: 10/s, size: 100B }]
events:
  - { ${events} }
`;

const crashed = (events: string, seed = 1, duration?: string): SeedResult =>
  run(loadText(textOf(events, duration)), seed);

const targetsOf = ({ faults }: SeedResult): readonly (readonly string[])[] =>
  faults.map(({ targets }) => targets);

describe('a crash by pattern', () => {
  it('takes all nodes that match, in one event of the timeline, and they return', () => {
    const { faults, metrics } = crashed('at: 5s, for: 2s, crash: "bus-*"');
    expect(faults).toMatchObject([
      {
        kind: 'crash',
        targets: NAMES,
        text: '10 nodes (bus-1, …) crashed',
        beginNs: 5 * SECOND,
        endNs: 7 * SECOND,
      },
    ]);
    // Two of twenty seconds are refused at the node that is down.
    expect(metrics['datagram.delivery']).toEqual({
      kind: 'ratio',
      numerator: 179,
      denominator: 199,
    });
    expect(crashed('at: 5s, for: 2s, crash: "bus-2*"').metrics['datagram.delivery']).toMatchObject({
      numerator: 199,
    });
  });

  it('takes a list of names and patterns', () => {
    const result = crashed('at: 5s, crash: [bus-10, "bus-1*", bus-3]');
    expect(targetsOf(result)).toEqual([['bus-10', 'bus-1', 'bus-3']]);
  });
});

describe('a crash with count', () => {
  it('takes so many different nodes, others at each instant and for each seed', () => {
    const events = 'every: 2s, for: 1s, crash: "bus-*", count: 3';
    const rounds = targetsOf(crashed(events));
    expect(rounds).toHaveLength(10);
    for (const targets of rounds) {
      expect(new Set(targets).size).toBe(3);
      expect(targets.every((name) => NAMES.includes(name))).toBe(true);
    }
    const drawn = new Set(rounds.map((targets) => targets.join()));
    expect(drawn.size).toBeGreaterThan(5);
    expect(targetsOf(crashed(events))).toEqual(rounds);
    expect(targetsOf(crashed(events, 2))).not.toEqual(rounds);
  });

  it('takes only nodes that are up, and is an error when there is none', () => {
    const two = (second: string): string =>
      `at: 5s, crash: "bus-*", count: 8 }\n  - { at: 6s, crash: "bus-*", count: ${second}`;
    const [first = [], second = []] = targetsOf(crashed(two('2')));
    expect([...first, ...second].sort()).toEqual([...NAMES].sort());
    const three = `${two('5')} }\n  - { at: 7s, crash: "bus-*", count: 1`;
    expect(() => crashed(three)).toThrow(FaultError);
    expect(() => crashed(three)).toThrow('event-3 touches nothing');
  });
});

describe('a crash at random times', () => {
  const EVENTS = 'random: { up: 4s, down: 1s }, crash: "bus-*"';

  it('gives each node up and down times of its own, with the means of the file', () => {
    const { faults } = crashed(EVENTS, 1, '400s');
    const hit = new Set(faults.flatMap(({ targets }) => targets));
    expect(hit).toEqual(new Set(NAMES));
    expect(faults.every(({ targets }) => targets.length === 1)).toBe(true);
    // Ten nodes over 400 s in cycles of 5 s: 800 crashes, with a deviation of some 23.
    expect(faults.length).toBeGreaterThan(720);
    expect(faults.length).toBeLessThan(880);
    const ended = faults.flatMap(({ beginNs, endNs }) => (endNs ? [endNs - beginNs] : []));
    const meanNs = ended.reduce((sum, one) => sum + one, 0) / ended.length;
    expect(meanNs / SECOND).toBeGreaterThan(0.85);
    expect(meanNs / SECOND).toBeLessThan(1.15);
  });

  it('leaves the times of a node as they are when others join', () => {
    const timesOf = (events: string): readonly number[] =>
      crashed(events)
        .faults.filter(({ targets }) => targets.includes('bus-1'))
        .map(({ beginNs }) => beginNs);
    const alone = timesOf('random: { up: 4s, down: 1s }, crash: bus-1');
    expect(alone.length).toBeGreaterThan(0);
    expect(timesOf(EVENTS)).toEqual(alone);
  });

  it('keeps to the nodes that were drawn, with count', () => {
    const { faults } = crashed(`${EVENTS}, count: 2`, 1, '100s');
    expect(new Set(faults.flatMap(({ targets }) => targets)).size).toBe(2);
  });

  it('keeps a node down until the last of its crashes ends', () => {
    const both = `${EVENTS} }\n  - { at: 1s, for: 18s, crash: bus-1`;
    const { metrics } = crashed(both);
    const delivery = metrics['datagram.delivery'];
    expect(delivery?.kind === 'ratio' && delivery.numerator).toBeLessThanOrEqual(20);
    expect(delivery?.kind === 'ratio' && delivery.numerator).toBeGreaterThan(0);
  });

  it('is an error when it never happens', () => {
    expect(() => crashed('random: { up: 100d, down: 1s }, crash: "bus-*"')).toThrow(
      'event-1 touches nothing: with seed 1 it never happens; raise duration, or lower up',
    );
  });
});
