/** Streams of the hosts of an AS: who gets how many, and what is no request. @module */
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../../engine/host/socket.ts';
import type { Stream, StreamHandlers } from '../../../../engine/host/stream.ts';
import { concatBytes } from '../../../../nodes/_kit/bytes.ts';
import { HOST_STREAMS_MAX } from '../../../../nodes/control-service/geometry.ts';
import { HostStreams } from '../../../../nodes/control-service/host-streams.ts';
import { NO_SEGMENTS } from '../../../../nodes/control-service/lookup/segment-sets.ts';
import {
  encodeHostKeyRequest,
  encodeSegmentFrame,
  encodeSegmentsRequest,
} from '../../../../nodes/scion/index.ts';
import { LEAF, NOW_S } from './small-network.ts';

interface Opened {
  readonly isReset: () => boolean;
  readonly handlers: () => StreamHandlers;
}

/** Streams of hosts by address, with what was dropped and looked up. */
function openStreams({ answers = true } = {}): {
  readonly connect: (address: string) => Opened;
  readonly drops: string[];
  readonly lookups: string[];
} {
  const drops: string[] = [];
  const lookups: string[] = [];
  const addresses: string[] = [];
  let accept: (stream: Stream) => void = () => undefined;
  const host = {
    drop: (reason: string): void => void drops.push(reason),
    endpointOf: (of: Endpoint): { address: string; port: number } => ({
      address: addresses[of] as string,
      port: 1,
    }),
    listen: (_: unknown, take: (stream: Stream) => void): { port: number; close: () => void } => {
      accept = take;
      return { port: 1, close: () => undefined };
    },
    log: {},
  };
  new HostStreams(host as never, {
    segments: (target, done): void => {
      lookups.push(target);
      if (answers) done({ segments: NO_SEGMENTS, revoked: [] });
    },
    key: (_, __, done): void => done(undefined),
    takeReport: () => undefined,
  }).start();
  const connect = (address: string): Opened => {
    let isReset = false;
    let handlers: StreamHandlers | undefined;
    addresses.push(address);
    accept({
      remote: (addresses.length - 1) as Endpoint,
      handle: (given: StreamHandlers): void => {
        handlers = given;
      },
      setPaused: () => undefined,
      write: () => 'sent',
      reset: (): void => {
        isReset = true;
      },
    } as unknown as Stream);
    return { isReset: () => isReset, handlers: () => handlers as StreamHandlers };
  };
  return { connect, drops, lookups };
}

/** Asks on a stream for segments. */
function ask(opened: Opened): Opened {
  const frame = encodeSegmentFrame(1, encodeSegmentsRequest({ source: LEAF, target: LEAF }));
  if (!opened.isReset()) opened.handlers().onData(frame, 0, frame.length);
  return opened;
}

describe('streams of hosts', () => {
  it('were all taken by silent ones: the oldest without an open request makes room', () => {
    const { connect, drops } = openStreams({ answers: false });
    const [busy] = [ask(connect('10.0.4.9'))];
    const silent = Array.from({ length: 15 }, () => connect('10.0.4.9'));
    expect(ask(connect('10.0.4.9')).isReset()).toBe(false);
    expect([busy, ...silent].map((one) => one.isReset())).toEqual([
      ...[false, true],
      ...Array(14).fill(false),
    ]);
    expect(drops).toEqual(['hosts-full']);
    const others = Array.from({ length: HOST_STREAMS_MAX }, (_, at) =>
      connect(`10.1.4.${at >> 4}`),
    );
    expect(others.every((one) => !one.isReset())).toBe(false);
    expect(others.at(-1)?.isReset()).toBe(false);
    expect(busy.isReset()).toBe(false);
  });

  it('were all taken by one host: it gets sixteen, and others get theirs', () => {
    const { connect, drops } = openStreams({ answers: false });
    const own = Array.from({ length: 17 }, () => ask(connect('10.0.4.9')));
    expect(own.map(({ isReset }) => isReset())).toEqual([...Array(16).fill(false), true]);
    expect(drops).toEqual(['hosts-full']);
    expect(connect('10.0.4.8').isReset()).toBe(false);
    own[0]!.handlers().onClose?.();
    expect(ask(connect('10.0.4.9')).isReset()).toBe(false);
    expect(connect('10.0.4.9').isReset()).toBe(true);
  });

  it('took a request for a key of another protocol for a lookup: it is none', () => {
    const { connect, drops, lookups } = openStreams();
    const request = encodeHostKeyRequest({ owner: LEAF, seconds: NOW_S });
    // The field of the protocol, SCMP, becomes another number.
    const at = request.findIndex((byte, index) => byte === 0x10 && request[index + 1] === 1);
    expect(at).toBeGreaterThan(0);
    const other = request.slice();
    other[at + 1] = 9;
    const { handlers } = connect('10.0.4.9');
    for (const message of [other, request]) {
      const frame = concatBytes(encodeSegmentFrame(1, message), new Uint8Array(0));
      handlers().onData(frame, 0, frame.length);
    }
    expect(drops).toEqual(['host-request']);
    expect(lookups).toEqual([]);
  });
});
