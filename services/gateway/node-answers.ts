/**
 * What a gateway's node answers to requests of applications (nodes/gateway/application), and the request that sends a packet.
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
/** A session with another gateway. */
const TUNNEL = z.object({
  ...{ peer: z.string(), isdAs: z.string(), state: z.string() },
  ...{ port: number, paths: number },
  /** Why packets do not reach the peer; empty if they do. */
  reasons: z.array(z.string()),
});
/** A path as the node describes it. */
export type DescribedPath = z.output<typeof PATH>;

/** Schemas of the answers, by the kinds of requests. */
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

/** An answer to a request of a kind. */
export type AnswerOf<Kind extends keyof typeof ANSWERS> = z.output<(typeof ANSWERS)[Kind]>;

/** Reads an answer; undefined if it is none. */
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

/** A packet to send, and what is asked of the path that it takes. */
export interface PacketToSend extends Pick<ApplicationRequest, 'priority'> {
  /** The name or the AS of the peer. */
  readonly target: string;
  readonly packet: Uint8Array;
  /** Fields of `sendSchema` of nodes/gateway/application. */
  readonly head: object;
}

/** Sends a packet at once, or not at all. */
export function sendNow(
  node: GatewayNode,
  { target, packet, head, priority }: PacketToSend,
  gone: AbortSignal,
): Promise<NodeAnswer> {
  // The length of the head, the head, the packet.
  const text = new TextEncoder().encode(JSON.stringify(head));
  const body = new Uint8Array(HEAD_LENGTH_BYTES + text.length + packet.length);
  new DataView(body.buffer).setUint16(0, text.length);
  body.set(text, HEAD_LENGTH_BYTES);
  body.set(packet, HEAD_LENGTH_BYTES + text.length);
  const wish = priority === undefined ? {} : { priority };
  return node.request({ kind: 'send-now', target, body, ...wish }, gone);
}
