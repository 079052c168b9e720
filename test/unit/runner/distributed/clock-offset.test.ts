import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOCK_DRIFT_RATIO_MAX,
  ClockOffset,
} from '../../../../runner/distributed/channel/clock-offset.ts';

const MS = 1_000_000n;
const SECOND = 1_000_000_000n;

/** An offset measured in one round with one exchange and the given delays in both directions. */
function measured(options: {
  there: bigint;
  back: bigint;
  offset: bigint;
  at?: bigint;
}): ClockOffset {
  const clock = new ClockOffset();
  addExchange(clock, options);
  clock.endRound();
  return clock;
}

function addExchange(
  clock: ClockOffset,
  options: { there: bigint; back: bigint; offset: bigint; at?: bigint },
): boolean {
  const { there, back, offset, at = 0n } = options;
  const t1 = at;
  const t4 = at + there + back + 10n;
  return clock.add({ t1, t2: t1 + there + offset, t3: t1 + there + 10n + offset, t4 });
}

describe('the offset of a clock', () => {
  it('is exact when both ways take the same time, and known to half of the round trip', () => {
    const clock = measured({ there: 500_000n, back: 500_000n, offset: 7n * SECOND });
    const { offsetNs, uncertaintyNs } = clock.at(500_005n);
    expect(offsetNs).toBe(7n * SECOND);
    // Half of 1 ms, 100 ppm of 1 ms, and the resolution of both clocks.
    expect(uncertaintyNs).toBe(500_000 + 101 + 2);
  });

  it('is wrong by half of the asymmetry, which the uncertainty covers', () => {
    const clock = measured({ there: 9n * MS, back: MS, offset: -5n * SECOND });
    const { offsetNs, uncertaintyNs } = clock.at(5n * MS);
    expect(offsetNs).toBe(-5n * SECOND + 4n * MS);
    expect(uncertaintyNs).toBeGreaterThanOrEqual(5_000_000);
    expect(uncertaintyNs).toBeLessThan(5_010_000);
  });

  it('comes from the exchange of the round with the shortest delay', () => {
    const clock = new ClockOffset();
    addExchange(clock, { there: 20n * MS, back: MS, offset: 0n });
    addExchange(clock, { there: 40_000n, back: 60_000n, offset: 0n, at: SECOND });
    addExchange(clock, { there: MS, back: 30n * MS, offset: 0n, at: 2n * SECOND });
    expect(clock.endRound()).toBe(true);
    expect(clock.at(SECOND + 50_000n).offsetNs).toBe(-10_000n);
  });

  it('is less certain by 100 ppm of the time to the only round', () => {
    const clock = measured({ there: MS, back: MS, offset: 0n });
    const near = clock.at(MS + 5n).uncertaintyNs;
    expect(clock.at(MS + 5n + 10n * SECOND).uncertaintyNs - near).toBe(1_000_000);
    expect(clock.at(MS + 5n - 10n * SECOND).uncertaintyNs - near).toBe(1_000_000);
  });

  it('lies on the line between two rounds, least certain half way', () => {
    const clock = new ClockOffset();
    addExchange(clock, { there: MS, back: MS, offset: 0n });
    clock.endRound();
    addExchange(clock, { there: MS, back: MS, offset: 2n * MS, at: 40n * SECOND });
    clock.endRound();
    const start = MS + 5n;
    expect(clock.at(start + 20n * SECOND).offsetNs).toBe(MS);
    expect(clock.at(start + 10n * SECOND).offsetNs).toBe(MS / 2n);
    const certainties = [0n, 10n, 20n, 30n, 40n].map(
      (seconds) => clock.at(start + seconds * SECOND).uncertaintyNs,
    );
    const [atRound = 0] = certainties;
    expect(certainties.map((one) => Math.round((one - atRound) / 1e5) / 10)).toEqual([
      0, 1.5, 2, 1.5, 0,
    ]);
    const span = { fromNs: start, toNs: start + 40n * SECOND };
    expect(clock.worstUncertaintyNs(span)).toBe(clock.at(start + 20n * SECOND).uncertaintyNs + 1);
    // A correction that always uses the offset from the start is worst at 5/8 of the way: there the
    // line is 1.25 ms away from that offset, and its bound another 1.875 ms.
    const error = clock.worstErrorNs(span, 0n) - atRound;
    expect(Math.abs(error - 3_125_000)).toBeLessThan(10);
    expect(clock.worstErrorNs(span, 2n * MS) - atRound).toBe(error);
  });

  it('is exactly 0 where both sides read one clock', () => {
    const clock = new ClockOffset();
    expect(clock.isKnown).toBe(false);
    clock.shareClock();
    expect([clock.isKnown, clock.isShared]).toEqual([true, true]);
    expect(clock.at(123n)).toEqual({ offsetNs: 0n, uncertaintyNs: 0 });
    expect(clock.worstUncertaintyNs({ fromNs: 0n, toNs: SECOND })).toBe(0);
    expect(clock.worstErrorNs({ fromNs: 0n, toNs: SECOND }, 0n)).toBe(0);
  });

  it('keeps its nanoseconds on machines that have been up for years', () => {
    const years = 10n ** 17n;
    const clock = measured({ there: 100n, back: 100n, offset: -years + 1n, at: years });
    expect(clock.at(years + 105n)).toEqual({ offsetNs: -years + 1n, uncertaintyNs: 103 });
  });

  it('takes no exchange that clocks could not have made', () => {
    const clock = new ClockOffset();
    expect(clock.add({ t1: 10n, t2: 0n, t3: 0n, t4: 9n })).toBe(false);
    expect(clock.add({ t1: 0n, t2: 10n, t3: 9n, t4: 5n })).toBe(false);
    expect(clock.add({ t1: 0n, t2: 0n, t3: SECOND, t4: MS })).toBe(false);
    expect(clock.endRound()).toBe(false);
    expect(() => clock.at(0n)).toThrow('before it is measured');
  });

  it('survives rounds that end in the wrong order', () => {
    const clock = new ClockOffset();
    addExchange(clock, { there: MS, back: MS, offset: 5n, at: SECOND });
    clock.endRound();
    addExchange(clock, { there: 10n, back: 10n, offset: 7n, at: SECOND });
    clock.endRound();
    addExchange(clock, { there: 10n * MS, back: MS, offset: 0n, at: 0n });
    clock.endRound();
    expect(clock.at(SECOND).offsetNs).toBe(7n);
  });
});

