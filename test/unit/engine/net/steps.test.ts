import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAN_NOT_BEGUN } from '../../../../engine/net/contact-plan.ts';
import { linkDirectionProblems } from '../../../../engine/net/link-check.ts';
import type { LinkDirectionSpec, TimedStepsSpec } from '../../../../engine/net/link-spec.ts';
import { SimLink } from '../../../../engine/net/sim-link.ts';
import { Line } from './network-fixture.ts';

const MS = 1_000_000;
const BASE: LinkDirectionSpec = { rateBps: 8_000_000, delayNs: 0 };

function following(rateSteps: TimedStepsSpec, more: Partial<LinkDirectionSpec> = {}): Line {
  return new Line([{ ...BASE, ...more, rateSteps }]);
}

/** Bits times nanoseconds that a rate has sent until an instant. */
function workUntil({ atNs, values }: TimedStepsSpec, endNs: number): bigint {
  let work = 0n;
  for (const [index, at] of atNs.entries()) {
    const until = Math.min(endNs, atNs[index + 1] ?? Number.POSITIVE_INFINITY);
    if (until > at) work += BigInt(until - at) * BigInt(values[index] ?? 0);
  }
  return work;
}

const rateAt = ({ atNs, values }: TimedStepsSpec, now: number): number =>
  values[atNs.findLastIndex((at) => at <= now)] ?? 0;

