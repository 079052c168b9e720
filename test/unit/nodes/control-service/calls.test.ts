/** What becomes of calls when somebody says that their way is dead. */
import { beforeEach, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import { ControlCalls } from '../../../../nodes/control-service/calls.ts';
import { Revocations } from '../../../../nodes/control-service/lookup/revocations.ts';
import { NO_SEGMENTS } from '../../../../nodes/control-service/lookup/segment-sets.ts';
import { decodeRpcPacket, encodeRpcPacket } from '../../../../nodes/control-service/rpc/packet.ts';
import {
  type ControlWay,
  type QuotedPacket,
  WayMaker,
} from '../../../../nodes/control-service/ways.ts';
import { controlRequest } from '../../../../nodes/control-service/wire.ts';
import {
  type IsdAs,
  requireHostAddress,
  type SignedSegment,
} from '../../../../nodes/scion/index.ts';
import { encodeSegmentsRequest } from '../../../../nodes/scion/paths/segment-messages.ts';
import type { SegmentedPath } from '../../../../nodes/scion/wire/path.ts';
import { type Handed, JoinedServices } from './joined-services.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  CORE_C,
  crypto,
  FAR,
  hopsOf,
  LEAF,
  MIDDLE,
  NOW_S,
  surroundingsOf,
} from './small-network.ts';

/** Who says that interfaces are down. */
const BY = 'SCMP from 1-ff00:0:1';

const ASES = [CORE_A, CORE_B, CORE_C, MIDDLE, FAR];

/** Both ways from MIDDLE to CORE_C pass one of these. */
const OUT_OF = new Map([
  [CORE_A, { isdAs: CORE_A, ifId: 2 }],
  [CORE_B, { isdAs: CORE_B, ifId: 2 }],
]);

function passes({ interfaces }: ControlWay, core: IsdAs): boolean {
  return interfaces.some(({ isdAs }) => isdAs === core);
}

/** The first router of another AS quotes a packet: it has moved the pointer and chained a segment id. */
function quoteOf({ to, way, bytes }: Handed): QuotedPacket {
  const path = way.path as SegmentedPath;
  const infos = path.infos.map((info) => ({ ...info, segmentId: info.segmentId ^ 0x5a5a }));
  return {
    ...{ isdAs: to, host: way.host, port: way.port },
    ...{ path: { ...path, infos, currentHop: 1 }, payload: bytes.subarray(0, 60) },
  };
}

let joined: JoinedServices;
beforeEach(() => {
  joined = new JoinedServices(ASES).runTo(6.9);
});

/** Hands each packet from MIDDLE to CORE_C that passes a core AS to `take`; it is lost if that says so. */
function onWayTo(take: (packet: Handed, first: IsdAs) => boolean): void {
  joined.onWay = (packet): Uint8Array | undefined => {
    const { from, to, way, bytes } = packet;
    const first = [CORE_A, CORE_B].find((core) => passes(way, core));
    const isLost = from === MIDDLE && to === CORE_C && first !== undefined && take(packet, first);
    return isLost ? undefined : bytes;
  };
}

/** How long a lookup takes, s, and whether it finds down segments. */
function lookUp(): { readonly seconds: number; readonly downs: number } {
  const startNs = joined.nowNs;
  const { downs } = joined.find(MIDDLE, FAR);
  return { seconds: (joined.nowNs - startNs) / 1e9, downs: downs.length };
}

const revoked = (): readonly { readonly of: string }[] =>
  joined.status(MIDDLE)['revoked'] as { of: string }[];

