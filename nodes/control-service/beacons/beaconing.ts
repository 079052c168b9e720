/**
 * Path exploration: core ASes originate beacons, all ASes pass them on, and received beacons are registered as
 * segments (SCION control plane draft, "Path Exploration"; reference control/beaconing).
 *
 * Rounds begin at intervals. Between rounds, an interface whose last success is longer ago than an interval is
 * tried again at every tick: with this fast recovery, a first path needs half a tick for each hop.
 *
 * Pure: beacons leave, and neighbours confirm them, through {@link BeaconingParts}.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  emptySignedSegment,
  findFirstAs,
  type IsdAs,
  SEGMENT_ID_VALUES,
  type SignedSegment,
} from '../../scion/index.ts';
import type { ControlSurroundings, NeighbourRelation } from '../surroundings.ts';
import type { SegmentExtender } from './extender.ts';
import type { BeaconSelection } from './selection.ts';
import type { KnownSegment, SegmentStore } from './store.ts';

/** Options of beaconing. */
export interface BeaconingOptions {
  /** Time between two rounds of origination, ns: one for all interfaces, or one for each kind of neighbour. */
  readonly origination: Nanoseconds | OriginationTimes;
  readonly propagation: Nanoseconds;
  readonly registration: Nanoseconds;
  readonly bestSet: number;
  readonly candidates: number;
  readonly maxHops: number;
  readonly fastRecovery: boolean;
}

/** Times between two rounds of origination, ns, by the neighbour's relation to this AS. */
export interface OriginationTimes {
  readonly core: Nanoseconds;
  readonly child: Nanoseconds;
}

/** The surroundings and the outputs of {@link Beaconing}. */
export interface BeaconingParts {
  readonly surroundings: ControlSurroundings;
  readonly options: BeaconingOptions;
  readonly random: Random;
  readonly extender: Pick<SegmentExtender, 'extend'>;
  readonly selection: BeaconSelection;
  /** Received beacons, by origin. */
  readonly store: SegmentStore;
  /** Calendar time, seconds since 1970. */
  readonly seconds: () => number;
  /** Sends a beacon over an interface; `done` says whether the neighbour took it. */
  readonly send: (ifId: number, beacon: SignedSegment, done: (isTaken: boolean) => void) => void;
  /** Stores segments that end here: up segments of a non-core AS, core segments of a core AS. */
  readonly keep: (segments: readonly SignedSegment[]) => void;
  /** Registers down segments at the core AS where they begin. */
  readonly register: (
    origin: IsdAs,
    segments: readonly SignedSegment[],
    done: (isTaken: boolean) => void,
  ) => void;
}

const HALF_SECONDS_PER_S = 2;

/** Creates, propagates and registers the beacons of one AS. */
export class Beaconing {
  readonly #parts: BeaconingParts;
  /** Rounds of origination, with the relations for which each counts: one for all, or one per relation. */
  readonly #origination: ReadonlyMap<RoundTimes, readonly NeighbourRelation[]>;
  readonly #propagation: RoundTimes;
  readonly #registration: RoundTimes;
  /** Segments that end here, by the beacon from which they were made. */
  readonly #ended = new WeakMap<KnownSegment, SignedSegment>();

  constructor(parts: BeaconingParts) {
    this.#parts = parts;
    const { origination, propagation, registration, fastRecovery } = parts.options;
    const times = (intervalNs: Nanoseconds): RoundTimes => {
      // Random, so that the rounds of different ASes do not begin together.
      const firstNs = Math.floor(intervalNs * parts.random.uniform());
      return new RoundTimes({ intervalNs, firstNs, isFast: fastRecovery });
    };
    this.#origination =
      typeof origination === 'number'
        ? new Map([[times(origination), ['core', 'child']]])
        : new Map([
            [times(origination.core), ['core']],
            [times(origination.child), ['child']],
          ]);
    this.#propagation = times(propagation);
    this.#registration = times(registration);
  }

  /** Does what is due; called at every tick. */
  tick(now: Nanoseconds): void {
    const { isCore } = this.#parts.surroundings;
    this.#parts.store.removeExpired(this.#halfSeconds);
    if (isCore) this.#originate(now);
    this.#propagate(now);
    this.#register(now);
  }

