import { describe, expect, it } from 'vitest';
import { vectorSets } from '../../../vectors-root.ts';
import { gaps, Line } from './network-fixture.ts';

const UNLIMITED = { kind: 'drop-tail' } as const;

interface Times {
  readonly rate: number;
  readonly bytes: number;
  readonly times: readonly number[];
}
interface ChainVector {
  readonly chain: {
    readonly rates: readonly number[];
    readonly delaysNs: readonly number[];
    readonly bytes: number;
    readonly packets: number;
  };
  readonly arrivals: readonly number[];
}

/** Integer arithmetic, computed independently from docs/spec/link-model.md. */
const FIGURES: readonly (Times | ChainVector)[] = [
  {
    rate: 7000000,
    bytes: 1500,
    times: [1714285, 1714286, 1714286, 1714285, 1714286, 1714286, 1714286],
  },
  {
    chain: {
      rates: [10000000, 1000000, 100000000],
      delaysNs: [5000000, 20000000, 1000000],
      bytes: 1250,
      packets: 4,
    },
    arrivals: [37100000, 47100000, 57100000, 67100000],
  },
];

/** Serialisation times of `count` packets that wait behind each other. */
function serialise(rateBps: number, bytes: number, count: number): number[] {
  const line = new Line([{ rateBps, delayNs: 0, queue: UNLIMITED }]);
  line.offer(...Array.from({ length: count }, () => bytes));
  line.run();
  return gaps([0, ...line.arrivalTimes]);
}

describe('serialisation (docs/spec/link-model.md#serialisation-and-delay)', () => {
  it('lets 25 packets of 64 B at 100 Gbit/s last 128 ns', () => {
    const times = serialise(100_000_000_000, 64, 25);
    expect(times.reduce((sum, time) => sum + time, 0)).toBe(128);
  });

  it('lets 7 packets of 1,500 B at 7 Mbit/s last 12 ms, with the carried remainder', () => {
    expect(serialise(7_000_000, 1_500, 7)).toEqual([
      1_714_285, 1_714_286, 1_714_286, 1_714_285, 1_714_286, 1_714_286, 1_714_286,
    ]);
  });

  it('stores and forwards over three unequal hops', () => {
    const hops = [
      [10_000_000, 5_000_000],
      [1_000_000, 20_000_000],
      [100_000_000, 1_000_000],
    ] as const;
    const line = new Line(hops.map(([rateBps, delayNs]) => ({ rateBps, delayNs })));
    line.offer(1_250, 1_250, 1_250, 1_250);
    line.run();
    expect(line.arrivalTimes).toEqual([37_100_000, 47_100_000, 57_100_000, 67_100_000]);
  });

  it('counts the overhead of each packet', () => {
    const line = new Line([{ rateBps: 8_000_000, delayNs: 0, overheadBytes: 38 }]);
    line.offer(962);
    line.run();
    expect(line.arrivalTimes).toEqual([1_000_000]);
    expect(line.arrivals[0]!.bytes).toHaveLength(962);
  });

  it('counts the bytes that each link began to transmit, with its overhead', () => {
    const rates = [8_000_000, Number.POSITIVE_INFINITY] as const;
    const lossy = { loss: { kind: 'bernoulli', probability: 1 } } as const;
    const [slow, fast] = rates.map((rateBps) => ({ rateBps, delayNs: 0, overheadBytes: 38 }));
    const line = new Line([slow!, { ...fast!, overheadBytes: 0, ...lossy }]);
    line.offer(962, 100, 1);
    // The third packet still waits: its serialisation has not begun.
    line.run(1_000_001);
    expect(line.directions.map(({ carriedBytes }) => carriedBytes)).toEqual([1_138, 962]);
    line.run();
    expect(line.directions.map(({ carriedBytes }) => carriedBytes)).toEqual([1_177, 1_063]);
    expect(line.arrivals).toHaveLength(0);
    expect(line.network.carriedBytes).toBe(1_177 + 1_063);
  });

  it('takes no time at an infinite rate, and then needs no queue', () => {
    const rateBps = Number.POSITIVE_INFINITY;
    const line = new Line([{ rateBps, delayNs: 5, queue: { ...UNLIMITED, limitPackets: 0 } }]);
    line.offer(1_000, 1_000, 1_000);
    line.run();
    expect(line.arrivalTimes).toEqual([5, 5, 5]);
    expect(line.arrivalNumbers).toEqual([0, 1, 2]);
  });

  it('sums the serialisation times for the utilisation', () => {
    const line = new Line([{ rateBps: 8_000_000, delayNs: 0 }]);
    line.stream(5, 1_000, 2_000_000);
    line.run();
    expect(line.only.busyNs).toBe(5_000_000);
  });

  it('keeps one pending event per transmitter and per pipe', () => {
    const line = new Line([{ rateBps: 1_000_000_000, delayNs: 1_000_000, queue: UNLIMITED }]);
    line.offer(...Array.from({ length: 500 }, () => 1_054));
    line.run(500_000);
    expect(line.network.scheduler.pendingCount).toBe(2);
  });

  const sets = vectorSets('simulation/serialisation.json', FIGURES);
  it.each(sets)('reproduces the published serialisation vectors, $set', ({ file }) => {
    for (const entry of file) {
      if ('times' in entry) {
        expect(serialise(entry.rate, entry.bytes, entry.times.length)).toEqual(entry.times);
        continue;
      }
      const { rates, delaysNs, bytes, packets } = entry.chain;
      const line = new Line(rates.map((rateBps, i) => ({ rateBps, delayNs: delaysNs[i]! })));
      line.offer(...Array.from({ length: packets }, () => bytes));
      line.run();
      expect(line.arrivalTimes).toEqual(entry.arrivals);
    }
  });
});
