/**
 * The answers of a gateway's node to requests of applications (nodes/gateway/application), and the
 * request that sends a packet.
 *
 * @module
 */
import { z } from 'zod';
import type { ApplicationRequest, GatewayNode, NodeAnswer } from './gateway-node.ts';

const HEAD_LENGTH_BYTES = 2;

const number = z.number();
const PATH = z.object({
  fingerprint: z.string(),
  interfaces: z.array(z.string()),
  ...{ mtu: number, expiresMs: number, score: number, failovers: number, lastFailoverMs: number },
  isActive: z.boolean(),
  quality: z
    .object({
      ...{ rttMs: number, jitterMs: number, loss: number, bandwidthMbps: number },
      ...{ stability: number, measuredMs: number },
    })
    .optional(),
  usage: z
    .object({ frames: number, bytes: number, firstMs: number, lastMs: number, seconds: number })
    .optional(),
});
/** Schema of a session with another gateway. */
const TUNNEL = z.object({
  ...{ peer: z.string(), isdAs: z.string(), state: z.string() },
  ...{ port: number, paths: number },
  /** The reasons why packets do not reach the peer; empty if they do. */
  reasons: z.array(z.string()),
});
/** A path as the node describes it. */
export type DescribedPath = z.output<typeof PATH>;

/** Schemas of the answers, by the kind of request. */
export const ANSWERS = {
  'send-now': PATH,
  'query-paths': z.array(PATH),
  'register-path': z.object({ id: z.string(), expiresMs: number, paths: z.array(PATH) }),
  sequence: z.object({
    verdict: z.enum(['fresh', 'replay', 'expired', 'future']),
    window: z.object({
      ...{ base: number, size: number, highest: number, lastUs: number },
      ...{ processed: number, accepted: number, slides: number },
      bitmap: z.string(),
    }),
  }),
  stats: z.object({
    counts: z.object({
      ...{ sentPackets: number, sentBytes: number, receivedPackets: number, receivedBytes: number },
      ...{ drops: number, accepted: number, replay: number, expired: number, future: number },
    }),
    open: number,
    paths: z.array(PATH),
  }),
  'open-tunnel': TUNNEL,
  tunnels: z.array(TUNNEL),
} as const;

/** The answer to a request of the given kind. */
export type AnswerOf<Kind extends keyof typeof ANSWERS> = z.output<(typeof ANSWERS)[Kind]>;

/** Reads an answer; undefined if it does not fit its schema. */
export function parseAnswer<Kind extends keyof typeof ANSWERS>(
  kind: Kind,
  text: string,
): AnswerOf<Kind> | undefined {
  try {
    return ANSWERS[kind].parse(JSON.parse(text)) as AnswerOf<Kind>;
  } catch {
    return undefined;
  }
}

/** A packet to send, with its requirements on the path. */
export interface PacketToSend extends Pick<ApplicationRequest, 'priority'> {
  /** The name or the AS of the peer. */
  readonly target: string;
  readonly packet: Uint8Array;
  /**
   * The fields of the request other than the packet: those of `sendSchema` in
   * nodes/gateway/application.
   */
  readonly head: object;
}

/** Sends a packet immediately; if that is impossible, the packet is not sent later either. */
export function sendNow(
  node: GatewayNode,
  { target, packet, head, priority }: PacketToSend,
  gone: AbortSignal,
): Promise<NodeAnswer> {
  // The body consists of the length of `head`, `head` as JSON, and the packet.
  const text = new TextEncoder().encode(JSON.stringify(head));
  const body = new Uint8Array(HEAD_LENGTH_BYTES + text.length + packet.length);
  new DataView(body.buffer).setUint16(0, text.length);
  body.set(text, HEAD_LENGTH_BYTES);
  body.set(packet, HEAD_LENGTH_BYTES + text.length);
  const wish = priority === undefined ? {} : { priority };
  return node.request({ kind: 'send-now', target, body, ...wish }, gone);
}
