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
  /** `send` or `call` a peer; `answer` or `refuse` a call of a peer. */
  readonly kind: 'send' | 'call' | 'answer' | 'refuse';
  /** Name of the peer, id of the call in hexadecimal digits, or empty. */
  readonly target: string;
  /** The payload; the node reads it during the call only. */
  readonly body: Uint8Array;
  /** Delivery options such as a lifetime; only for `send` and `call`. */
  readonly wishes?: SendWishes;
}

/** The outcome of a request to the fabric. */
export interface FabricOutcome {
  /** `ok`, or the reason for the rejection. */
  readonly outcome: string;
  /** The reply to a `call`. */
  readonly body?: Uint8Array;
}

/** A node of a live process as its application sees it; implemented by the process. */
export interface FabricNode {
  /** Name of the node in its topology. */
  readonly name: string;
  /** Asks the node; never rejects. A node that is down or not there yet is an outcome too. */
  request(question: FabricRequest): Promise<FabricOutcome>;
  /**
   * Subscribes to messages of peers. The node hands over one message at a time, the next one after a call
   * of {@link PeerMessageFlow.taken}.
   */
  messages(taker: PeerMessageReceiver): PeerMessageFlow;
}

/** Receives the messages of peers. */
export interface PeerMessageReceiver {
  /**
   * Receives a message: one byte, whose bit 0 is set if the message may have been handed over before, and
   * then its envelope.
   */
  hand(bytes: Uint8Array): void;
  /** Called once, with the reason, when the node will hand over no more messages. */
  ended(reason: string): void;
}

/** The flow of received messages from a node to its application. */
export interface PeerMessageFlow {
  /**
   * Tells the node that the message handed over last was handled, so that the node hands over the next one.
   */
  taken(): void;
}

/** A message or call of a peer. */
export interface PeerMessage {
  /** Id of the message, 16 bytes. */
  readonly id: Uint8Array;
  /** Name of the node that sent it. */
  readonly from: string;
  /** `call` if its sender waits for an answer. */
  readonly kind: string;
  /** End of the message's lifetime, Unix ms by the clock of its sender. */
  readonly deadlineMs: number;
  readonly priority: number;
  readonly payload: Uint8Array;
}

/** Reads a message; if the bytes are not a message, returns a text that says why. */
export type DecodePeerMessage = (bytes: Uint8Array) => PeerMessage | string;

/** The log in which the server writes what its operator should know. */
export interface FabricServerLog {
  info(text: string): void;
  warn(text: string): void;
}
