/**
 * What hostile ASes and hosts can send a control service: mutated messages, packets of calls, and frames. Each ends in
 * an answer or a named drop.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import type { SigningKey } from '../../engine/host/signatures.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import type { Listener, Stream, StreamHandlers } from '../../engine/host/stream.ts';
import type { Timer } from '../../engine/host/time.ts';
import { decodeProtobuf, encodeProtobuf } from '../../nodes/_kit/protobuf.ts';
import { type EntrySigner, SegmentExtender } from '../../nodes/control-service/beacons/extender.ts';
import type { ControlEffect } from '../../nodes/control-service/control-effects.ts';
import { Level1Exchange } from '../../nodes/control-service/drkey/level1-exchange.ts';
import { CONTROL_DROP_REASONS } from '../../nodes/control-service/drops.ts';
import { CANDIDATES_MAX } from '../../nodes/control-service/geometry.ts';
import { HostStreams } from '../../nodes/control-service/host-streams.ts';
import { RPC_CALLS_PER_AS_MAX } from '../../nodes/control-service/rpc/geometry.ts';
import { decodeRpcPacket, encodeRpcPacket } from '../../nodes/control-service/rpc/packet.ts';
import { CONTROL_METHODS, controlRequest, encodeBeacon } from '../../nodes/control-service/wire.ts';
import {
  drkeyEpochAt,
  emptySignedSegment,
  encodeHostKeyAnswer,
  encodeHostKeyRequest,
  encodeSegmentFrame,
  encodeSegments,
  encodeSegmentsRequest,
  type IsdAs,
  SegmentClient,
  type SignedSegment,
  type StaticInfo,
} from '../../nodes/scion/index.ts';
import {
  makeExtensionsMessage,
  readStaticInfo,
  SEGMENT_EXTENSIONS,
} from '../../nodes/scion/paths/static-info.ts';
import { memoryHeld } from '../memory.ts';
import {
  type Coming,
  type Handed,
  JoinedServices,
} from '../unit/nodes/control-service/joined-services.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  crypto,
  drkeysOf,
  FAR,
  hopsOf,
  LEAF,
  MIDDLE,
  NOW_S,
  signingKeyOf,
  surroundingsOf,
} from '../unit/nodes/control-service/small-network.ts';
import { mutate } from './mutate.ts';

const SEED = 20_261_128;
const MS = 1_000_000;
const MIB = 1_048_576;
/** So often an input comes that the calls of ten seconds stay below the limit of an AS. */
const PACE_NS = 25 * MS;
const nothing = (): void => undefined;
const NONE = { ups: [], cores: [], downs: [] };
/** What inputs may leave behind, at most: stores, calls and hashes of verified prefixes are bounded. */
const GROWTH_MAX = 8 * MIB;

/** How many inputs ended in each reason, or in `answered`. */
export type Outcomes = ReadonlyMap<string, number>;

/** Counts outcomes, and checks that drops have names. */
export class Counted {
  readonly outcomes = new Map<string, number>();

