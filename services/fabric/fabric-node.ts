/**
 * The interface between a process that runs a node and the live face of fabric: requests of an
 * application, each with its answer.
 *
 * It consists of types only; the process implements it.
 *
 * @module
 */
import type { SendWishes } from '../../engine/host/transport.ts';

/** A request, as a scenario makes it (`NodeRequest` of engine/host). */
export interface Question {
  /** `send` and `call` a peer; `next`, `answer` and `refuse` for what peers send. */
  readonly kind: 'send' | 'call' | 'next' | 'answer' | 'refuse';
  /** Name of the peer, id of the call in hexadecimal digits, or empty. */
  readonly target: string;
  /** The payload; it is read during the call only. */
  readonly body: Uint8Array;
  /** For `send` and `call`. */
  readonly wishes?: SendWishes;
}

/** What became of a request. */
export interface Outcome {
  /** `ok`, or the reason for the rejection. */
  readonly outcome: string;
  /** Bytes of its own, if the request has some: the reply of a `call`, the message of a `next`. */
  readonly body?: Uint8Array;
}

/** A node of a live process as its application sees it; implemented by the process. */
export interface FabricNode {
  /** Name of the node in its topology. */
  readonly name: string;
  /** Asks the node; never rejects. A node that is down or not there yet is an outcome too. */
  request(question: Question): Promise<Outcome>;
}

/** A message or call of a peer. */
export interface Message {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** Name of the node that sent it. */
  readonly from: string;
  /** `call` if its sender waits for an answer. */
  readonly kind: string;
  /** From this instant on it is of no use, Unix ms by the clock of its sender. */
  readonly deadlineMs: number;
  readonly priority: number;
  readonly payload: Uint8Array;
}

/** Reads the message of a `next`; text says why the bytes are none. */
export type ReadMessage = (bytes: Uint8Array) => Message | string;

/** Where the face tells what its operator should know. */
export interface FaceLog {
  info(text: string): void;
  warn(text: string): void;
}
