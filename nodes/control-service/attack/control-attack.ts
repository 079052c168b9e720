/**
 * Messages that the control service of a hostile AS sends in addition to its regular work, also in live runs: beacons
 * and registrations that others have to refuse, each kind for another drop reason. The attacker has only the keys of
 * its own AS.
 *
 * Pure, and of bounded work: one message of each kind per interface and interval.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  emptySignedSegment,
  encodeSegments,
  SEGMENT_ID_VALUES,
  type SignedSegment,
} from '../../scion/index.ts';
import { SegmentExtender, type SegmentExtenderParts } from '../beacons/extender.ts';
import type { KnownSegment, SegmentStore } from '../beacons/store.ts';
import { NO_SEGMENTS } from '../lookup/segment-sets.ts';
import type { ControlInterface, ControlSurroundings } from '../surroundings.ts';
import { controlRequest, encodeBeacon } from '../wire.ts';
import type { AttackOptions, ControlAttackKind } from './attack-config.ts';

/** The parts of a control service that an attack uses. */
export interface ControlAttackParts {
  readonly options: AttackOptions;
  readonly surroundings: ControlSurroundings;
  readonly random: Random;
  readonly extender: Pick<SegmentExtender, 'extend'>;
  /** The parts with which it signs entries, in its own name and in the names of others. */
  readonly signing: Pick<SegmentExtenderParts, 'hops' | 'signer' | 'expTime' | 'seconds'>;
  /** Received beacons. */
  readonly store: SegmentStore;
  /** Sends a request over an interface. */
  readonly call: (at: ControlInterface, message: Uint8Array) => void;
}

const HALF_SECONDS_PER_S = 2;
/** More than the longest lifetime of a hop field, a day (draft-dekater-scion-dataplane, "Hop Field"). */
const EXPIRED_S = 86_401;

/** The attack of one control service. */
export class ControlAttack {
  readonly #parts: ControlAttackParts;
  /** The first beacon made for each interface, which is sent repeatedly as `replayed`. */
  readonly #first = new Map<number, SignedSegment>();
  #nextNs: Nanoseconds = 0;

  constructor(parts: ControlAttackParts) {
    this.#parts = parts;
  }

  /** Sends what is due; called at every tick. */
  tick(now: Nanoseconds): void {
    const { options, surroundings, call } = this.#parts;
    if (now < this.#nextNs) return;
    this.#nextNs = now + options.every;
    for (const at of surroundings.interfaces.values()) {
      for (const kind of options.kinds) {
        const message = this.#make(kind, at);
        if (message !== undefined) call(at, message);
      }
    }
  }

  /** Makes a request; undefined where there is nothing to send. */
  #make(kind: ControlAttackKind, at: ControlInterface): Uint8Array | undefined {
    switch (kind) {
      case 'expired':
        return this.#beacon(at, (made) => made, EXPIRED_S);
      case 'false-signature':
        return this.#beacon(at, withFalseSignature);
      case 'lying-registration':
        return this.#registration(at);
      case 'replayed':
        return this.#beacon(at, (made) => this.#kept(at, made));
      case 'spliced':
        return this.#spliced(at);
    }
  }

  /** Makes a beacon of this AS, changed by `change`; undefined where this AS may send no beacons. */
  #beacon(
    at: ControlInterface,
    change: (beacon: SignedSegment) => SignedSegment,
    ageSeconds = 0,
  ): Uint8Array | undefined {
    const { surroundings, random, signing, extender } = this.#parts;
    const isDownstream = at.relation === 'core' || at.relation === 'child';
    if (!surroundings.isCore || !isDownstream) return undefined;
    const empty = emptySignedSegment(
      random.below(SEGMENT_ID_VALUES),
      signing.seconds() - ageSeconds,
    );
    return beaconRequest(change(extender.extend(empty, 0, at.ifId)));
  }

  #kept({ ifId }: ControlInterface, made: SignedSegment): SignedSegment {
    const first = this.#first.get(ifId) ?? made;
    this.#first.set(ifId, first);
    return first;
  }

  /** A received beacon without the entry of the AS that sent it, so that the path looks shorter than any real one. */
  #spliced(at: ControlInterface): Uint8Array | undefined {
    const { store, signing, extender } = this.#parts;
    const known = store.all(HALF_SECONDS_PER_S * signing.seconds()).find(isLong);
    return known && beaconRequest(extender.extend(withoutLast(known), known.ingress, at.ifId));
  }

  /** Makes an extender that adds entries in the name of the neighbour, signed with this AS's key. */
  #forgerAt({ ifId, neighbour, neighbourIfId, ...link }: ControlInterface): SegmentExtender {
    const { surroundings, signing } = this.#parts;
    const { isdAs, mtu } = surroundings;
    const far = { ...link, ifId: neighbourIfId, neighbour: isdAs, neighbourIfId: ifId };
    const interfaces = new Map([[neighbourIfId, far]]);
    return new SegmentExtender({ ...signing, isdAs: neighbour, mtu, interfaces });
  }

  /** Registers a forged segment from the neighbour to this AS, which the neighbour has never made. */
  #registration(at: ControlInterface): Uint8Array | undefined {
    const { random, signing, extender } = this.#parts;
    if (at.relation !== 'core' && at.relation !== 'parent') return undefined;
    const empty = emptySignedSegment(random.below(SEGMENT_ID_VALUES), signing.seconds());
    const forged = this.#forgerAt(at).extend(empty, 0, at.neighbourIfId);
    const downs = [extender.extend(forged, at.ifId, 0)];
    return controlRequest('register', encodeSegments({ ...NO_SEGMENTS, downs }));
  }
}

function beaconRequest(beacon: SignedSegment): Uint8Array {
  return controlRequest('beacon', encodeBeacon(beacon));
}

function isLong({ segment }: KnownSegment): boolean {
  return segment.entries.length > 1;
}

function withoutLast({ segment, signed, information }: KnownSegment): SignedSegment {
  const entries = segment.entries.slice(0, -1);
  return { segment: { ...segment, entries }, signed: signed.slice(0, -1), information };
}

/** Flips a bit of the last entry's signature, whose encoding stays well-formed. */
function withFalseSignature(beacon: SignedSegment): SignedSegment {
  const signed = beacon.signed.map((one, index) => {
    if (index + 1 < beacon.signed.length) return one;
    const signature = one.signature.slice();
    const last = signature.length - 1;
    signature[last] = (signature[last] as number) ^ 1;
    return { ...one, signature };
  });
  return { ...beacon, signed };
}
