/** When an AS originates, passes on and registers, and what. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import {
  Beaconing,
  type BeaconingOptions,
} from '../../../../nodes/control-service/beacons/beaconing.ts';
import { BEACON_SELECTIONS } from '../../../../nodes/control-service/beacons/selections/index.ts';
import { SegmentStore } from '../../../../nodes/control-service/beacons/store.ts';
import { controlConfig } from '../../../../nodes/control-service/config.ts';
import type { ControlSurroundings } from '../../../../nodes/control-service/surroundings.ts';
import type { IsdAs, SignedSegment } from '../../../../nodes/scion/index.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  CORE_C,
  extenderOf,
  FAR,
  knownOf,
  LEAF,
  MIDDLE,
  NOW_S,
  type SegmentWishes,
  surroundingsOf,
} from './small-network.ts';
import { withoutPhase } from './without-phase.ts';

const SECOND_NS = 1_000_000_000;
const TICK_NS = SECOND_NS / 2;

interface Sent {
  readonly atS: number;
  readonly ifId: number;
  readonly beacon: SignedSegment;
}
interface Registered {
  readonly atS: number;
  readonly origin: IsdAs;
  readonly segments: readonly SignedSegment[];
}
type Outcome = boolean | 'open';
interface Wishes extends Partial<BeaconingOptions> {
  /** Interfaces that the AS lost. */
  readonly without?: readonly number[];
  /** Interfaces whose links are peering links instead. */
  readonly peering?: readonly number[];
}

/** The beaconing of one AS among neighbours that take what they are sent, or do not. */
class OneAs {
  readonly sent: Sent[] = [];
  readonly kept: (readonly SignedSegment[])[] = [];
  readonly registered: Registered[] = [];
  readonly store = new SegmentStore({ perKey: 100, keys: 100 });
  /** What becomes of what is sent over an interface; and, by 0, of registrations. */
  readonly outcomes = new Map<number, Outcome>();
  /** Calls that are under way. */
  readonly open: ((isTaken: boolean) => void)[] = [];
  readonly #beaconing: Beaconing;
  #atNs = -TICK_NS;

  constructor(isdAs: IsdAs, { without = [], peering = [], ...options }: Wishes = {}) {
    const whole = surroundingsOf(isdAs);
    const interfaces = new Map([...whole.interfaces].filter(([ifId]) => !without.includes(ifId)));
    for (const ifId of peering) {
      interfaces.set(ifId, { ...interfaces.get(ifId)!, relation: 'peer' });
    }
    const surroundings: ControlSurroundings = { ...whole, interfaces };
    this.#beaconing = new Beaconing({
      surroundings,
      options: {
        ...{ origination: 5 * SECOND_NS, propagation: 5 * SECOND_NS, registration: 5 * SECOND_NS },
        ...{ bestSet: 20, candidates: 100, maxHops: 10, fastRecovery: true },
        ...options,
      },
      random: withoutPhase(openRandomStream(1, isdAs, 'beacons')),
      extender: extenderOf(isdAs),
      selection: BEACON_SELECTIONS.reference,
      store: this.store,
      seconds: (): number => NOW_S + Math.floor(this.atS),
      send: (ifId, beacon, done): void => {
        this.sent.push({ atS: this.atS, ifId, beacon });
        this.#end(ifId, done);
      },
      keep: (segments): void => void this.kept.push(segments),
      register: (origin, segments, done): void => {
        this.registered.push({ atS: this.atS, origin, segments });
        this.#end(0, done);
      },
    });
  }

  get atS(): number {
    return this.#atNs / SECOND_NS;
  }

  /** A beacon that came, over these interfaces of other ASes. */
  knows(origin: IsdAs, egresses: readonly number[], ingress: number, wishes?: SegmentWishes): this {
    this.store.insert(origin, knownOf(beaconOver(origin, egresses, wishes), ingress));
    return this;
  }

  /** Ticks every half second up to this time. */
  runTo(seconds: number): this {
    while (this.#atNs < seconds * SECOND_NS) {
      this.#atNs += TICK_NS;
      this.#beaconing.tick(this.#atNs);
    }
    return this;
  }

  /** When something left over an interface, s. */
  times(ifId: number): number[] {
    return this.sent.filter((one) => one.ifId === ifId).map(({ atS }) => atS);
  }

  /** The ASes of what left over an interface. */
  routes(ifId: number): string[] {
    const all = this.sent.filter((one) => one.ifId === ifId);
    return all.map(({ beacon }) => beacon.segment.entries.map((one) => one.isdAs).join(' '));
  }

  #end(ifId: number, done: (isTaken: boolean) => void): void {
    const outcome = this.outcomes.get(ifId) ?? true;
    if (outcome === 'open') this.open.push(done);
    else done(outcome);
  }
}