describe('a call whose way is said to be dead', () => {
  it('takes another way at once', () => {
    let dead: IsdAs | undefined;
    let lost = 0;
    onWayTo((packet, first) => {
      dead ??= first;
      if (first !== dead) return false;
      lost += 1;
      joined.step(MIDDLE, {
        ...{ kind: 'interface-down', by: BY, ...OUT_OF.get(first)!, quote: quoteOf(packet) },
      });
      return true;
    });
    expect(lookUp()).toEqual({ seconds: expect.closeTo(0.1, 5), downs: 1 });
    expect(revoked()).toHaveLength(1);
    expect(joined.dropsAt(MIDDLE)).toEqual([]);
    // What was tried in vain is over: nobody sends it again.
    const before = lost;
    joined.runTo(9);
    expect(lost).toBe(before);
  });

  it('held up the lookup for five seconds when all ways were said to be dead', () => {
    onWayTo((packet) => {
      const quote = quoteOf(packet);
      for (const item of OUT_OF.values())
        joined.step(MIDDLE, { kind: 'interface-down', by: BY, ...item, quote });
      return true;
    });
    expect(lookUp()).toEqual({ seconds: expect.closeTo(0.1, 5), downs: 0 });
  });

  it('was given up for all when a host said, without proof, that all ways are dead', () => {
    let isTold = false;
    onWayTo(() => {
      if (!isTold) {
        isTold = true;
        for (const item of OUT_OF.values())
          joined.step(MIDDLE, { kind: 'interface-down', by: 'host 127.0.0.2', ...item });
      }
      return false;
    });
    expect(lookUp().downs).toBe(1);
    expect(isTold).toBe(true);
  });

  it('was ended by one message of somebody who sees its packets: it still takes the answer of its way', () => {
    let alive: IsdAs | undefined;
    onWayTo((packet, first) => {
      const isFirst = alive === undefined;
      alive ??= first;
      if (isFirst) {
        const quote = quoteOf(packet);
        joined.step(MIDDLE, { kind: 'interface-down', by: BY, ...OUT_OF.get(first)!, quote });
      }
      return first !== alive;
    });
    expect(lookUp()).toEqual({ seconds: expect.closeTo(0.1, 5), downs: 1 });
  });

  it('makes at most three packets of one', () => {
    const sent: IsdAs[] = [];
    onWayTo((packet, first) => {
      sent.push(first);
      const quote = quoteOf(packet);
      for (const item of OUT_OF.values())
        joined.step(MIDDLE, { kind: 'interface-down', by: BY, ...item, quote });
      return true;
    });
    joined.step(MIDDLE, { kind: 'lookup', token: 7, target: FAR });
    joined.runTo(7.05);
    expect(new Set(sent).size).toBe(2);
    expect(sent.length).toBeLessThanOrEqual(3);
  });
});

describe('a message about no packet of an open call moves nothing:', () => {
  const changed: Readonly<Record<string, (quote: QuotedPacket) => QuotedPacket>> = {
    'one of another call': (quote) => {
      const packet = decodeRpcPacket(quote.payload);
      if (typeof packet === 'string') expect.fail(packet);
      const payload = encodeRpcPacket({ ...packet, callId: packet.callId ^ 1 });
      return { ...quote, payload };
    },
    'one of what the other end sends': (quote) => {
      const payload = quote.payload.slice();
      payload[1] = (payload[1] as number) | 4;
      return { ...quote, payload };
    },
    'one to another AS': (quote) => ({ ...quote, isdAs: CORE_B }),
    'one to another host': (quote) => ({ ...quote, host: requireHostAddress('10.9.9.9') }),
    'one to another port': (quote) => ({ ...quote, port: quote.port + 1 }),
    'one over another hop': (quote) => {
      const path = quote.path as SegmentedPath;
      const hops = path.hops.with(1, { ...path.hops[1]!, mac: new Uint8Array(6) });
      return { ...quote, path: { ...path, hops } };
    },
    'one over a segment of another time': (quote) => {
      const path = quote.path as SegmentedPath;
      const infos = path.infos.map((info) => ({ ...info, timestamp: info.timestamp + 1 }));
      return { ...quote, path: { ...path, infos } };
    },
    'one that is cut off before its call': (quote) => ({
      ...quote,
      payload: quote.payload.subarray(0, 17),
    }),
  };

  it.each(Object.entries(changed))('%s', (_, change) => {
    let told = 0;
    onWayTo((packet, first) => {
      told += 1;
      const item = OUT_OF.get(first)!;
      joined.step(MIDDLE, {
        kind: 'interface-down',
        by: BY,
        ...item,
        quote: change(quoteOf(packet)),
      });
      return false;
    });
    expect(lookUp().downs).toBe(1);
    expect(told).toBeGreaterThan(0);
    expect(joined.dropsAt(MIDDLE)).toEqual(Array(told).fill('scmp-quote'));
    expect(revoked()).toEqual([]);
  });

  it('one about an interface that is not on its way', () => {
    onWayTo((packet) => {
      const quote = quoteOf(packet);
      joined.step(MIDDLE, { kind: 'interface-down', by: BY, isdAs: LEAF, ifId: 1, quote });
      return false;
    });
    expect(lookUp().downs).toBe(1);
    expect(joined.dropsAt(MIDDLE)).toContain('scmp-quote');
    expect(revoked()).toEqual([]);
  });
});

