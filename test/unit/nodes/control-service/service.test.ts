/** Whole control services that exchange beacons, registrations and segments. */
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../../nodes/_kit/bytes.ts';
import { signEntry } from '../../../../nodes/control-service/beacons/signatures.ts';
import { RPC_MESSAGE_BYTES_MAX } from '../../../../nodes/control-service/rpc/geometry.ts';
import { encodeRpcPacket } from '../../../../nodes/control-service/rpc/packet.ts';
import { controlRequest, encodeBeacon } from '../../../../nodes/control-service/wire.ts';
import {
  appendSignedEntry,
  combineSegmentsIntoPaths,
  emptySignedSegment,
  encodeSegments,
  formatInterface,
  type IsdAs,
  plainSegments,
  type SegmentsByRole,
  type SignedSegment,
} from '../../../../nodes/scion/index.ts';
import { type Coming, type Handed, JoinedServices } from './joined-services.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  CORE_C,
  crypto,
  FAR,
  LEAF,
  MIDDLE,
  NOW_S,
  signingKeyOf,
} from './small-network.ts';

const NONE = { ups: [], cores: [], downs: [] };

/** The ASes of what was found, by role. */
function routes({ ups, cores, downs }: SegmentsByRole): Readonly<Record<string, string[]>> {
  const of = (all: readonly SignedSegment[]): string[] =>
    all.map(({ segment }) => segment.entries.map(({ isdAs }) => isdAs).join(' '));
  return { ups: of(ups), cores: of(cores), downs: of(downs) };
}

function paths(source: IsdAs, target: IsdAs, segments: SegmentsByRole): string[] {
  const found = combineSegmentsIntoPaths({ ...plainSegments(segments), source, target, crypto });
  return found.map(({ interfaces }) => interfaces.map(formatInterface).join(' '));
}

const flippedAt = (bytes: Uint8Array, at: number): Uint8Array => {
  const changed = bytes.slice();
  changed.set([changed.at(at)! ^ 1], (at + bytes.length) % bytes.length);
  return changed;
};

describe('control services', () => {
  it('discover segments hop by hop, and register them where they begin', () => {
    const joined = new JoinedServices([CORE_A, MIDDLE, LEAF]).runTo(3);
    expect([MIDDLE, LEAF].map((isdAs) => joined.status(isdAs)['segments'])).toEqual([1, 1]);
    expect(joined.status(CORE_A)).toMatchObject({ registered: 2, beacons: 0 });
    expect(routes(joined.find(LEAF, CORE_A))).toEqual({
      ...NONE,
      ups: [`${CORE_A} ${MIDDLE} ${LEAF}`],
    });
    expect(routes(joined.find(CORE_A, LEAF))).toEqual({
      ...NONE,
      downs: [`${CORE_A} ${MIDDLE} ${LEAF}`],
    });
    expect(joined.drops).toEqual([]);
  });

  it('find the path that a packet needs, from below the core of one ISD to below that of another', () => {
    const joined = new JoinedServices().runTo(6);
    expect(joined.drops).toEqual([]);
    const segments = joined.find(LEAF, FAR);
    const found = paths(LEAF, FAR, segments);
    expect(found).toContain(
      `${LEAF}#1 ${MIDDLE}#3 ${MIDDLE}#1 ${CORE_A}#3 ${CORE_A}#2 ${CORE_C}#2 ${CORE_C}#3 ${FAR}#1`,
    );
    // Over the peering link as well.
    expect(found).toContain(`${LEAF}#1 ${MIDDLE}#3 ${MIDDLE}#4 ${FAR}#4`);
    expect(paths(FAR, LEAF, joined.find(FAR, LEAF))).toHaveLength(found.length);
    const answers = joined.status(LEAF)['answers'] as { of: string }[];
    expect(answers.map(({ of }) => of).toSorted()).toEqual([
      `${CORE_A} 2-0`,
      `${CORE_B} 2-0`,
      `${CORE_C} ${FAR}`,
    ]);
  });

  it('R-032: keep what they know fresh, and do not hold more from round to round', () => {
    const joined = new JoinedServices([CORE_A, CORE_B, MIDDLE]).runTo(6);
    const sizes = (): unknown =>
      [CORE_A, CORE_B, MIDDLE].map((isdAs) => {
        const { beacons, segments, registered, calls } = joined.status(isdAs);
        return { beacons, segments, registered, calls };
      });
    const before = sizes();
    const { timestamp } = joined.find(MIDDLE, CORE_A).ups[0]!.segment;
    joined.runTo(61);
    expect(sizes()).toEqual(before);
    expect(joined.find(MIDDLE, CORE_A).ups[0]!.segment.timestamp).toBeGreaterThan(timestamp + 45);
  });

  it('count what they send, take and register', () => {
    const joined = new JoinedServices([CORE_A, MIDDLE]).runTo(4);
    const counts = (isdAs: IsdAs): number[] =>
      ['beacons_sent', 'beacons_received', 'registrations', 'calls_failed'].map((name) =>
        joined.count(isdAs, `control.${name}`),
      );
    // Interfaces 1 and 2 lead to nobody, LEAF does not answer.
    expect(counts(CORE_A)).toEqual([3, 0, 0, 0]);
    expect(counts(MIDDLE)).toEqual([1, 1, 1, 0]);
    joined.runTo(5.9);
    expect(counts(CORE_A).at(-1)).toBe(2);
  });

  it('find paths again over another link when one is cut', () => {
    const joined = new JoinedServices([CORE_A, CORE_B, MIDDLE], { expiry: 0 }).runTo(6);
    expect(joined.find(MIDDLE, CORE_A).ups).toHaveLength(2);
    joined.onWay = ({ from, to, bytes }): Uint8Array | undefined =>
      [from, to].includes(CORE_A) && [from, to].includes(MIDDLE) ? undefined : bytes;
    joined.runTo(360);
    const left = joined.find(MIDDLE, CORE_A);
    expect(routes(left)).toEqual({
      ...NONE,
      ups: [`${CORE_B} ${MIDDLE}`],
      cores: [`${CORE_A} ${CORE_B}`],
    });
    expect(paths(MIDDLE, CORE_A, left)).toHaveLength(1);
    // What has expired is forgotten.
    expect(joined.status(MIDDLE)['segments']).toBe(1);
  });
});

