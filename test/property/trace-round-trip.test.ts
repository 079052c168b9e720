/**
 * The reader of a trace returns what the recorder was given, for any sequence of events. @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflateGzip } from '../../viz/format/inflate.ts';
import type { Hop } from '../../viz/format/trace-file.ts';
import {
  good,
  isForwarded,
  type ModelHop,
  opened,
  TraceLab,
} from '../unit/viz/format/trace-lab.ts';

type Step =
  | { readonly kind: 'wait'; readonly ns: number }
  | {
      readonly kind: 'send';
      readonly link: number;
      readonly bytes: number;
      readonly queueNs: number;
    }
  | { readonly kind: 'arrive' | 'lose' | 'forward'; readonly which: number };

const LINKS = 3;
const nanoseconds = fc.oneof(
  fc.nat(5_000),
  fc.nat(50_000_000),
  // Long enough to exceed offsets of 32 bits.
  fc.integer({ min: 4_000_000_000, max: 9_000_000_000 }),
);
const which = fc.nat(1_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ns: nanoseconds }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      link: fc.nat(LINKS - 1),
      bytes: fc.nat(70_000),
      queueNs: fc.nat(10_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('arrive' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forward' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), which }) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 300, size: 'max' });

function play(lab: TraceLab, sequence: readonly Step[]): void {
  for (const one of sequence) {
    if (one.kind === 'wait') lab.advance(one.ns);
    else if (one.kind === 'send') lab.send(one.link, one.bytes, one.queueNs);
    else end(lab, one);
  }
}

function end(
  lab: TraceLab,
  { kind, which }: { readonly kind: string; readonly which: number },
): void {
  const { underWay } = lab;
  const packet = underWay[which % Math.max(1, underWay.length)];
  if (packet === undefined) return;
  if (kind === 'lose') {
    lab.lose(packet, 2);
    return;
  }
  const buffer = lab.arrive(packet);
  if (kind === 'forward') lab.send(which % LINKS, buffer.length, 0, buffer);
}

function facts(hop: Hop): unknown[] {
  const { departNs, arriveNs, fate, link, bytes, queueNs, flags } = hop;
  return [departNs, arriveNs, fate, link, bytes, queueNs, isForwarded(flags)];
}

function modelFacts(hop: ModelHop): unknown[] {
  const { departNs, offeredNs, arriveNs, link, bytes } = hop;
  const fate = hop.isLost ? 'dropped' : arriveNs === undefined ? 'open' : 'arrived';
  const size = Math.min(bytes, 65_535);
  return [departNs, arriveNs, fate, link, size, departNs - offeredNs, hop.isForwarded];
}

describe('a recorded trace', () => {
  it('gives back every hop, loss and packet under way', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom('gzip', 'plain'), async (sequence, storage) => {
        const lab = new TraceLab(LINKS, 'full', storage);
        play(lab, sequence);
        const end = lab.clock.now + 1;
        const trace = await opened(lab.finish());
        const hops = good(await trace.hops(0, end));
        expect(hops.map(facts)).toEqual(lab.hops.map(modelFacts));
        for (const at of [0, end / 3, end / 2, end - 1]) {
          const expected = lab.hops.filter(
            ({ departNs, arriveNs = Number.NaN }) => departNs <= at && at < arriveNs,
          );
          expect(good(await trace.inFlight(at)).map(facts)).toEqual(expected.map(modelFacts));
        }
        const drops = good(await trace.rows('drop', 0, end));
        expect(drops.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(lab.drops.length);
        expect(trace.summary?.hopsSeen).toBe(lab.hops.length);
      }),
      { numRuns: 150 },
    );
  });

  it('counts every arrival and loss once in each level of the pyramid', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const lab = new TraceLab(LINKS, 'windows');
        play(lab, sequence);
        const end = lab.clock.now + 1;
        const trace = await opened(lab.finish());
        const arrived = lab.hops.filter(({ arriveNs }) => arriveNs !== undefined);
        const latencies = arrived.map(({ arriveNs = 0, offeredNs }) => arriveNs - offeredNs);
        const sums = {
          count: arrived.length,
          bytes: arrived.reduce((sum, { bytes }) => sum + bytes, 0),
          drops: lab.drops.length,
          sumNs: latencies.reduce((sum, ns) => sum + ns, 0),
        };
        for (const binNs of [1e6, 1e7, 1e8, 1e9]) {
          const binsMax = Math.ceil(end / binNs);
          const bins = good(await trace.bins({ fromNs: 0, toNs: end, binsMax }));
          const add = (key: keyof typeof sums): number => bins.reduce((s, bin) => s + bin[key], 0);
          expect(bins.every(({ widthNs }) => widthNs >= end / binsMax)).toBe(true);
          expect(Object.fromEntries(Object.keys(sums).map((k) => [k, add(k as 'count')]))).toEqual(
            sums,
          );
          expect(Math.max(0, ...bins.map(({ maxNs }) => maxNs))).toBe(Math.max(0, ...latencies));
        }
        const links = await Promise.all(
          [0, 1, 2].map(async (link) => good(await trace.bins({ link, fromNs: 0, toNs: end }))),
        );
        const total = links.flat().reduce((sum, { count }) => sum + count, 0);
        expect(total).toBe(arrived.length);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the state of every machine at every instant', async () => {
    const change = fc.record({
      wait: fc.oneof(fc.constant(0), fc.nat(300_000_000)),
      node: fc.nat(2),
      machine: fc.constantFrom('bfd 1', 'path to n2', 'session ünïcode'),
      state: fc.oneof(fc.constantFrom('up', 'down'), fc.string({ maxLength: 300 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 80 }), async (changes) => {
        const lab = new TraceLab(LINKS, 'full');
        const log: { at: number; node: number; machine: string; state: string }[] = [];
        for (const { wait, node, machine, state } of changes) {
          lab.advance(wait);
          lab.recorder.state(lab.clock.now, node, machine, state);
          log.push({ at: lab.clock.now, node, machine, state });
        }
        lab.advance(600_000_000);
        const trace = await opened(lab.finish(), inflateGzip);
        for (const at of [0, ...log.map((entry) => entry.at), lab.clock.now]) {
          const expected = new Map<number, Map<string, string>>();
          for (const entry of log.filter((one) => one.at <= at)) {
            const machines = expected.get(entry.node) ?? new Map<string, string>();
            expected.set(entry.node, machines.set(entry.machine, entry.state));
          }
          expect(good(await trace.stateAt(at))).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });
});