  add(outcome: string): void {
    if (outcome !== 'answered' && !(outcome in CONTROL_DROP_REASONS)) expect.fail(outcome);
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  addDrops(drops: readonly { readonly reason: string }[]): void {
    for (const { reason } of drops) this.add(reason);
  }
}

/** Runs `each` so often, and checks that no more is held than after the first tenth, but for what is bounded. */
export function repeat(inputs: number, each: (index: number) => void): void {
  const warmUp = Math.floor(inputs / 10);
  for (let index = 0; index < warmUp; index += 1) each(index);
  const before = memoryHeld().heapUsed;
  for (let index = warmUp; index < inputs; index += 1) each(index);
  expect(memoryHeld().heapUsed - before).toBeLessThan(GROWTH_MAX);
}

/** MIDDLE asks CORE_A for a level 1 key. */
function levelOneRequest(): Uint8Array {
  const exchange = new Level1Exchange({
    ...{ own: MIDDLE, crypto, drkeys: drkeysOf(MIDDLE) },
    key: (): SigningKey => signingKeyOf(MIDDLE),
    seconds: (): number => NOW_S,
    randomBytes: (length): Uint8Array => new Uint8Array(length).fill(7),
    isSignedBy: (): boolean => false,
  });
  return exchange.ask(CORE_A, drkeyEpochAt(NOW_S)).message;
}

/** Something of everything that can be announced. */
const STATIC_INFO: StaticInfo = {
  latencyUs: { intra: new Map([[1, 200]]), inter: new Map([[3, 5_000]]) },
  bandwidthKbps: { intra: new Map([[1, 10_000_000]]), inter: new Map([[3, 1_000_000]]) },
  carbon: { intra: new Map([[1, 3]]), inter: new Map([[3, 40]]) },
  geo: new Map([[3, { latitude: 47.4, longitude: 8.5, address: 'Universitaetstrasse 6' }]]),
  linkTypes: new Map([[3, 1]]),
  internalHops: new Map([[1, 2]]),
  note: 'announced',
};

/** A beacon of CORE_A that announces {@link STATIC_INFO}. */
function announcingBeacon(): SignedSegment {
  const { mtu, interfaces } = surroundingsOf(CORE_A);
  const keyId = { isdAs: CORE_A, subjectKeyId: new Uint8Array(0), trcBase: 0, trcSerial: 0 };
  const extender = new SegmentExtender({
    ...{ isdAs: CORE_A, mtu, interfaces, expTime: 63 },
    ...{ hops: hopsOf(CORE_A), seconds: (): number => NOW_S },
    signer: (): EntrySigner => ({ key: signingKeyOf(CORE_A), keyId }),
    announced: (): StaticInfo => STATIC_INFO,
  });
  return extender.extend(emptySignedSegment(9, NOW_S), 0, 3);
}

/** Messages, and how they come. */
export type Messages = readonly (readonly [Coming, Uint8Array])[];

const GENUINE: Messages = [
  ...[beaconOver(CORE_A, [3]), beaconOver(CORE_A, [3], { segmentId: 7 }), announcingBeacon()].map(
    (beacon) =>
      [
        { from: CORE_A, to: MIDDLE, ingress: 1 },
        controlRequest('beacon', encodeBeacon(beacon)),
      ] as const,
  ),
  [
    { from: CORE_A, to: CORE_B, ingress: 1 },
    controlRequest('beacon', encodeBeacon(beaconOver(CORE_A, [1]))),
  ],
  [
    { from: LEAF, to: CORE_A, ingress: 0 },
    controlRequest(
      'register',
      encodeSegments({
        ...NONE,
        downs: [
          [3, 3, 0],
          [3, 0],
        ].map((over) => beaconOver(CORE_A, over)),
      }),
    ),
  ],
  [{ from: MIDDLE, to: CORE_A, ingress: 0 }, controlRequest('level1', levelOneRequest())],
  ...['2-0', MIDDLE].map(
    (target) =>
      [
        { from: LEAF, to: CORE_A, ingress: 0 },
        controlRequest(
          'segments',
          encodeSegmentsRequest({ source: CORE_A, target: target as IsdAs }),
        ),
      ] as const,
  ),
];

/** Why a packet was dropped or its message refused; undefined if neither. */
function reasonOf(effects: readonly ControlEffect[]): string | undefined {
  const drop = effects.find((effect) => effect.kind === 'drop');
  return drop?.kind === 'drop' ? drop.reason : undefined;
}

/** How the call of a message was answered: `0` done, `1` refused; undefined if it was not. */
function answerOf(effects: readonly ControlEffect[]): number | undefined {
  for (const effect of effects) {
    const packet = effect.kind === 'send' ? decodeRpcPacket(effect.bytes) : undefined;
    if (typeof packet === 'object' && packet.isAnswer) return packet.fragment?.data[0];
  }
  return undefined;
}

/** Messages, mutated, each in one packet of a call. */
export function fuzzMessages(
  inputs: number,
  joined: JoinedServices = new JoinedServices([CORE_A, CORE_B, MIDDLE], { fastRecovery: false }),
  messages: Messages = GENUINE,
): Outcomes {
  const random = openRandomStream(SEED, 'control', 'messages');
  const counted = new Counted();
  repeat(inputs, (callId) => {
    joined.runTo((joined.nowNs + PACE_NS) / 1e9);
    const [coming, genuine] = messages[random.below(messages.length)]!;
    const message = mutate(genuine, random, { header: 24, types: 5 });
    const head = { callId, isAnswer: false, number: 0, room: 1_200, ack: undefined };
    const fragment = { index: 0, count: 1, data: message };
    const packet = encodeRpcPacket({ ...head, isOver: false, fragment });
    const ingress = random.below(20) === 0 ? random.below(4) : coming.ingress;
    const effects = joined.hand({ ...coming, ingress }, packet);
    const reason = reasonOf(effects);
    if (reason === undefined) counted.add('answered');
    counted.addDrops(joined.drops.splice(0));
    // A message is answered, unless it is none; and what is refused has a name.
    const answer = message.length === 0 ? undefined : reason === undefined ? 0 : 1;
    // A request for a certificate may have to wait for another one.
    const isWaiting = message[0] === CONTROL_METHODS.renew && answerOf(effects) === undefined;
    if (!isWaiting) expect(answerOf(effects)).toBe(answer);
    // Most callers have their answer then; for others the call goes on until its end.
    const over = encodeRpcPacket({ ...head, isOver: true, fragment: undefined });
    if (random.below(10) > 0) joined.hand(coming, over);
  });
  for (const isdAs of joined.services.keys()) expectBounded(joined, isdAs);
  return counted.outcomes;
}

function expectBounded(joined: JoinedServices, isdAs: IsdAs): void {
  const { beacons, segments, registered, calls } = joined.status(isdAs);
  for (const size of [beacons, segments, registered]) {
    expect(size).toBeLessThanOrEqual(4 * CANDIDATES_MAX);
  }
  const { made, answered } = calls as { readonly made: number; readonly answered: number };
  const neighbours = surroundingsOf(isdAs).interfaces.size + 2;
  expect(made + answered).toBeLessThanOrEqual(RPC_CALLS_PER_AS_MAX * neighbours);
}

/** What an AS announces, mutated before it signs, as the entry's reader sees it: an announcement, or none that may be. */
function fuzzStaticInfo(inputs: number): Readonly<Record<'read' | 'refused', number>> {
  const random = openRandomStream(SEED, 'control', 'static-info');
  const genuine = encodeProtobuf(
    SEGMENT_EXTENSIONS,
    makeExtensionsMessage(STATIC_INFO, undefined)!,
  );
  const ended = { read: 0, refused: 0 };
  repeat(inputs, () => {
    const read = decodeProtobuf(SEGMENT_EXTENSIONS, mutate(genuine, random, { header: 30 }));
    const info = typeof read === 'string' ? read : readStaticInfo(read);
    ended[typeof info === 'string' ? 'refused' : 'read'] += 1;
    if (typeof info !== 'object') return;
    // What is read is bounded, whoever said it.
    for (const ifId of [...info.geo.keys(), ...info.latencyUs.inter.keys()]) {
      expect(ifId).toBeLessThanOrEqual(0xffff);
    }
    expect(info.note.length).toBeLessThanOrEqual(1_024);
  });
  return ended;
}

/** Packets of calls as services exchange them, mutated, to the service that they were for. */
function fuzzPackets(inputs: number): Outcomes {
  const random = openRandomStream(SEED, 'control', 'packets');
  const seen: Handed[] = [];
  const joined = new JoinedServices();
  joined.onWay = (packet): Uint8Array => {
    if (seen.length < 2_000) seen.push(packet);
    return packet.bytes;
  };
  joined.runTo(6);
  joined.find(LEAF, FAR);
  const counted = new Counted();
  repeat(inputs, () => {
    joined.runTo((joined.nowNs + PACE_NS / 10) / 1e9);
    const { from, to, bytes } = seen[random.below(seen.length)]!;
    const interfaces = [...surroundingsOf(to).interfaces.values()];
    const ingress = interfaces.find(({ neighbour }) => neighbour === from)?.ifId ?? 0;
    const mutated = mutate(bytes, random, { header: 40, types: 3 });
    counted.add(reasonOf(joined.hand({ from, to, ingress }, mutated)) ?? 'answered');
    joined.drops.length = 0;
  });
  for (const isdAs of joined.services.keys()) expectBounded(joined, isdAs);
  return counted.outcomes;
}

/** Services of which a tenth of the packets are mutated on their way, so that answers are as well; and afterwards none. */
function fuzzNetwork(packets: number): Outcomes {
  const random = openRandomStream(SEED, 'control', 'network');
  const joined = new JoinedServices();
  const counted = new Counted();
  let count = 0;
  joined.onWay = ({ bytes }): Uint8Array => {
    count += 1;
    return random.below(10) === 0 ? mutate(bytes, random, { header: 40 }) : bytes;
  };
  while (count < packets) {
    const ases = [LEAF, FAR, CORE_B];
    const source = ases[random.below(3)]!;
    const target = ases[random.below(3)]!;
    if (source !== target) joined.find(source, target);
    joined.runTo(joined.nowNs / 1e9 + 1);
  }
  counted.addDrops(joined.drops);
  joined.onWay = ({ bytes }): Uint8Array => bytes;
  joined.runTo(joined.nowNs / 1e9 + 20);
  expect(joined.find(LEAF, FAR).downs.length).toBeGreaterThan(0);
  for (const isdAs of joined.services.keys()) expectBounded(joined, isdAs);
  return counted.outcomes;
}

/** A stream of which the test is the other end. */
class OneStream implements Stream {
  readonly local = 1 as Endpoint;
  readonly remote = 2 as Endpoint;
  readonly written: Uint8Array[] = [];
  isOver = false;
  #handlers: StreamHandlers | undefined;

