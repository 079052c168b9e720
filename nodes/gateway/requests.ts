/**
 * What requests to a gateway mean, by their kind.
 *
 * @module
 */
import type { SendWishes } from '../../engine/host/transport.ts';
import { END_HOST_QUESTIONS } from '../scion/index.ts';
import type { PacketTaker, ReceivedPackets } from './received-packets.ts';

/** The kinds of requests for operators, each with its meaning. */
export const GATEWAY_QUESTIONS = {
  ...END_HOST_QUESTIONS,
  status: 'peers, their paths and sessions, as JSON',
} as const;

/** A request to a gateway: members of the port's `NodeRequest`. */
export interface GatewayRequest extends PacketTaker {
  readonly kind: string;
  readonly target: string;
  readonly body: Uint8Array;
  readonly wishes?: SendWishes | undefined;
  respond(outcome: string, body?: Uint8Array): void;
}

/** The parts of a gateway that answer. */
export interface RequestParts<R> {
  readonly received: ReceivedPackets;
  /** Sends a packet to a peer; returns the reason if it was not taken. */
  readonly send: (request: R) => string | undefined;
  readonly status: () => Readonly<Record<string, unknown>>;
  readonly questions: { answer(request: R): void };
}

/** Answers a request, now or later. Other kinds are refused as `unknown-request`. */
export function answerRequest<R extends GatewayRequest>(request: R, parts: RequestParts<R>): void {
  if (request.kind === 'send') request.respond(parts.send(request) ?? 'ok');
  else if (request.kind === 'packets') parts.received.open(request);
  else if (request.kind !== 'status') parts.questions.answer(request);
  else request.respond('ok', new TextEncoder().encode(JSON.stringify(parts.status())));
}