describe('an interface that a router says is down', () => {
  const down = { isdAs: CORE_A, ifId: 3 };
  const BY = 'SCMP from 1-1';

  it('is the reason why answers to hosts lack segments, until a beacon passes it', () => {
    const joined = new JoinedServices([CORE_A, CORE_B, MIDDLE]).runTo(6.9);
    const revoked = (): string[] => joined.findAll(MIDDLE, CORE_B).revoked.map(formatInterface);
    expect(revoked()).toEqual([]);
    joined.step(MIDDLE, { kind: 'interface-down', ...down, by: BY });
    expect(joined.status(MIDDLE)['revoked']).toEqual([
      { of: formatInterface(down), by: BY, ageNs: 0 },
    ]);
    expect(revoked()).toEqual([formatInterface(down)]);
    expect(routes(joined.find(MIDDLE, CORE_A))).toEqual({
      ups: [`${CORE_B} ${MIDDLE}`],
      cores: [`${CORE_A} ${CORE_B}`],
      downs: [],
    });
    // The next round begins at most five seconds later; the beacon is signed when it leaves.
    joined.runTo(12.9);
    expect(joined.status(MIDDLE)['revoked']).toEqual([]);
    expect(revoked()).toEqual([]);
  });

  it('withholds nothing while a network starts', () => {
    const joined = new JoinedServices([CORE_A, MIDDLE]);
    joined.step(MIDDLE, { kind: 'interface-down', ...down, by: BY });
    joined.runTo(3);
    const { segments, revoked } = joined.findAll(MIDDLE, CORE_A);
    expect([segments.ups.length, revoked]).toEqual([1, []]);
  });
});