const anySteps = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 * MS }), fc.integer({ min: 0, max: 5e7 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((steps): TimedStepsSpec => {
    const atNs = [0];
    for (const [gap] of steps) atNs.push((atNs.at(-1) ?? 0) + gap);
    return { atNs, values: [...steps.map(([, rate]) => rate), 9_999_991] };
  });
const anySizes = fc.array(fc.integer({ min: 20, max: 9_000 }), { minLength: 1, maxLength: 30 });

describe('a rate that follows a trace', () => {
  it('is the constant link to the nanosecond if it is constant', () => {
    fc.assert(
      fc.property(anySteps, anySizes, ({ atNs }, sizes) => {
        const rateBps = 7_000_001;
        const lines = [
          new Line([{ ...BASE, rateBps }]),
          following({ atNs, values: atNs.map(() => rateBps) }),
        ];
        for (const line of lines) {
          line.offer(...sizes);
          line.at(1_234_567, () => line.offer(...sizes));
          line.run();
        }
        expect(lines[1]?.arrivalTimes).toEqual(lines[0]?.arrivalTimes);
        expect(lines[1]?.only.busyNs).toBe(lines[0]?.only.busyNs);
      }),
    );
  });

  it('sends each bit once: a packet has left when the integral of the rate has reached it', () => {
    fc.assert(
      fc.property(anySteps, anySizes, (steps, sizes) => {
        const line = following(steps);
        line.offer(...sizes);
        line.run();
        expect(line.arrivals).toHaveLength(sizes.length);
        let bytes = 0;
        for (const [index, at] of line.arrivalTimes.entries()) {
          bytes += sizes[index] ?? 0;
          const late = workUntil(steps, at) - BigInt(bytes) * 8_000_000_000n;
          // Times are whole: less than a nanosecond's work is carried over to the next packet. Where
          // a packet ends at the instant of a step, that much is forgotten.
          const forgotten = steps.atNs.includes(at) ? 5e7 : 0;
          expect(Number(late)).toBeGreaterThan(-Math.max(rateAt(steps, at - 1), 1) - forgotten);
          expect(Number(late)).toBeLessThanOrEqual(forgotten);
          if (forgotten > 0) return;
        }
        expect(line.network.imbalance()).toBeUndefined();
      }),
    );
  });

  it('has the mean of the trace as throughput, within one packet', () => {
    // 40 ms of 12 Mbit/s, 60 ms of nothing: 4.8 Mbit/s; 600 B in a millisecond on average.
    const line = following({ atNs: [0, 40 * MS], values: [12e6, 0], periodNs: 100 * MS });
    for (let packet = 0; packet < 900; packet += 1) line.offer(1_000);
    for (const ms of [100, 500, 1_000, 1_400]) {
      line.at(ms * MS, () => {
        expect(Math.abs(line.arrivals.length - 0.6 * ms)).toBeLessThanOrEqual(1);
      });
    }
    line.network.scheduler.runUntil(1_500 * MS);
    expect(line.arrivals).toHaveLength(900);
  });

  it('stands still at 0 with the packet that it has begun, and goes on with the rest of it', () => {
    // 1,000 B at a byte a microsecond: 400 of them before the pause, 600 after it.
    const line = following({ atNs: [0, 400_000, 5 * MS], values: [8e6, 0, 8e6] });
    line.offer(1_000);
    line.at(2 * MS, () => {
      expect(line.only.conservation()).toMatchObject({ inSerialisation: 1, balance: 0 });
      expect(line.only.pace.rateBps).toBe(0);
      line.offer(500);
    });
    line.run();
    expect(line.arrivalTimes).toEqual([5 * MS + 600_000, 6 * MS + 100_000]);
    expect(line.only.busyNs).toBe(1_500_000);
  });

  it('lets packets wait in the queue while it is 0, as many as that holds', () => {
    const queue = { kind: 'drop-tail', limitPackets: 2 } as const;
    const line = following({ atNs: [0, MS], values: [0, 8e6] }, { queue });
    line.offer(100, 100, 100);
    line.run();
    expect(line.drops.map(({ number, reason }) => [number, reason])).toEqual([[2, 'queue-full']]);
    expect(line.arrivalTimes).toEqual([MS + 100_000, MS + 200_000]);
  });

  it('loses the packet that stands still when the link goes down', () => {
    const line = following({ atNs: [0, 400_000, 5 * MS], values: [8e6, 0, 8e6] });
    line.offer(1_000);
    line.at(MS, () => line.only.addDown());
    line.at(2 * MS, () => line.only.removeDown());
    line.at(3 * MS, () => line.offer(100));
    line.run();
    expect(line.arrivalTimes).toEqual([5 * MS + 100_000]);
    expect(line.only.busyNs).toBe(500_000);
    expect(line.network.imbalance()).toBeUndefined();
  });

  it('gives way to a fault that sets the rate, and goes on where the trace is by then', () => {
    const line = following({ atNs: [0, 400_000, 2 * MS], values: [8e6, 0, 80e6] });
    const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
    const link = new SimLink({ id: 'l', ...ends }, line.only, line.only);
    line.offer(1_000, 1_000, 1_000);
    // 400 B are sent; the fault moves the rest at 4 Mbit/s: half a byte a microsecond.
    line.at(MS, () => {
      const effect = link.change({ rateBps: 4e6 }, 'forward');
      line.at(3 * MS, () => effect.end());
    });
    line.run();
    // The second packet finishes at the rate of the fault, the third has that of the trace.
    expect(line.arrivalTimes).toEqual([2_200_000, 4_200_000, 4_300_000]);
  });

  it('takes what a fault lets finish with it when the trace has its next step', () => {
    const line = following({ atNs: [0, 2 * MS], values: [8e6, 80e6] });
    const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
    const link = new SimLink({ id: 'l', ...ends }, line.only, line.only);
    line.at(0, () => {
      const effect = link.change({ rateBps: 800_000 }, 'forward');
      line.at(MS, () => effect.end());
      line.offer(1_000);
    });
    line.run();
    // 200 B in 2 ms at 0.8 Mbit/s, and 800 B at 80 Mbit/s.
    expect(line.arrivalTimes).toEqual([2 * MS + 80_000]);
  });

  it('begins with the plan of a live run', () => {
    const line = new Line([]);
    line.network.planOriginNs = PLAN_NOT_BEGUN;
    const place = { linkId: 'l', name: 'a->b', fromNode: 0, toNode: 1 };
    const rateSteps = { atNs: [0, MS], values: [8e6, 80e6] };
    const direction = line.network.addDirection(place, { ...BASE, rateSteps });
    const rates: number[] = [];
    for (const ms of [2, 4.5, 5.5]) line.at(ms * MS, () => rates.push(direction.pace.rateBps));
    line.at(4 * MS, () => line.network.beginPlans(4 * MS));
    line.run();
    expect(rates).toEqual([8e6, 8e6, 80e6]);
  });
});

describe('a delay that follows a trace', () => {
  it('is that of the instant at which a packet enters the pipe; their order is kept', () => {
    const delaySteps = { atNs: [0, 10 * MS], values: [5 * MS, MS], periodNs: 20 * MS };
    const line = new Line([{ rateBps: Number.POSITIVE_INFINITY, delayNs: 3 * MS, delaySteps }]);
    for (const ms of [0, 9, 10, 15, 20]) line.at(ms * MS, () => line.offer(100));
    line.network.scheduler.runUntil(100 * MS);
    expect(line.arrivalTimes).toEqual([5, 14, 14, 16, 25].map((ms) => ms * MS));
  });
});

describe('steps that no link can have', () => {
  it.each([
    [{ atNs: [1], values: [5] }, 'must begin at 0'],
    [{ atNs: [], values: [] }, 'must begin at 0'],
    [{ atNs: [0, 5], values: [5] }, 'must have a value for each instant'],
    [{ atNs: [0, 5, 5], values: [5, 5, 5] }, 'must ascend, and step 3 does not'],
    [{ atNs: [0], values: [0.5] }, 'must have whole values of at least 0'],
    [{ atNs: [0, 9], values: [1, 1], periodNs: 9 }, 'must end before the period does'],
  ])('are named: %j', (rateSteps, message) => {
    expect(linkDirectionProblems({ ...BASE, rateSteps })).toEqual([
      { path: 'rateSteps', message, severity: 'error' },
    ]);
  });
});