const route = (...ases: readonly IsdAs[]): string => ases.join(' ');

describe('a core AS originates', () => {
  it('at each interval on every core and child interface, and on no other', () => {
    const one = new OneAs(CORE_A).runTo(12);
    expect([1, 2, 3].map((ifId) => one.times(ifId))).toEqual([
      [0, 5, 10],
      [0, 5, 10],
      [0, 5, 10],
    ]);
    expect(one.sent).toHaveLength(9);
    expect(new Set(one.sent.map(({ beacon }) => beacon.segment.segmentId)).size).toBe(9);
    for (const { atS, beacon, ifId } of one.sent) {
      const { timestamp, entries } = beacon.segment;
      const [{ isdAs, hop }] = entries as [(typeof entries)[number]];
      expect([timestamp, entries.length, isdAs]).toEqual([NOW_S + atS, 1, CORE_A]);
      expect([hop.consIngress, hop.consEgress]).toEqual([0, ifId]);
    }
  });

  it('but not over peering links', () => {
    const one = new OneAs(CORE_A, { peering: [2] }).runTo(0);
    expect(one.sent.map(({ ifId }) => ifId)).toEqual([1, 3]);
  });

  it('and another AS does not', () => {
    for (const isdAs of [MIDDLE, LEAF]) expect(new OneAs(isdAs).runTo(12).sent).toEqual([]);
  });

  it('with an interval of its own', () => {
    const wishes = { origination: 2 * SECOND_NS, propagation: 3 * SECOND_NS };
    const one = new OneAs(CORE_A, wishes).knows(CORE_C, [2], 2).runTo(6);
    expect(one.times(3)).toEqual([0, 2, 4, 6]);
    const passed = one.sent.filter(({ beacon }) => beacon.segment.entries.length > 1);
    expect(passed.map(({ atS }) => atS)).toEqual([0, 3, 6]);
  });

  it('with intervals of its own to core and to child ASes', () => {
    const origination = { core: 4 * SECOND_NS, child: 2 * SECOND_NS };
    const one = new OneAs(CORE_A, { origination }).runTo(6);
    expect(one.times(1)).toEqual([0, 4]);
    expect(one.times(2)).toEqual([0, 4]);
    expect(one.times(3)).toEqual([0, 2, 4, 6]);
    const options = { origination: { core: '60s', child: '5s' } };
    expect(controlConfig.parse(options).origination).toEqual({ core: 60e9, child: 5e9 });
    expect(controlConfig.parse({}).origination).toBe(5e9);
    for (const wrong of [{ core: '60s' }, { core: '60s', child: '1ms' }]) {
      expect(() => controlConfig.parse({ origination: wrong })).toThrow();
    }
  });
});

describe('between rounds', () => {
  it('only interfaces without success for an interval are tried again, at every tick', () => {
    const one = new OneAs(CORE_A);
    one.outcomes.set(1, false);
    one.runTo(1.5);
    one.outcomes.set(1, true);
    one.runTo(2);
    one.outcomes.set(2, false);
    one.runTo(6);
    // The last success on 1 was at 2 s, which is not yet longer ago than an interval when the next round begins.
    expect(one.times(1)).toEqual([0, 0.5, 1, 1.5, 2, 5]);
    // That on 2 was at 0 s.
    expect(one.times(2)).toEqual([0, 5, 5.5, 6]);
    expect(one.times(3)).toEqual([0, 5]);
  });

  it('nothing is tried again without fast recovery', () => {
    const one = new OneAs(CORE_A, { fastRecovery: false });
    one.outcomes.set(1, false);
    expect(one.runTo(10).times(1)).toEqual([0, 5, 10]);
  });

  it('a beacon that comes is passed on at the next tick where nothing has left yet', () => {
    const one = new OneAs(MIDDLE).runTo(1).knows(CORE_A, [3], 1).runTo(5);
    expect(one.times(3)).toEqual([1.5, 5]);
    const slow = new OneAs(MIDDLE, { fastRecovery: false }).runTo(1).knows(CORE_A, [3], 1);
    expect(slow.runTo(5).times(3)).toEqual([5]);
  });

  it('registration is tried again while it fails', () => {
    const one = new OneAs(MIDDLE).knows(CORE_A, [3], 1);
    one.outcomes.set(0, false);
    one.runTo(1);
    one.outcomes.set(0, true);
    one.runTo(5.5);
    expect(one.registered.map(({ atS }) => atS)).toEqual([0, 0.5, 1, 1.5, 5]);
  });

  it('registration at one core AS that succeeds is enough', () => {
    const one = new OneAs(MIDDLE).knows(CORE_A, [3], 1).knows(CORE_B, [3], 2);
    one.outcomes.set(0, 'open');
    one.runTo(0);
    for (const [index, done] of one.open.splice(0).entries()) done(index === 0);
    one.runTo(4.5);
    expect(one.registered.map(({ atS }) => atS)).toEqual([0, 0]);
  });
});

