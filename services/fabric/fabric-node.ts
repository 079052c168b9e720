/**
 * The interface between a process that runs a fabric node and the server for its applications:
 * requests of an application, each with its answer.
 *
 * It consists of types only; the process implements it.
 *
 * @module
 */
import type { SendWishes } from '../../engine/host/transport.ts';

/** A request, as a scenario makes it (`NodeRequest` of engine/host). */
export interface FabricRequest {
  /** `send` or `call` a peer; `next` asks for what peers sent; `answer` or `refuse` a call of a peer. */
  readonly kind: 'send' | 'call' | 'next' | 'answer' | 'refuse';
  /** Name of the peer, id of the call in hexadecimal digits, or empty. */
  readonly target: string;
  /** The payload; it is read during the call only. */
  readonly body: Uint8Array;
  /** Present for `send` and `call` only. */
  readonly wishes?: SendWishes;
}

/** What became of a request. */
export interface FabricOutcome {
  /** `ok`, or the reason for the rejection. */
  readonly outcome: string;
  /** The bytes that the request asked for: the reply to a `call`, the message of a `next`. */
  readonly body?: Uint8Array;
}

/** A node of a live process as its application sees it; implemented by the process. */
export interface FabricNode {
  /** Name of the node in its topology. */
  readonly name: string;
  /** Asks the node; never rejects. A node that is down or not there yet is an outcome too. */
  request(question: FabricRequest): Promise<FabricOutcome>;
}

/** A message or call of a peer. */
export interface PeerMessage {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** Name of the node that sent it. */
  readonly from: string;
  /** `call` if its sender waits for an answer. */
  readonly kind: string;
  /** Instant from which on the message is of no use, Unix ms by the clock of its sender. */
  readonly deadlineMs: number;
  readonly priority: number;
  readonly payload: Uint8Array;
}

/** Reads the message of a `next`; returns a text that says why if the bytes are no message. */
export type ReadMessage = (bytes: Uint8Array) => PeerMessage | string;

/** The log in which the server writes what its operator should know. */
export interface FaceLog {
  info(text: string): void;
  warn(text: string): void;
}