describe('an answer that would be too long', () => {
  /** A segment from CORE_A to LEAF, of some 16 kB. */
  function longSegment(ifId: number): SignedSegment {
    let segment = emptySignedSegment(1, NOW_S);
    for (const [index, isdAs] of [CORE_A, LEAF].entries()) {
      const isLast = index === 1;
      const consEgress = isLast ? 0 : ifId;
      const hop = { consIngress: index, consEgress, expTime: 63, mac: new Uint8Array(6) };
      const peer = { peer: FAR, peerIfId: 4, mtu: 1_400, hop: { ...hop, consIngress: 4 } };
      const peers = Array.from({ length: 200 }, () => peer);
      const entry = { isdAs, mtu: 1_400, ingressMtu: 1_400, hop, peers };
      const next = isLast ? undefined : LEAF;
      const keyId = { isdAs, subjectKeyId: new Uint8Array(0), trcBase: 0, trcSerial: 0 };
      segment = appendSignedEntry(segment, { entry, next, keyId, signedSeconds: NOW_S }, (input) =>
        signEntry(signingKeyOf(isdAs), input),
      );
    }
    return segment;
  }

  it('has as many segments as fit', () => {
    const joined = new JoinedServices([CORE_A, MIDDLE]).runTo(3);
    for (let ifId = 1; ifId <= 35; ifId += 1) {
      const message = controlRequest(
        'register',
        encodeSegments({ ...NONE, downs: [longSegment(ifId)] }),
      );
      expect(joined.tell({ from: LEAF, to: CORE_A, ingress: 0 }, message)).toEqual([]);
    }
    const { downs } = joined.find(MIDDLE, LEAF);
    const answer = encodeSegments({ ...NONE, downs });
    expect(answer.length).toBeLessThan(RPC_MESSAGE_BYTES_MAX);
    expect(answer.length).toBeGreaterThan(0.9 * RPC_MESSAGE_BYTES_MAX);
    expect(downs.length).toBeLessThan(35);
  });
});

describe('what comes changed is dropped by name:', () => {
  /** The drops at MIDDLE when what CORE_A sends it changes on the way. */
  function dropsOf(change: (packet: Handed) => Uint8Array): {
    readonly reasons: ReadonlySet<string>;
    readonly joined: JoinedServices;
  } {
    const joined = new JoinedServices([CORE_A, MIDDLE]);
    // Beacons are longer than acknowledgements.
    joined.onWay = (packet): Uint8Array =>
      packet.to === MIDDLE && packet.bytes.length > 100 ? change(packet) : packet.bytes;
    joined.runTo(3);
    return { reasons: new Set(joined.dropsAt(MIDDLE)), joined };
  }

  it('a beacon of which a bit of the signature has changed', () => {
    const { reasons, joined } = dropsOf(({ bytes }) => flippedAt(bytes, -1));
    expect([...reasons]).toEqual(['signature-invalid']);
    expect(joined.count(MIDDLE, 'control.beacons_received')).toBe(0);
    expect(joined.count(CORE_A, 'control.calls_failed')).toBeGreaterThan(0);
    expect(joined.status(MIDDLE)).toMatchObject({ beacons: 0, segments: 0 });
  });

  it('a packet of another version', () => {
    expect([...dropsOf(({ bytes }) => flippedAt(bytes, 0)).reasons]).toEqual(['rpc-version']);
  });

  it('an answer that is none, and one that is signed wrongly', () => {
    const joined = new JoinedServices().runTo(6);
    const { onWay } = joined;
    const drops = (change: (bytes: Uint8Array) => Uint8Array): string[] => {
      const before = joined.drops.length;
      // Answers are longer than acknowledgements.
      joined.onWay = (packet): Uint8Array | undefined =>
        packet.to === LEAF && packet.from !== MIDDLE && packet.bytes.length > 100
          ? change(packet.bytes)
          : onWay(packet);
      expect(joined.find(LEAF, FAR)).toEqual(NONE);
      return [...new Set(joined.drops.slice(before).map(({ reason }) => reason))];
    };
    expect(drops((bytes) => flippedAt(bytes, -1))).toContain('signature-invalid');
    expect(drops((bytes) => concatBytes(bytes.subarray(0, -1)))).toContain('answer-malformed');
    joined.onWay = onWay;
    expect(joined.find(LEAF, FAR).downs).toHaveLength(1);
  });
});