describe('a control service that answers a call', () => {
  it('believed whoever asked that any interface is down, since it does not know the way back', () => {
    const message = controlRequest(
      'segments',
      encodeSegmentsRequest({ source: LEAF, target: FAR }),
    );
    const head = { callId: 77, isAnswer: false, isOver: false, number: 0, room: 1_200 };
    const fragment = { index: 0, count: 1, data: message };
    const asked = encodeRpcPacket({ ...head, ack: undefined, fragment });
    const done = joined.hand({ from: LEAF, to: MIDDLE, ingress: 0 }, asked);
    const sent = done.find((one) => one.kind === 'send') ?? expect.fail('no answer');
    const { isdAs, host, port, path } = sent.way;
    const quote = { isdAs, host, port, path, payload: sent.bytes };
    for (const item of OUT_OF.values())
      joined.step(MIDDLE, { kind: 'interface-down', by: BY, ...item, quote });
    expect(joined.dropsAt(MIDDLE)).toEqual(['scmp-quote', 'scmp-quote']);
    expect(revoked()).toEqual([]);
  });
});

it('errors of routers about a call were believed at any rate', () => {
  const told: number[] = [];
  let isTold = false;
  onWayTo((packet, first) => {
    if (isTold) return false;
    isTold = true;
    const { revocations } = joined.services.get(MIDDLE)!;
    const item = OUT_OF.get(first)!;
    for (let count = 0; count < 102; count += 1) {
      joined.step(MIDDLE, { kind: 'interface-down', by: BY, ...item, quote: quoteOf(packet) });
      told.push(revocations.list().length);
      revocations.lift([item]);
    }
    return false;
  });
  lookUp();
  expect(told).toEqual([...Array(100).fill(1), 0, 0]);
  const beyond = joined.dropsAt(MIDDLE).filter((reason) => reason === 'scmp-reports');
  expect(beyond).toHaveLength(2);
});

describe('a way to a core AS', () => {
  const calls = callsOf(MIDDLE);

  /** A segment of which the first AS says that its packets have at most so many bytes. */
  function upFrom(core: IsdAs, mtu: number): SignedSegment {
    const up = beaconOver(core, [3, 0]);
    const [first, ...more] = up.segment.entries;
    return { ...up, segment: { ...up.segment, entries: [{ ...first!, mtu }, ...more] } };
  }

  it.each([0, 135, 300])(
    'was one over which no byte of a call fits, since an AS signed an MTU of %i',
    (mtu) => {
      const ups = [upFrom(CORE_A, mtu)];
      expect(calls.routeTo(CORE_A, { ...NO_SEGMENTS, ups })).toBeUndefined();
    },
  );

  it('is another one when that over the shorter path has too short packets', () => {
    const core = beaconOver(CORE_A, [1, 0]);
    const segments = {
      ...NO_SEGMENTS,
      cores: [core],
      ups: [upFrom(CORE_A, 135), upFrom(CORE_B, 1_400)],
    };
    const { first } = calls.routeTo(CORE_A, segments)!;
    expect(first.interfaces.map(({ isdAs }) => isdAs)).toEqual([MIDDLE, CORE_B, CORE_B, CORE_A]);
    expect(first.packetBytes).toBeGreaterThan(1_000);
  });
});

/** The calls of an AS that sends nothing. */
function callsOf(isdAs: IsdAs): ControlCalls {
  const surroundings = surroundingsOf(isdAs);
  const clock = (): CalendarTime => ({ seconds: NOW_S, nanos: 0 });
  const restored = (): void => undefined;
  return new ControlCalls({
    ...{ surroundings, crypto, ways: new WayMaker(surroundings, hopsOf(isdAs), clock) },
    revocations: new Revocations({ now: () => 0, clock, lifetimeNs: 1, restored }),
    ...{ random: openRandomStream(1, isdAs, 'calls'), now: () => 0 },
    ...{ send: restored, handle: restored, failed: restored },
  });
}