describe('a call that is under way', () => {
  it('is not repeated, even when a round begins, until it ends', () => {
    const one = new OneAs(CORE_A);
    one.outcomes.set(1, 'open');
    one.runTo(6);
    expect([one.times(1), one.times(3)]).toEqual([[0], [0, 5]]);
    one.open[0]?.(false);
    expect(one.runTo(6.5).times(1)).toEqual([0, 6.5]);
  });

  it('holds its interface back until all of its beacons have ended', () => {
    const one = new OneAs(MIDDLE).knows(CORE_A, [3], 1).knows(CORE_B, [3], 2);
    one.outcomes.set(3, 'open');
    one.runTo(1);
    expect(one.times(3)).toEqual([0, 0]);
    one.open[0]?.(false);
    expect(one.runTo(2).times(3)).toEqual([0, 0]);
    one.open[1]?.(false);
    expect(one.runTo(2.5).times(3)).toEqual([0, 0, 2.5, 2.5]);
  });

  it('of registration is not repeated', () => {
    const one = new OneAs(MIDDLE).knows(CORE_A, [3], 1);
    one.outcomes.set(0, 'open');
    expect(one.runTo(11).registered).toHaveLength(1);
  });
});

describe('beacons that are passed on', () => {
  it('go from a core AS over core interfaces only, and to children go those that begin there', () => {
    const one = new OneAs(CORE_A).knows(CORE_C, [1, 1], 1).runTo(0);
    expect(one.routes(2)).toEqual([route(CORE_A)]);
    expect(one.routes(3)).toEqual([route(CORE_A)]);
    const far = new OneAs(CORE_A).knows(CORE_B, [1], 1).runTo(0);
    expect(far.routes(2)).toEqual([route(CORE_A), route(CORE_B, CORE_A)]);
    expect(far.routes(3)).toEqual([route(CORE_A)]);
  });

  it('go from any other AS over child interfaces only', () => {
    const one = new OneAs(MIDDLE).knows(CORE_A, [3], 1).runTo(0);
    expect(one.sent.map(({ ifId }) => ifId)).toEqual([3]);
    expect(one.routes(3)).toEqual([route(CORE_A, MIDDLE)]);
    const [{ beacon }] = one.sent as [Sent];
    const { hop, peers } = beacon.segment.entries[1]!;
    expect([hop.consIngress, hop.consEgress, peers[0]?.peer]).toEqual([1, 3, FAR]);
    expect(beacon.signed[1]?.next).toBe(LEAF);
  });

  it('do not go to an AS that they have passed', () => {
    const one = new OneAs(CORE_A).knows(CORE_B, [1], 1).knows(CORE_C, [1, 1], 1).runTo(0);
    expect(one.routes(1)).toEqual([route(CORE_A)]);
    // By CORE_C and CORE_B, so to neither of them again.
    expect(one.routes(2)).toEqual([route(CORE_A), route(CORE_B, CORE_A)]);
  });

  it('do not get longer than their receivers take', () => {
    const middle = (maxHops: number): string[] =>
      new OneAs(MIDDLE, { maxHops }).knows(CORE_B, [1, 3], 1).runTo(0).routes(3);
    expect(middle(4)).toEqual([route(CORE_B, CORE_A, MIDDLE)]);
    expect(middle(3)).toEqual([]);
  });

  it('came over an interface that still exists', () => {
    const one = new OneAs(MIDDLE, { without: [1] }).knows(CORE_A, [3], 1).knows(CORE_B, [3], 2);
    expect(one.runTo(0).routes(3)).toEqual([route(CORE_B, MIDDLE)]);
  });

  it('have not expired, and are forgotten when they have', () => {
    const one = new OneAs(MIDDLE).knows(CORE_A, [3], 1, { timestamp: NOW_S - 336, expTime: 0 });
    one.runTo(1.5);
    expect([one.times(3), one.store.size]).toEqual([[0], 1]);
    one.runTo(5);
    expect([one.times(3), one.store.size]).toEqual([[0], 0]);
  });

  it('are of a core AS the best of each origin, and of another AS the best of all', () => {
    const core = new OneAs(CORE_A, { bestSet: 1 }).knows(CORE_B, [1], 1).knows(CORE_C, [2], 2);
    core.runTo(0);
    expect(core.routes(1).slice(1)).toEqual([route(CORE_C, CORE_A)]);
    expect(core.routes(2).slice(1)).toEqual([route(CORE_B, CORE_A)]);
    const other = new OneAs(MIDDLE, { bestSet: 1 }).knows(CORE_A, [3], 1).knows(CORE_B, [3], 2);
    expect(other.runTo(0).routes(3)).toHaveLength(1);
    const best = new OneAs(MIDDLE, { bestSet: 2 })
      .knows(CORE_C, [2, 3], 1)
      .knows(CORE_A, [3], 1)
      .knows(CORE_B, [3], 2);
    expect(best.runTo(0).routes(3)).toEqual([route(CORE_A, MIDDLE), route(CORE_B, MIDDLE)]);
  });

  it('are chosen among the shortest candidates', () => {
    const wishes = { bestSet: 1, candidates: 1 };
    const core = new OneAs(CORE_A, wishes).knows(CORE_B, [1], 1).knows(CORE_B, [2, 2], 2).runTo(0);
    expect(core.routes(2).slice(1)).toEqual([route(CORE_B, CORE_A)]);
    const other = new OneAs(MIDDLE, wishes).knows(CORE_C, [1, 3], 2).knows(CORE_A, [3], 1).runTo(0);
    expect(other.routes(3)).toEqual([route(CORE_A, MIDDLE)]);
  });
});

