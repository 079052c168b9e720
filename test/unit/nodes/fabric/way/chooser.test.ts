/**
 * Ways whose chooser is not the order of preference alone.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  PreferredWay,
  type WayChoice,
  type WayChooser,
  type WayFacts,
} from '../../../../../nodes/_kit/way-chooser.ts';
import { Bench, CUSTODY, LOSSY, MS, SECOND } from './bench.ts';

/** Chooses by the given function, and notes what it is told. */
class Rule implements WayChooser {
  readonly used: (way: WayFacts) => void;
  readonly carriers: string[] = [];
  seen: readonly WayFacts[] = [];
  readonly #orderOf: (priority: number | undefined) => readonly number[];

  constructor(orderOf: (priority: number | undefined) => readonly number[]) {
    this.#orderOf = orderOf;
    this.used = ({ carrier }): void => void this.carriers.push(carrier);
  }

  choose(
    _now: number,
    ways: readonly WayFacts[],
    wishes?: { readonly priority: number },
  ): WayChoice {
    this.seen = ways;
    return { order: this.#orderOf(wishes?.priority), probes: [], why: 'by rule' };
  }

  handled(): void {
    // Nothing is measured.
  }

  refusal(): undefined {
    return undefined;
  }
}

describe('ways with a chooser', () => {
  it('send each message over the way that it names, and tell it once for each message (R-081)', () => {
    const rule = new Rule((priority) => (priority === 3 ? [0, 1] : [1, 0]));
    const bench = new Bench([LOSSY, LOSSY], 1, rule);
    const sent = bench.step(() => {
      bench.offer(3_000, { priority: 0 });
      bench.offer(3_000, { priority: 3 });
    });
    expect(sent.map(({ way }) => way)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(rule.carriers).toEqual(['datagram', 'dtn']);
  });

  it('send at once what is under way over a way that closes, though no later message would choose it (R-082)', () => {
    let isClosed = false;
    const rule = new Rule((priority) => (priority === 3 && !isClosed ? [0, 1] : [1, 0]));
    const bench = new Bench([LOSSY, LOSSY], 1, rule);
    expect(bench.step(() => bench.offer(300, { priority: 3 })).map(({ way }) => way)).toEqual([0]);
    bench.now = 100_000_000;
    isClosed = true;
    const sent = bench.step(() => bench.ways.turn(bench.now, 0, 'closed'));
    expect(sent.map(({ way, packet }) => [way, packet.pieces.length])).toEqual([[1, 1]]);
    expect(bench.switches).toEqual([1]);
  });

  it('sent a message that a way lost over the way of packets without messages (R-081)', () => {
    const rule = new Rule((priority) => {
      if (rule.seen[0]?.isUp) return [0, 1, 2];
      return priority === undefined ? [2, 1, 0] : [1, 2, 0];
    });
    const bench = new Bench([LOSSY, LOSSY, CUSTODY], 1, rule);
    bench.step(() => bench.offer(300));
    const sent = bench.step(() => bench.ways.turn(bench.now, 0, 'closed'));
    expect(sent.map(({ way }) => way)).toEqual([1]);
  });

  it('counted the first loss of a way again when it was lost a second time (R-082)', () => {
    const rule = new Rule(() => (rule.seen[0]?.isUp === false ? [1, 0] : [0, 1]));
    const bench = new Bench([LOSSY, LOSSY], 1, rule);
    for (const at of [0, 20 * SECOND]) {
      bench.now = at;
      bench.step(() => bench.ways.turn(bench.now, 0, 'open'));
      bench.step(() => bench.offer(300));
      bench.now += 100 * MS;
      bench.step(() => bench.ways.turn(bench.now, 0, 'closed'));
    }
    expect(bench.switchedAfterNs).toEqual([100 * MS, 100 * MS]);
  });

  it('counted as part of a switch the time in which no message waited (R-082)', () => {
    const rule = new Rule(() => (rule.seen[0]?.isUp === false ? [1, 0] : [0, 1]));
    const bench = new Bench([LOSSY, LOSSY], 1, rule);
    bench.ways.newsAt(0);
    expect(bench.step().map(({ way }) => way)).toEqual([0]);
    bench.now = 20 * SECOND;
    bench.step(() => bench.ways.turn(bench.now, 0, 'closed'));
    bench.step(() => bench.offer(300));
    expect(bench.switchedAfterNs).toEqual([0]);
  });

  it('were repeated over a way that died in silence, as long as later packets chose another one (R-082)', () => {
    const rule = new Rule((priority) => (priority === 3 && rule.seen[0]?.isUp ? [0, 1] : [1, 0]));
    const bench = new Bench([LOSSY, LOSSY], 1, rule);
    bench.answering = 1;
    bench.step(() => bench.offer(300, { priority: 3 }));
    const ways = (): readonly number[] =>
      bench.sent.filter(({ packet }) => packet.pieces.length > 0).map(({ way }) => way);
    bench.pass(60 * SECOND, () => ways().includes(1));
    // Three time-outs say that the way is down: the message and two repetitions were lost there.
    expect(ways()).toEqual([0, 0, 0, 1]);
    expect(bench.switches).toEqual([1]);
  });

  it('count a switch when a message leaves another way, and none if the lost way is back before (R-082)', () => {
    let best = 0;
    const rule = new Rule(() => [best, 1 - best]);
    const bench = new Bench([LOSSY, LOSSY], 1, rule);
    const turn = (state: 'open' | 'closed'): void => {
      best = state === 'open' ? 0 : 1;
      bench.step(() => bench.ways.turn(bench.now, 0, state));
    };
    turn('closed');
    turn('open');
    bench.step(() => bench.offer(100));
    best = 1;
    bench.step(() => bench.offer(100));
    expect(bench.switches).toEqual([]);
    turn('closed');
    expect(bench.switches).toEqual([1]);
    bench.step(() => bench.offer(100));
    expect(bench.switches).toEqual([1]);
  });

  it('send nothing while no way may be used, and ask for no time', () => {
    const allowed: number[] = [];
    const bench = new Bench([LOSSY, CUSTODY], 1, new Rule(() => allowed));
    bench.ways.newsAt(0);
    expect(bench.step(() => bench.offer(100))).toEqual([]);
    expect(bench.ways.nextAt()).toBe(Number.POSITIVE_INFINITY);
    allowed.push(1);
    expect(bench.step().map(({ way }) => way)).toEqual([1]);
  });

  it('give it round trips and losses as measured', () => {
    const rule = new Rule(() => [0]);
    const bench = new Bench([LOSSY], 1, rule);
    const sent = bench.step(() => bench.offer(6_000));
    expect(rule.seen[0]).toMatchObject({ carrier: 'datagram', isUp: true, hides: false, loss: 0 });
    expect([rule.seen[0]?.roundTripNs, rule.seen[0]?.measuredNs]).toEqual([undefined, undefined]);
    bench.now = 10_000_000;
    const [first, ...others] = sent;
    // The peer got all packets but the first, which is lost: one loss among five or six.
    bench.acknowledge(others.slice(2));
    expect(first?.packet.number).toBe(0);
    expect(rule.seen[0]?.roundTripNs).toBeGreaterThanOrEqual(9_000_000);
    expect(rule.seen[0]?.measuredNs).toBe(10_000_000);
    expect(rule.seen[0]?.loss).toBeGreaterThan(1 / 32 - 0.01);
    expect(rule.seen[0]?.loss).toBeLessThan(0.2);
  });

  it('mixed what it measured with what a way had been a minute before', () => {
    const rule = new Rule(() => [0]);
    const bench = new Bench([LOSSY], 1, rule);
    const trip = (bytes: number, ns: number): WayFacts | undefined => {
      const sent = bench.step(() => bench.offer(bytes));
      bench.now += ns;
      bench.acknowledge(sent);
      return rule.seen[0];
    };
    const slowNs = trip(100, 2_000 * MS)?.roundTripNs ?? 0;
    expect(slowNs).toBeGreaterThanOrEqual(1_900 * MS);
    expect(trip(100, 20 * MS)?.roundTripNs).toBeGreaterThan(1_500 * MS);
    bench.now += 31_000 * MS;
    expect(trip(100, 20 * MS)?.roundTripNs).toBeLessThanOrEqual(20 * MS);
  });
});

describe('the preferred way', () => {
  const facts = (isUp: boolean): WayFacts => ({
    ...{ carrier: '', hides: false, isUp, roundTripNs: undefined, loss: 0 },
    ...{ measuredNs: undefined, heardNs: undefined },
  });
  it.each([
    [[true, true, true], [0, 1, 2], []],
    [[false, true, true], [1, 0, 2], [0]],
    [
      [false, false, true],
      [2, 0, 1],
      [0, 1],
    ],
    [[false, false, false], [0, 1, 2], []],
  ])('with ways that are up: %j (R-146)', (up, order, probes) => {
    const choice = new PreferredWay(3).choose(0, up.map(facts));
    expect([choice.order, choice.probes]).toEqual([order, probes]);
    expect(new PreferredWay(3).refusal()).toBeUndefined();
  });
});
