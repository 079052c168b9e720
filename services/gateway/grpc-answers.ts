/**
 * Converts the answers of a gateway's node to messages of gRPC.
 *
 * @module
 */
import type { GatewayNode, NodeAnswer } from './gateway-node.ts';
import { CallFailure, refuseRequest } from './grpc-request.ts';
import { type ANSWERS, type AnswerOf, type DescribedPath, parseAnswer } from './node-answers.ts';

const NS_PER_MS = 1_000_000n;

/** The node to ask, and the signal that ends the wait. */
interface Asker {
  readonly node: GatewayNode;
  readonly gone: AbortSignal;
}

/** Asks the node; if the node refuses, returns the status of the call. */
export async function askNode<Kind extends keyof typeof ANSWERS>(
  { node, gone }: Asker,
  kind: Kind,
  body = '',
): Promise<AnswerOf<Kind> | CallFailure> {
  return readAnswer(kind, await node.request({ kind, body }, gone));
}

/** Reads the answer to a request; if the node refused, returns the status of the call. */
export function readAnswer<Kind extends keyof typeof ANSWERS>(
  kind: Kind,
  { outcome, text }: NodeAnswer,
): AnswerOf<Kind> | CallFailure {
  if (outcome !== 'ok') return failureOf(outcome, text);
  const answer = parseAnswer(kind, text);
  // Node and server have the same version, so an answer that cannot be read is a defect of this
  // program and not a mistake of the caller.
  return answer ?? new CallFailure('internal', 'the answer of the gateway is none');
}

/** The status of a call whose request the node refused. */
export function failureOf(outcome: string, text: string): CallFailure {
  const details = text === '' || text.startsWith('[') ? outcome : text;
  switch (outcome) {
    case 'bad-question':
      return refuseRequest(details);
    case 'unknown-peer':
      return refuseRequest('there is no such peer of this gateway');
    case 'packet-too-large':
    case 'packet-empty':
      return refuseRequest(outcome);
    case 'overload':
    case 'busy':
    case 'windows-full':
    case 'registrations-full':
      return new CallFailure('exhausted', outcome);
    case 'cancelled':
      return new CallFailure('cancelled', outcome);
    default:
      // For no-path, no-path-answers, path-unfit, node-down and all other reasons, a later attempt
      // may succeed.
      return new CallFailure('unavailable', details);
  }
}

/** Makes the message PathMeta. */
export function makePath(path: DescribedPath, dstIa: string): object {
  const { fingerprint, interfaces, mtu, expiresMs, score, usage } = path;
  const hops = interfaces.map((text, index) => {
    const [asId = '', ifId = '0'] = text.split('#');
    const hopType = index % 2 === 0 ? 'egress' : 'ingress';
    return { asId, interfaceId: Number(ifId), hopType, mtu };
  });
  return {
    ...{ pathId: fingerprint, srcIa: hops[0]?.asId ?? '', dstIa, hops, selectionScore: score },
    expiresAt: nanosecondsOf(expiresMs),
    lastUsed: nanosecondsOf(usage?.lastMs ?? 0),
    ...{ quality: makeQuality(path), usage: makeUsage(path) },
  };
}

/** Makes the message PathStats. */
export function makePathStats(path: DescribedPath): object {
  return {
    ...{ pathId: path.fingerprint, usage: makeUsage(path), quality: makeQuality(path) },
    failoverCount: path.failovers,
    lastFailover: nanosecondsOf(path.lastFailoverMs),
  };
}

function makeQuality({ quality }: DescribedPath): object | undefined {
  if (quality === undefined) return undefined;
  const { rttMs, jitterMs, loss, bandwidthMbps, stability, measuredMs } = quality;
  return {
    ...{ rttEwmaMs: rttMs, jitterMs, lossRate: loss, bandwidthMbps, stabilityScore: stability },
    lastMeasured: nanosecondsOf(measuredMs),
  };
}

function makeUsage({ usage, quality }: DescribedPath): object | undefined {
  if (usage === undefined) return undefined;
  const { frames, bytes, firstMs, seconds } = usage;
  return {
    ...{ packetsSent: frames, bytesTransferred: bytes, firstUsed: nanosecondsOf(firstMs) },
    ...{ usageDurationS: seconds, successRate: 1 - (quality?.loss ?? 0) },
  };
}

/** A time in ms as the text of a number of nanoseconds. */
export function nanosecondsOf(ms: number): string {
  return String(BigInt(Math.round(ms)) * NS_PER_MS);
}
