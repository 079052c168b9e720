/**
 * The navigator over 1,000 random histories of ways, messages and classes: it changes rarely, keeps private messages
 * private and the budget of privacy whole, and never chooses what another way dominates.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WayFacts } from '../../nodes/_kit/way-chooser.ts';
import {
  MESSAGE_CLASSES,
  Navigator,
  ROUND_TRIPS_BETWEEN_CHANGES,
  type WayCost,
} from '../../nodes/navigator/index.ts';

const MS = 1e6;
const CARRIERS = ['gateway', 'mixnet', 'dtn', 'datagram'];

const costs = fc.record({
  latencyMs: fc.integer({ min: 1, max: 60_000 }),
  energyMah: fc.integer({ min: 0, max: 20 }),
  unreliability: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  epsilon: fc.integer({ min: 0, max: 4 }).map((tenths) => tenths / 10),
});

const way = fc.record({
  isUp: fc.boolean(),
  roundTripMs: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
  loss: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
});

const history = fc.record({
  costs: fc.array(costs, { minLength: CARRIERS.length, maxLength: CARRIERS.length }),
  hides: fc.array(fc.boolean(), { minLength: CARRIERS.length, maxLength: CARRIERS.length }),
  budget: fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
  steps: fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 3_000 }),
      ways: fc.array(way, { minLength: CARRIERS.length, maxLength: CARRIERS.length }),
      priority: fc.integer({ min: 0, max: 3 }),
      private: fc.boolean(),
      isSent: fc.boolean(),
    }),
    { minLength: 5, maxLength: 30 },
  ),
});

type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

/** One decision of a history. */
interface Decision {
  readonly now: number;
  /** The class, as the reason names it. */
  readonly own: string;
  readonly ways: readonly WayFacts[];
  readonly order: readonly number[];
  readonly spent: number;
}

function decide(given: History): readonly Decision[] {
  const byCarrier = Object.fromEntries(
    given.costs.map((cost, index): [string, WayCost] => [CARRIERS[index] as string, cost]),
  );
  const navigator = new Navigator({
    costs: byCarrier,
    budget: given.budget,
  });
  let now = 0;
  let spent = 0;
  return given.steps.map(({ afterMs, ways, isSent, ...wishes }) => {
    now += afterMs * MS;
    const facts = ways.map(
      ({ isUp, roundTripMs, loss }, index): WayFacts => ({
        carrier: CARRIERS[index] as string,
        hides: given.hides[index] as boolean,
        isUp,
        roundTripNs: roundTripMs === undefined ? undefined : roundTripMs * MS,
        loss,
        measuredNs: roundTripMs === undefined ? undefined : now,
        heardNs: undefined,
      }),
    );
    const { order, why } = navigator.choose(now, facts, wishes);
    const decision = { now, own: why.split(':')[0] ?? '', ways: facts, order, spent };
    const [first] = order;
    if (isSent && first !== undefined) {
      const used = facts[first] as WayFacts;
      navigator.used(used, wishes ?? { priority: 1 });
      if (!used.hides) spent += (given.costs[first] as WayCost).epsilon;
    }
    return decision;
  });
}

/** The decisions of one class for another way than the one before; pairs of such decisions that follow each other. */
function changesOf(chosen: readonly Decision[]): readonly (readonly [Decision, Decision])[] {
  const changes = chosen.filter(
    ({ order: [way] }, at) => at === 0 || chosen[at - 1]?.order[0] !== way,
  );
  return changes.slice(1).map((later, at) => [changes[at] as Decision, later]);
}

/** True if the former way may not be used any more, or is down while the later one is up: it is left at once. */
function mustLeave({ order: [former = 0] }: Decision, later: Decision): boolean {
  const isUp = (index = 0): boolean => later.ways[index]?.isUp === true;
  return !later.order.includes(former) || (!isUp(former) && isUp(later.order[0]));
}

/** Three round trips of the faster of both ways, as measured at the later decision or as declared. */
function waitNs(given: History, former: Decision, { order: [way = 0], ways }: Decision): number {
  const roundTrips = [former.order[0] as number, way].map((index) => {
    const { roundTripNs } = ways[index] as WayFacts;
    return roundTripNs ?? 2 * (given.costs[index] as WayCost).latencyMs * MS;
  });
  return ROUND_TRIPS_BETWEEN_CHANGES * Math.min(...roundTrips);
}

/** Checks 1,000 histories. */
function check(isTrue: (given: History, decisions: readonly Decision[]) => void): void {
  fc.assert(
    fc.property(history, (given) => isTrue(given, decide(given))),
    { numRuns: 1_000 },
  );
}

describe('a navigator', () => {
  it('changes the way of a class at most once in three round trips of the faster way', () => {
    check((given, decisions) => {
      for (const own of MESSAGE_CLASSES) {
        const chosen = decisions.filter((one) => one.own === own && one.order.length > 0);
        for (const [former, later] of changesOf(chosen)) {
          if (mustLeave(former, later)) continue;
          expect(later.now).toBeGreaterThanOrEqual(former.now + waitNs(given, former, later));
        }
      }
    });
  });

  it('never lets private messages leave over a way that does not hide', () => {
    check(({ steps }, decisions) => {
      for (const [step, { order, ways }] of decisions.entries()) {
        if (steps[step]?.private !== true) continue;
        for (const index of order) expect(ways[index]?.hides).toBe(true);
      }
    });
  });

  it('never spends more privacy on a destination than its budget', () => {
    check(({ budget }, decisions) => {
      for (const { spent } of decisions) expect(spent).toBeLessThanOrEqual(budget + 1e-9);
    });
  });

  it('names each way at most once, and says why', () => {
    check((_, decisions) => {
      for (const { order, own } of decisions) {
        expect(new Set(order).size).toBe(order.length);
        expect(MESSAGE_CLASSES).toContain(own);
      }
    });
  });

  it('begins with a way that no allowed way, up as it is, dominates', () => {
    check((given, [first]) => {
      if (first === undefined) return;
      const [best] = first.order;
      if (best === undefined || first.ways[best]?.isUp !== true) return;
      const costOf = (index: number): readonly number[] => {
        const { roundTripNs, loss, hides } = first.ways[index] as WayFacts;
        const declared = given.costs[index] as WayCost;
        const isMeasured = roundTripNs !== undefined;
        return [
          isMeasured ? roundTripNs / 2 / MS : declared.latencyMs,
          declared.energyMah,
          isMeasured ? loss : declared.unreliability,
          hides ? 0 : declared.epsilon,
        ];
      };
      const own = costOf(best);
      for (const index of first.order.filter((other) => first.ways[other]?.isUp)) {
        const other = costOf(index);
        const isBeaten =
          other.every((value, axis) => value <= (own[axis] as number)) &&
          other.some((value, axis) => value < (own[axis] as number));
        expect(isBeaten).toBe(false);
      }
    });
  });
});