  handle(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  write(bytes: Uint8Array): 'sent' {
    this.written.push(bytes.slice());
    return 'sent';
  }

  end(): void {
    this.reset();
  }

  reset(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#handlers?.onClose?.('reset');
  }

  setPaused(): void {
    throw new Error('nobody pauses');
  }

  secure(): void {
    throw new Error('nobody secures');
  }

  /** The bytes come in parts, as streams deliver them. */
  come(bytes: Uint8Array, random: RandomStream): void {
    for (let at = 0; at < bytes.length && !this.isOver; ) {
      const length = Math.min(bytes.length - at, 1 + random.below(40));
      this.#handlers?.onData(bytes, at, length);
      at += length;
    }
  }
}

/** Requests of hosts of the AS, mutated. */
function fuzzHostFrames(inputs: number): Outcomes {
  const random = openRandomStream(SEED, 'control', 'hosts');
  const counted = new Counted();
  let accept: (stream: Stream) => void = nothing;
  const found = { ...NONE, ups: [beaconOver(CORE_A, [3, 3, 0])] };
  const key = { epochBegin: 0, key: new Uint8Array(16) };
  const answers = [encodeSegments(found), encodeHostKeyAnswer(key), encodeHostKeyAnswer(undefined)];
  const host = {
    drop: (reason: string): void => counted.add(reason),
    listen: (_: unknown, onStream: (stream: Stream) => void): Listener => {
      accept = onStream;
      return { local: 1 as Endpoint, close: nothing };
    },
    endpointOf: (): { address: string; port: number } => ({ address: '10.0.0.9', port: 5 }),
    log: { debug: nothing, info: nothing, warn: nothing },
  };
  new HostStreams(host, {
    segments: (_, done): void => done({ segments: found, revoked: [] }),
    key: (_, { seconds }, done): void => {
      done(seconds % 2 === 0 ? undefined : key);
    },
    takeReport: nothing,
  }).start();
  const open = (): OneStream => {
    const stream = new OneStream();
    accept(stream);
    return stream;
  };
  const requests = [
    encodeSegmentsRequest({ source: LEAF, target: FAR }),
    encodeHostKeyRequest({ owner: FAR, seconds: NOW_S + 1 }),
  ];
  let stream = open();
  repeat(inputs, (index) => {
    const frame = encodeSegmentFrame(index, requests[index % 2]!);
    stream.come(mutate(frame, random, { header: 10 }), random);
    for (const bytes of stream.written.splice(0)) {
      const isKnown = answers.some((one) => Buffer.compare(bytes.subarray(8), one) === 0);
      counted.add(isKnown ? 'answered' : 'another answer');
    }
    // What follows a frame that was cut or lengthened is read at the wrong place, as by any reader.
    if (stream.isOver || random.below(4) === 0) {
      stream.reset();
      stream = open();
    }
  });
  return counted.outcomes;
}

/** Answers to a host, mutated: each of its requests ends once. */
function fuzzHostAnswers(inputs: number): Readonly<Record<'found' | 'failed', number>> {
  const random = openRandomStream(SEED, 'control', 'answers');
  const ended = { found: 0, failed: 0 };
  const timers = new Set<() => void>();
  let stream = new OneStream();
  const host = {
    after: (_: number, fire: () => void): Timer => {
      timers.add(fire);
      const cancel = (): void => void timers.delete(fire);
      return { isPending: true, rearm: nothing, cancel };
    },
    connect: (_: unknown, done: (opened: Stream) => void): void => {
      stream = new OneStream();
      done(stream);
    },
    endpoint: (): Endpoint => 1 as Endpoint,
  };
  const client = new SegmentClient(host, '10.0.0.1');
  const segments = encodeSegments({ ...NONE, ups: [beaconOver(CORE_A, [3, 3, 0])] });
  let asked = 0;
  repeat(inputs, () => {
    client.find({ source: LEAF, target: FAR }, (answer) => {
      ended[answer === undefined ? 'failed' : 'found'] += 1;
    });
    asked += 1;
    const number = stream.written.at(-1)!.subarray(4, 8);
    const answer = encodeSegmentFrame(0, segments);
    answer.set(number, 4);
    stream.come(mutate(answer, random, { header: 20 }), random);
    stream.written.length = 0;
    // Sometimes the answer does not come in time, or the control service is gone.
    if (random.below(8) === 0) for (const fire of [...timers]) fire();
    if (random.below(8) === 0) stream.reset();
  });
  for (const fire of [...timers]) fire();
  expect(ended.found + ended.failed).toBe(asked);
  expect(timers.size).toBe(0);
  return ended;
}

/** Declares the tests with so many inputs of each kind. */
export function describeControlServiceFuzz(inputs: number): void {
  describe(`${inputs} mutated inputs of a control service are answered or dropped by name`, () => {
    it('as beacons, registrations and requests', () => {
      expect([...fuzzMessages(inputs).keys()]).toEqual(
        expect.arrayContaining([
          'answered',
          'request-malformed',
          'beacon-malformed',
          'beacon-interface',
          'beacon-neighbour',
          'beacon-expired',
          'signature-invalid',
          'signature-key',
          'key-malformed',
          'key-signature',
        ]),
      );
    });

    it('as announcements', () => {
      const { read, refused } = fuzzStaticInfo(inputs);
      expect(read + refused).toBe(inputs);
      expect(Math.min(read, refused)).toBeGreaterThan(inputs / 20);
    });

    it('as packets of calls', () => {
      expect([...fuzzPackets(inputs).keys()]).toEqual(
        expect.arrayContaining([
          'answered',
          'rpc-truncated',
          'rpc-version',
          'rpc-malformed',
          'rpc-late',
          'signature-invalid',
        ]),
      );
    });

    it('as answers and acknowledgements, and services recover when the mutations end', () => {
      expect([...fuzzNetwork(inputs / 2).keys()]).toEqual(
        expect.arrayContaining(['rpc-malformed', 'rpc-ack', 'rpc-late', 'signature-invalid']),
      );
    });

    it('as frames of hosts', () => {
      expect([...fuzzHostFrames(inputs).keys()].toSorted()).toEqual(['answered', 'host-request']);
    });

    it('as answers to hosts, whose requests end once each', () => {
      const { found, failed } = fuzzHostAnswers(inputs);
      expect(Math.min(found, failed)).toBeGreaterThan(inputs / 10);
    });
  });
}