/** One round of a generated plan. */
interface Round {
  readonly second: number;
  readonly exchanges: readonly { there: bigint; back: bigint; thinking: bigint }[];
}

describe('the uncertainty of an offset', () => {
  /** The drift of the true offset in each second, within the allowed drift. */
  const slopes = fc.array(
    fc.double({ min: -CLOCK_DRIFT_RATIO_MAX, max: CLOCK_DRIFT_RATIO_MAX, noNaN: true }),
    {
      minLength: 21,
      maxLength: 21,
    },
  );
  const delay = fc.bigInt({ min: 0n, max: 20n * MS });
  const exchange = fc.record({ there: delay, back: delay, thinking: delay });
  const rounds = fc.array(
    fc.record({
      second: fc.nat(18),
      exchanges: fc.array(exchange, { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  /** The true offset at an instant of the local clock, ns, with the precision of a double. */
  function trueOffset(slope: readonly number[], start: number, instantNs: bigint): number {
    const at = Number(instantNs);
    let offset = start;
    for (const [second, one] of slope.entries()) {
      offset += one * Math.min(1e9, Math.max(0, at - second * 1e9));
    }
    return offset;
  }

  function run(slope: readonly number[], start: number, plan: readonly Round[]): ClockOffset {
    const clock = new ClockOffset();
    const other = (instant: bigint): bigint =>
      instant + BigInt(Math.floor(trueOffset(slope, start, instant)));
    for (const { second, exchanges } of plan.toSorted((a, b) => a.second - b.second)) {
      let now = BigInt(second) * SECOND;
      for (const { there, back, thinking } of exchanges) {
        const t1 = now;
        const t2 = other(t1 + there);
        const t3 = other(t1 + there + thinking);
        const t4 = t1 + there + thinking + back;
        expect(clock.add({ t1, t2, t3, t4 })).toBe(true);
        now = t4;
      }
      clock.endRound();
    }
    return clock;
  }

  it('covers the true offset at every instant, whatever the ways and the drift', () => {
    fc.assert(
      fc.property(
        slopes,
        fc.integer({ min: -1e12, max: 1e12 }),
        rounds,
        fc.array(fc.bigInt({ min: 0n, max: 20n * SECOND }), { minLength: 5, maxLength: 5 }),
        (slope, start, plan, instants) => {
          const clock = run(slope, start, plan);
          const span = { fromNs: 0n, toNs: 20n * SECOND };
          const used = clock.at(0n).offsetNs;
          const worst = clock.worstUncertaintyNs(span);
          const worstError = clock.worstErrorNs(span, used);
          for (const instant of instants) {
            const truth = trueOffset(slope, start, instant);
            const { offsetNs, uncertaintyNs } = clock.at(instant);
            expect(Math.abs(Number(offsetNs) - truth)).toBeLessThanOrEqual(uncertaintyNs);
            expect(uncertaintyNs).toBeLessThanOrEqual(worst);
            expect(Math.abs(Number(used) - truth)).toBeLessThanOrEqual(worstError);
          }
        },
      ),
      { numRuns: 1_000, interruptAfterTimeLimit: 8_000 },
    );
  });

  it('is needed in full: clocks at the allowed drift come within 1 % of the bound half way', () => {
    const slope = Array.from({ length: 21 }, (_, second) =>
      second < 10 ? CLOCK_DRIFT_RATIO_MAX : -CLOCK_DRIFT_RATIO_MAX,
    );
    const quick = { there: 0n, back: 0n, thinking: 0n };
    const clock = run(slope, 0, [
      { second: 0, exchanges: [quick] },
      { second: 20, exchanges: [quick] },
    ]);
    const truth = trueOffset(slope, 0, 10n * SECOND);
    const { offsetNs, uncertaintyNs } = clock.at(10n * SECOND);
    expect(Math.abs(Number(offsetNs) - truth)).toBeGreaterThan(0.99 * uncertaintyNs);
  });
});
