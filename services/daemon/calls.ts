/**
 * The calls of DaemonService that are served: each becomes a question to a control service, whose answer becomes the
 * response. Bad bytes and bad answers become a gRPC status; nothing throws.
 *
 * The control service answers the questions in nodes/control-service/daemon-questions-node.ts. This file does not
 * import gRPC's package, so that it loads where the package is not installed.
 *
 * @module
 */
import { z } from 'zod';
import {
  decodeProtobuf,
  encodeProtobuf,
  type MessageOf,
  type ProtobufMessageCodec,
} from '../../nodes/_kit/protobuf.ts';
import { isdAsOfWords, isdAsWords, isWildcard, parseIsdAs } from '../../nodes/scion/index.ts';
import {
  AS_REQUEST,
  AS_RESPONSE,
  EMPTY_REQUEST,
  INTERFACES_RESPONSE,
  PATHS_MAX,
  PATHS_REQUEST,
  PATHS_RESPONSE,
  PORT_RANGE_RESPONSE,
} from './messages.ts';

/** Numbers of gRPC statuses (github.com/grpc/grpc, "Status codes and their use in gRPC"). */
export const GRPC_STATUS = {
  invalidArgument: 3,
  notFound: 5,
  exhausted: 8,
  notOffered: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** The status of a failed call, in place of a response. */
export interface CallStatus {
  readonly code: (typeof GRPC_STATUS)[keyof typeof GRPC_STATUS];
  readonly details: string;
}

/** Puts a question to the control service; never rejects, and ends early if `signal` says that nobody wants the answer. */
export type AskControlService = (
  kind: string,
  body: string,
  signal?: AbortSignal,
) => Promise<{ readonly outcome: string; readonly text: string } | { readonly problem: string }>;

/** Serves one call: takes the encoded request, and returns the encoded response or the status of the failure. */
export type DaemonCall = (
  request: Uint8Array,
  ask: AskControlService,
) => Promise<Uint8Array | CallStatus>;

const isdAsText = z.string().max(32);
const uint = z.int().min(0).max(0xffff_ffff);
const maybe = z.array(z.number().nullable()).max(128);
const AS = z.object({ isdAs: isdAsText, isCore: z.boolean(), mtu: uint });
const INTERFACES = z.array(z.tuple([uint, z.string().max(64)])).max(65_536);
const PORTS = z.object({ first: uint, last: uint });
const METADATA = z.object({
  latencyUs: maybe,
  bandwidthKbps: maybe,
  internalHops: maybe,
  linkTypes: z.array(z.enum(['direct', 'multihop', 'opennet']).nullable()).max(128),
  geo: z
    .array(
      z
        .object({ latitude: z.number(), longitude: z.number(), address: z.string().max(1_024) })
        .nullable(),
    )
    .max(128),
  notes: z.array(z.string().max(1_024)).max(128),
});
const PATH = z.object({
  raw: z.string().regex(/^(?:[0-9a-f]{2}){0,1020}$/),
  nextHop: z.string().max(64),
  interfaces: z.array(z.object({ isdAs: isdAsText, ifId: uint })).max(128),
  mtu: uint,
  expires: z.int().min(0),
  metadata: METADATA.optional(),
});
const PATHS = z.array(PATH);

const US_PER_S = 1_000_000;
const NS_PER_US = 1_000;
/** Duration by which a response says that a latency is not announced. */
const NO_LATENCY = { seconds: 0, nanos: -1 };
const LINK_TYPE_NUMBERS = { direct: 1, multihop: 2, opennet: 3 } as const;
const NO_PLACE = { latitude: 0, longitude: 0, address: '' };

/** The served calls, by their names in DaemonService. */
export const DAEMON_CALLS = {
  Paths: answerPaths,
  AS: answerAs,
  Interfaces: answerInterfaces,
  PortRange: answerPortRange,
} as const satisfies Readonly<Record<string, DaemonCall>>;

async function answerPaths(
  request: Uint8Array,
  ask: AskControlService,
): Promise<Uint8Array | CallStatus> {
  const read = readRequest(PATHS_REQUEST, request);
  if ('code' in read) return read;
  if (read.hidden) return { code: GRPC_STATUS.notOffered, details: 'there are no hidden paths' };
  const [source, target] = [isdAsOfWords(read.source), isdAsOfWords(read.target)];
  if (isWildcard(target)) return invalid(`${target} is no AS`);
  if (!isZero(read.source)) {
    const own = await askFor(ask, AS, 'as');
    if ('code' in own) return own;
    if (own.answer.isdAs !== source) return invalid(`${source} is not the AS of this daemon`);
  }
  const found = await askFor(ask, PATHS, 'host-paths', target);
  if ('code' in found) return found;
  const paths = found.answer.slice(0, PATHS_MAX).map(makePath);
  const isGood = paths.every((path) => path !== undefined);
  return isGood ? encodeProtobuf(PATHS_RESPONSE, { paths }) : BAD_ANSWER;
}

async function answerAs(
  request: Uint8Array,
  ask: AskControlService,
): Promise<Uint8Array | CallStatus> {
  const read = readRequest(AS_REQUEST, request);
  if ('code' in read) return read;
  const own = await askFor(ask, AS, 'as');
  if ('code' in own) return own;
  const { isdAs, isCore, mtu } = own.answer;
  const asked = isdAsOfWords(read.isdAs);
  if (!isZero(read.isdAs) && asked !== isdAs) {
    return { code: GRPC_STATUS.notFound, details: `only ${isdAs} is known here, not ${asked}` };
  }
  const parsed = parseIsdAs(isdAs);
  if (parsed.kind === 'refused') return BAD_ANSWER;
  return encodeProtobuf(AS_RESPONSE, { isdAs: isdAsWords(parsed.isdAs), isCore, mtu });
}

async function answerInterfaces(
  request: Uint8Array,
  ask: AskControlService,
): Promise<Uint8Array | CallStatus> {
  const read = readRequest(EMPTY_REQUEST, request);
  if ('code' in read) return read;
  const found = await askFor(ask, INTERFACES, 'interfaces');
  if ('code' in found) return found;
  const interfaces = found.answer.map(
    ([ifId, address]) => [ifId, { address: { address } }] as const,
  );
  return encodeProtobuf(INTERFACES_RESPONSE, { interfaces: new Map(interfaces) });
}

async function answerPortRange(
  request: Uint8Array,
  ask: AskControlService,
): Promise<Uint8Array | CallStatus> {
  const read = readRequest(EMPTY_REQUEST, request);
  if ('code' in read) return read;
  const found = await askFor(ask, PORTS, 'ports');
  return 'code' in found ? found : encodeProtobuf(PORT_RANGE_RESPONSE, found.answer);
}

/** A path as a message; undefined if one of its interfaces has an invalid ISD-AS. */
function makePath(
  path: z.output<typeof PATH>,
): MessageOf<typeof PATHS_RESPONSE>['paths'][number] | undefined {
  const { raw, nextHop, mtu, expires, metadata } = path;
  const interfaces = path.interfaces.flatMap(({ isdAs, ifId }) => {
    const parsed = parseIsdAs(isdAs);
    return parsed.kind === 'refused' ? [] : [{ isdAs: isdAsWords(parsed.isdAs), ifId }];
  });
  if (interfaces.length < path.interfaces.length) return undefined;
  return {
    raw: Buffer.from(raw, 'hex'),
    interface: { address: { address: nextHop } },
    ...{ interfaces, mtu, expiration: { seconds: expires, nanos: 0 } },
    latency: (metadata?.latencyUs ?? []).map(makeDuration),
    bandwidth: (metadata?.bandwidthKbps ?? []).map((kbps) => kbps ?? 0),
    geo: (metadata?.geo ?? []).map((place) => place ?? NO_PLACE),
    linkTypes: (metadata?.linkTypes ?? []).map((type) =>
      type === null ? 0 : LINK_TYPE_NUMBERS[type],
    ),
    internalHops: (metadata?.internalHops ?? []).map((hops) => hops ?? 0),
    notes: metadata?.notes ?? [],
  };
}

function makeDuration(us: number | null): { seconds: number; nanos: number } {
  if (us === null) return NO_LATENCY;
  return { seconds: Math.floor(us / US_PER_S), nanos: NS_PER_US * Math.floor(us % US_PER_S) };
}

const BAD_ANSWER: CallStatus = {
  code: GRPC_STATUS.internal,
  details: 'the answer of the control service is none',
};

/**
 * The status that is returned instead of an empty list, if links are revoked; the caller may ask
 * again after 10 s.
 */
const REVOKED: CallStatus = {
  code: GRPC_STATUS.unavailable,
  details: 'all paths pass an interface that is said to be down (revoked)',
};

function invalid(details: string): CallStatus {
  return { code: GRPC_STATUS.invalidArgument, details };
}

function isZero({ high, low }: { readonly high: number; readonly low: number }): boolean {
  return high === 0 && low === 0;
}

function readRequest<Value extends object>(
  table: ProtobufMessageCodec<Value>,
  request: Uint8Array,
): Value | CallStatus {
  const read = decodeProtobuf(table, request);
  return typeof read === 'string' ? invalid(`the request is malformed: ${read}`) : read;
}

/** Asks the control service, and checks its answer with a schema. */
async function askFor<Value>(
  ask: AskControlService,
  schema: z.ZodType<Value>,
  kind: string,
  body = '',
): Promise<{ readonly answer: Value } | CallStatus> {
  const reply = await ask(kind, body);
  if ('problem' in reply) return { code: GRPC_STATUS.unavailable, details: reply.problem };
  if (reply.outcome === 'bad-question') return invalid(reply.text);
  if (reply.outcome === 'revoked') return REVOKED;
  if (reply.outcome !== 'ok') return { code: GRPC_STATUS.unavailable, details: reply.outcome };
  const read = schema.safeParse(parseJsonOrUndefined(reply.text));
  return read.success ? { answer: read.data } : BAD_ANSWER;
}

function parseJsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text is not JSON; the schema then reports its missing fields.
    return undefined;
  }
}