  #originate(now: Nanoseconds): void {
    const { random, extender, seconds, send } = this.#parts;
    for (const [times, relations] of this.#origination) {
      const round = times.begin(now);
      for (const ifId of this.#interfaces(relations)) {
        if (!round.isDue(ifId)) continue;
        const empty = emptySignedSegment(random.below(SEGMENT_ID_VALUES), seconds());
        send(ifId, extender.extend(empty, 0, ifId), round.of(ifId, 1));
      }
    }
  }

  #propagate(now: Nanoseconds): void {
    const { surroundings, extender, send } = this.#parts;
    const round = this.#propagation.begin(now);
    const due = this.#interfaces([surroundings.isCore ? 'core' : 'child']).filter(round.isDue);
    const chosen = due.length === 0 ? [] : this.#chosen();
    for (const ifId of due) {
      const beacons = chosen.filter((one) => this.#mayLeave(one, ifId));
      const done = round.of(ifId, beacons.length);
      for (const one of beacons) send(ifId, extender.extend(one, one.ingress, ifId), done);
    }
  }

  #register(now: Nanoseconds): void {
    const { surroundings, keep, register } = this.#parts;
    const round = this.#registration.begin(now);
    if (!round.isDue(0)) return;
    const segments = this.#chosen().map((one) => this.#endHere(one));
    keep(segments);
    if (surroundings.isCore) {
      round.of(0, 1)(segments.length > 0);
      return;
    }
    const byOrigin = new Map<IsdAs, SignedSegment[]>();
    for (const one of segments) {
      const origin = findFirstAs(one.segment);
      const list = byOrigin.get(origin) ?? [];
      byOrigin.set(origin, list);
      list.push(one);
    }
    const done = round.of(0, byOrigin.size);
    for (const [origin, list] of byOrigin) register(origin, list, done);
  }

  /** The beacons that are passed on and registered; a core AS chooses a set for each origin. */
  #chosen(): readonly KnownSegment[] {
    const { surroundings, store, options, selection } = this.#parts;
    const { bestSet, candidates } = options;
    const now = this.#halfSeconds;
    if (!surroundings.isCore) {
      const all = [...store.all(now)].sort(byLength);
      return selection.select(all.slice(0, candidates), bestSet);
    }
    return store
      .keys()
      .flatMap((origin) => selection.select(store.of(origin, now).slice(0, candidates), bestSet));
  }

  /** True if a beacon may be sent over an interface: it has not passed the neighbour yet, and is short enough. */
  #mayLeave({ segment, ingress }: KnownSegment, ifId: number): boolean {
    const { surroundings, options } = this.#parts;
    const { interfaces } = surroundings;
    const neighbour = interfaces.get(ifId)?.neighbour;
    const isKnown = interfaces.has(ingress);
    const isShort = segment.entries.length < options.maxHops - 1;
    return isKnown && isShort && segment.entries.every(({ isdAs }) => isdAs !== neighbour);
  }

  #endHere(beacon: KnownSegment): SignedSegment {
    const known = this.#ended.get(beacon);
    if (known !== undefined) return known;
    const ended = this.#parts.extender.extend(beacon, beacon.ingress, 0);
    this.#ended.set(beacon, ended);
    return ended;
  }

  #interfaces(relations: readonly NeighbourRelation[]): readonly number[] {
    const all = [...this.#parts.surroundings.interfaces.values()];
    return all.filter((one) => relations.includes(one.relation)).map(({ ifId }) => ifId);
  }

  get #halfSeconds(): number {
    return HALF_SECONDS_PER_S * this.#parts.seconds();
  }
}

function byLength(left: KnownSegment, right: KnownSegment): number {
  return left.segment.entries.length - right.segment.entries.length;
}

/** The attempts of one tick. */
interface Round {
  /** True if it is time to send on this interface. */
  readonly isDue: (ifId: number) => boolean;
  /** Returns the callback to which each of `count` calls on this interface reports its outcome. */
  readonly of: (ifId: number, count: number) => (isTaken: boolean) => void;
}

/** The schedule of rounds. */
interface RoundParts {
  readonly intervalNs: Nanoseconds;
  /** Time from the first tick to the first round, ns. */
  readonly firstNs: Nanoseconds;
  readonly isFast: boolean;
}

/** When rounds begin, and when the last call over each interface succeeded. */
class RoundTimes {
  readonly #parts: RoundParts;
  /** When the last round began; before the first round, the instant one interval before it. */
  #roundNs: Nanoseconds | undefined;
  readonly #succeededNs = new Map<number, Nanoseconds>();
  /** Number of calls without an outcome yet, by interface. */
  readonly #open = new Map<number, number>();

  constructor(parts: RoundParts) {
    this.#parts = parts;
  }

  begin(now: Nanoseconds): Round {
    const { intervalNs, firstNs, isFast } = this.#parts;
    this.#roundNs ??= now + firstNs - intervalNs;
    const isRound = now - this.#roundNs >= intervalNs;
    if (isRound) this.#roundNs = now;
    return {
      isDue: (ifId): boolean => {
        if ((this.#open.get(ifId) ?? 0) > 0) return false;
        const lastNs = this.#succeededNs.get(ifId) ?? Number.NEGATIVE_INFINITY;
        return isRound || (isFast && now - lastNs > intervalNs);
      },
      of: (ifId, count): ((isTaken: boolean) => void) => {
        this.#open.set(ifId, count);
        return (isTaken): void => {
          this.#open.set(ifId, (this.#open.get(ifId) ?? 1) - 1);
          if (isTaken) this.#succeededNs.set(ifId, now);
        };
      },
    };
  }
}
