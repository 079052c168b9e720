/**
 * A control service that a daemon asks, for tests: one with a path, and one that says anything else.
 *
 * @module
 */
import {
  encodeProtobuf,
  type MessageOf,
  type ProtobufMessageCodec,
} from '../../../../nodes/_kit/protobuf.ts';
import { isdAsWords, requireIsdAs } from '../../../../nodes/scion/index.ts';
import type { AskControlService } from '../../../../services/daemon/calls.ts';
import { AS_REQUEST, EMPTY_REQUEST, PATHS_REQUEST } from '../../../../services/daemon/messages.ts';

export const OWN = requireIsdAs('1-ff00:0:111');
export const FAR = requireIsdAs('2-ff00:0:211');
const ZERO = { high: 0, low: 0 };

/** Texts of answers, by kinds of questions. */
export const ANSWERS: Readonly<Record<string, string>> = {
  as: JSON.stringify({ isdAs: OWN, isCore: true, mtu: 1_472 }),
  interfaces: JSON.stringify([
    [1, '127.1.0.1:30042'],
    [65_535, '127.1.0.2:30042'],
  ]),
  ports: JSON.stringify({ first: 31_000, last: 32_767 }),
  'host-paths': JSON.stringify([
    {
      raw: '00ff',
      nextHop: '127.1.0.1:30042',
      interfaces: [
        { isdAs: OWN, ifId: 1 },
        { isdAs: FAR, ifId: 2 },
      ],
      mtu: 1_400,
      expires: 1_700_000_000,
      metadata: {
        latencyUs: [1_500_000],
        bandwidthKbps: [1_000],
        carbon: [null],
        internalHops: [],
        linkTypes: ['multihop'],
        geo: [{ latitude: 47.5, longitude: 8.5, address: 'Zürich' }, null],
        notes: ['here', 'there'],
      },
    },
    { raw: '', nextHop: '', interfaces: [], mtu: 0, expires: 0 },
  ]),
};

/** Answers as a control service does. */
export const askWell: AskControlService = (kind) =>
  Promise.resolve({ outcome: 'ok', text: ANSWERS[kind] ?? '' });

/** Always says the same. */
export function askerOf(said: Awaited<ReturnType<AskControlService>>): AskControlService {
  return () => Promise.resolve(said);
}

/** A request for paths to an AS. */
export function pathsRequest(change: Partial<MessageOf<typeof PATHS_REQUEST>> = {}): Uint8Array {
  const request = { source: ZERO, target: isdAsWords(FAR), refresh: false, hidden: false };
  return encodeProtobuf(PATHS_REQUEST, { ...request, ...change });
}

/** A request of each call. */
export const REQUESTS = {
  Paths: pathsRequest({ source: isdAsWords(OWN), refresh: true }),
  AS: encodeProtobuf(AS_REQUEST, { isdAs: isdAsWords(OWN) }),
  Interfaces: encodeProtobuf(EMPTY_REQUEST as ProtobufMessageCodec<object>, {}),
  PortRange: new Uint8Array(0),
} as const;
