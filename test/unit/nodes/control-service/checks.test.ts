/** Beacons that a control service refuses before it looks at their signatures, and for what. */
import { describe, expect, it } from 'vitest';
import {
  type BeaconRefusal,
  beaconRefusal,
} from '../../../../nodes/control-service/beacons/checks.ts';
import { TIMESTAMP_TOLERANCE_S } from '../../../../nodes/control-service/geometry.ts';
import type { SignedSegment } from '../../../../nodes/scion/paths/segment-wire.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  CORE_C,
  LEAF,
  MIDDLE,
  NOW_S,
  surroundingsOf,
} from './small-network.ts';

const MAX_HOPS = 4;
/** A lifetime of 337.5 s. */
const UNIT = { expTime: 0 };

interface Arrival {
  readonly at?: typeof MIDDLE;
  readonly neighbour?: typeof MIDDLE;
  readonly ingress?: number;
  readonly seconds?: number;
  readonly maxHops?: number;
}

/** How a beacon fares that comes to MIDDLE from CORE_A over 1, unless anything else is said. */
function refusalOf(beacon: SignedSegment, arrival: Arrival = {}): BeaconRefusal | undefined {
  const { at = MIDDLE, neighbour = CORE_A, ingress = 1, seconds = NOW_S } = arrival;
  const { maxHops = MAX_HOPS } = arrival;
  return beaconRefusal(beacon, surroundingsOf(at), maxHops, { neighbour, ingress, seconds });
}

/** The beacon, with what the last entry says changed. */
function withNext(beacon: SignedSegment, next: typeof MIDDLE): SignedSegment {
  const last = { ...beacon.signed.at(-1)!, next };
  return { ...beacon, signed: [...beacon.signed.slice(0, -1), last] };
}

const GOOD = beaconOver(CORE_A, [3]);
const SECONDS_FUTURE = Math.ceil(TIMESTAMP_TOLERANCE_S);

describe('a beacon', () => {
  it('of a parent, and at a core AS of another core AS, is taken', () => {
    expect(refusalOf(GOOD)).toBeUndefined();
    const across = { at: CORE_B, neighbour: CORE_A, ingress: 1 };
    expect(refusalOf(beaconOver(CORE_A, [1]), across)).toBeUndefined();
    const third = { at: CORE_C, neighbour: CORE_B, ingress: 1 };
    expect(refusalOf(beaconOver(CORE_A, [1, 2]), third)).toBeUndefined();
  });

  it('came over an interface to the AS that it comes from', () => {
    expect(refusalOf(GOOD, { ingress: 9 })).toBe('beacon-interface');
    expect(refusalOf(GOOD, { ingress: 0 })).toBe('beacon-interface');
    expect(refusalOf(GOOD, { ingress: 2 })).toBe('beacon-interface');
    expect(refusalOf(GOOD, { neighbour: CORE_B })).toBe('beacon-interface');
  });

  it('has passed neither this AS nor any AS twice', () => {
    const returned = { neighbour: CORE_A, ingress: 1, at: CORE_B };
    expect(refusalOf(beaconOver(CORE_B, [1, 1]), returned)).toBe('beacon-loop');
    const twice = { at: MIDDLE, neighbour: CORE_A, ingress: 1, maxHops: 9 };
    expect(refusalOf(beaconOver(CORE_A, [1, 1, 3]), twice)).toBe('beacon-loop');
  });

  it('has one entry less than segments may have, as this AS adds its own', () => {
    const over = { at: LEAF, neighbour: MIDDLE, ingress: 1 };
    const beacon = beaconOver(CORE_B, [1, 3, 3]);
    expect(refusalOf(beacon, { ...over, maxHops: 4 })).toBeUndefined();
    expect(refusalOf(beacon, { ...over, maxHops: 3 })).toBe('beacon-too-long');
  });

  it('comes from a parent or, at a core AS, from a core AS', () => {
    const fromChild = { at: CORE_B, neighbour: MIDDLE, ingress: 3 };
    expect(refusalOf(beaconOver(CORE_A, [3, 2]), fromChild)).toBe('beacon-relation');
    const fromPeer = { at: MIDDLE, neighbour: surroundingsOf(MIDDLE).interfaces.get(4)!.neighbour };
    expect(refusalOf(beaconOver(CORE_C, [3, 4]), { ...fromPeer, ingress: 4 })).toBe(
      'beacon-relation',
    );
    const childFromChild = { at: MIDDLE, neighbour: LEAF, ingress: 3 };
    expect(refusalOf(beaconOver(LEAF, [1]), childFromChild)).toBe('beacon-relation');
  });

  it('was sent by this neighbour, over this link, to this AS', () => {
    expect(refusalOf(beaconOver(CORE_B, [3]))).toBe('beacon-neighbour');
    expect(refusalOf(beaconOver(CORE_A, [2]))).toBe('beacon-neighbour');
    expect(refusalOf(withNext(beaconOver(CORE_A, [2]), MIDDLE))).toBe('beacon-neighbour');
    expect(refusalOf(withNext(GOOD, LEAF))).toBe('beacon-neighbour');
    expect(refusalOf(beaconOver(CORE_A, [0]))).toBe('beacon-neighbour');
  });

  it('is dated at most 337.5 s ahead', () => {
    const ahead = (s: number): SignedSegment => beaconOver(CORE_A, [3], { timestamp: NOW_S + s });
    expect(refusalOf(ahead(SECONDS_FUTURE - 1))).toBeUndefined();
    expect(refusalOf(ahead(SECONDS_FUTURE))).toBe('beacon-future');
  });

  it('is taken up to the half second at which the first of its hop fields expires', () => {
    const old = beaconOver(CORE_A, [3], { ...UNIT, timestamp: NOW_S - 337 });
    expect(refusalOf(old)).toBeUndefined();
    expect(refusalOf(old, { seconds: NOW_S + 0.5 })).toBeUndefined();
    expect(refusalOf(old, { seconds: NOW_S + 1 })).toBe('beacon-expired');
  });

  it('that breaks two rules is refused for the first', () => {
    const loop = beaconOver(CORE_A, [3, 3]);
    const at = { at: MIDDLE, neighbour: LEAF, ingress: 3 };
    const stranger = { ...at, neighbour: CORE_C };
    const rows: readonly (readonly [BeaconRefusal, SignedSegment, Arrival])[] = [
      ['beacon-interface', loop, { ...stranger, maxHops: 1 }],
      ['beacon-loop', loop, { ...at, maxHops: 1 }],
      ['beacon-too-long', beaconOver(LEAF, [1]), { ...at, maxHops: 1 }],
      ['beacon-relation', withNext(beaconOver(LEAF, [1]), LEAF), at],
      [
        'beacon-neighbour',
        withNext(beaconOver(CORE_A, [3], { timestamp: NOW_S + 9_999 }), LEAF),
        {},
      ],
      [
        'beacon-neighbour',
        withNext(beaconOver(CORE_A, [3], { ...UNIT, timestamp: NOW_S - 999 }), LEAF),
        {},
      ],
    ];
    expect(rows.map(([, beacon, arrival]) => refusalOf(beacon, arrival))).toEqual(
      rows.map(([refusal]) => refusal),
    );
  });
});