describe('segments that end here', () => {
  it('are kept, and registered at the core ASes where they begin', () => {
    const one = new OneAs(MIDDLE)
      .knows(CORE_A, [3], 1)
      .knows(CORE_B, [3], 2)
      .knows(CORE_A, [1, 3], 2)
      .runTo(0);
    const routes = (all: readonly SignedSegment[]): string[] =>
      all.map(({ segment }) => segment.entries.map(({ isdAs }) => isdAs).join(' '));
    expect(one.registered.map(({ origin, segments }) => [origin, routes(segments)])).toEqual([
      [CORE_A, [route(CORE_A, MIDDLE), route(CORE_A, CORE_B, MIDDLE)]],
      [CORE_B, [route(CORE_B, MIDDLE)]],
    ]);
    expect(one.kept).toHaveLength(1);
    expect(routes(one.kept[0]!).toSorted()).toEqual(
      one.registered.flatMap(({ segments }) => routes(segments)).toSorted(),
    );
    for (const { segment, signed } of one.kept[0]!) {
      const { hop } = segment.entries.at(-1)!;
      expect([hop.consEgress, signed.at(-1)?.next]).toEqual([0, '0-0']);
      expect(hop.consIngress).toBeGreaterThan(0);
    }
  });

  it('are registered nowhere by a core AS, which keeps them as core segments', () => {
    const one = new OneAs(CORE_A).knows(CORE_B, [1], 1).runTo(5);
    expect(one.registered).toEqual([]);
    expect(one.kept.map((segments) => segments.length)).toEqual([1, 1]);
  });

  it('are made once of each beacon', () => {
    const one = new OneAs(MIDDLE).knows(CORE_A, [3], 1).runTo(5);
    const [first, second] = one.kept;
    expect(second?.[0]).toBe(first?.[0]);
    one.knows(CORE_A, [3], 1, { timestamp: NOW_S + 1 }).runTo(10);
    expect(one.kept[2]?.[0]?.segment.timestamp).toBe(NOW_S + 1);
  });

  it('are looked for at every tick until there are some', () => {
    const one = new OneAs(CORE_A).runTo(1).knows(CORE_B, [1], 1).runTo(4);
    const counts = one.kept.map((segments) => segments.length);
    expect(counts).toEqual([0, 0, 0, 1]);
  });
});