describe('a message is refused by name:', () => {
  const fromParent: Coming = { from: CORE_A, to: MIDDLE, ingress: 1 };
  const beacon = (one: SignedSegment): Uint8Array => controlRequest('beacon', encodeBeacon(one));
  const register = (...downs: readonly SignedSegment[]): Uint8Array =>
    controlRequest('register', encodeSegments({ ...NONE, downs }));
  const signedByOther = (one: SignedSegment): SignedSegment => ({
    ...one,
    signed: one.signed.map((entry) => ({ ...entry, signature: entry.signature.toReversed() })),
  });
  const joined = new JoinedServices([CORE_A, MIDDLE, LEAF], { candidates: 1, maxHops: 4 });
  const rows: readonly (readonly [string, Coming, Uint8Array])[] = [
    ['request-malformed', fromParent, Uint8Array.of(0)],
    ['request-malformed', fromParent, Uint8Array.of(9, 1, 2)],
    ['request-malformed', fromParent, controlRequest('segments', Uint8Array.of(0xff))],
    ['request-malformed', fromParent, controlRequest('register', Uint8Array.of(0xff))],
    ['beacon-malformed', fromParent, controlRequest('beacon', Uint8Array.of(0xff))],
    ['beacon-malformed', fromParent, controlRequest('beacon', new Uint8Array(0))],
    // Over a path that is not one-hop, even from the neighbour.
    ['beacon-interface', { ...fromParent, ingress: 0 }, beacon(beaconOver(CORE_A, [3]))],
    ['beacon-loop', { from: LEAF, to: MIDDLE, ingress: 3 }, beacon(beaconOver(CORE_A, [3, 3]))],
    [
      'beacon-too-long',
      { from: MIDDLE, to: LEAF, ingress: 1 },
      beacon(beaconOver(CORE_C, [1, 1, 3, 3])),
    ],
    ['beacon-relation', { from: LEAF, to: MIDDLE, ingress: 3 }, beacon(beaconOver(LEAF, [1]))],
    ['beacon-neighbour', fromParent, beacon(beaconOver(CORE_A, [2]))],
    ['beacon-future', fromParent, beacon(beaconOver(CORE_A, [3], { timestamp: NOW_S + 338 }))],
    ['beacon-expired', fromParent, beacon(beaconOver(CORE_A, [3], { timestamp: NOW_S - 99_999 }))],
    ['signature-invalid', fromParent, beacon(signedByOther(beaconOver(CORE_A, [3])))],
    // A core AS is told of segments that begin there and end.
    [
      'segment-invalid',
      { from: LEAF, to: CORE_A, ingress: 0 },
      register(beaconOver(CORE_B, [3, 0])),
    ],
    ['segment-invalid', { from: LEAF, to: CORE_A, ingress: 0 }, register(beaconOver(CORE_A, [3]))],
    [
      'segment-invalid',
      { from: LEAF, to: MIDDLE, ingress: 0 },
      register(beaconOver(MIDDLE, [3, 0])),
    ],
    [
      'signature-invalid',
      { from: LEAF, to: CORE_A, ingress: 0 },
      register(signedByOther(beaconOver(CORE_A, [3, 0]))),
    ],
  ];

  it.each(rows)('%s (row %#)', (reason, coming, message) => {
    expect(joined.tell(coming, message)).toEqual([reason]);
  });

  it('but none that is right', () => {
    const one = new JoinedServices([CORE_A, MIDDLE]);
    expect(one.tell(fromParent, beacon(beaconOver(CORE_A, [3])))).toEqual([]);
    expect(one.status(MIDDLE)['beacons']).toBe(1);
    const fromLeaf = { from: LEAF, to: CORE_A, ingress: 0 };
    expect(one.tell(fromLeaf, register(beaconOver(CORE_A, [3, 3, 0])))).toEqual([]);
    expect(one.status(CORE_A)['registered']).toBe(1);
  });

  it('beacons-full, when there is no room', () => {
    const short = beacon(beaconOver(CORE_A, [3]));
    expect(joined.tell(fromParent, short)).toEqual([]);
    const long = { from: CORE_B, to: MIDDLE, ingress: 2 };
    expect(joined.tell(long, beacon(beaconOver(CORE_A, [1, 3])))).toEqual(['beacons-full']);
    expect(joined.status(MIDDLE)['beacons']).toBe(1);
  });

  it('rpc-late, when it answers what nobody asked', () => {
    const head = { callId: 5, isAnswer: true, isOver: false, number: 0, room: 1_200 };
    const fragment = { index: 0, count: 1, data: Uint8Array.of(0) };
    const bytes = encodeRpcPacket({ ...head, ack: undefined, fragment });
    const effects = joined.hand(fromParent, bytes);
    expect(effects.map(({ kind }) => kind)).toEqual(['send', 'drop']);
    expect(effects[1]).toEqual({ kind: 'drop', reason: 'rpc-late' });
  });
});
