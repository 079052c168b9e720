/**
 * One protocol carried by another on the same host (docs/spec/stacking.md): what the upper one asks
 * for, and what it can expect of the lower one, its carrier.
 *
 * @module
 */
import type { Nanoseconds } from './time.ts';

/** What a sender asks of the protocols that carry its message. */
export interface SendWishes {
  /**
   * After this time the message is of no use, ns from now; whoever still has it then may drop it.
   * Default: the carrier's.
   */
  readonly lifetime?: Nanoseconds;
  /** 0 bulk, 1 normal (default), 2 expedited. */
  readonly priority?: 0 | 1 | 2;
  /** True if the message may wait while there is no way to the peer. Default false. */
  readonly tolerant?: boolean;
}

/**
 * What the nodes of a protocol do with wishes: `honoured` there, or `passed-on` with the message to
 * the protocol below. A wish that is not named is ignored, and files that ask for it are warned.
 */
export type WishHandling = Readonly<Partial<Record<keyof SendWishes, 'honoured' | 'passed-on'>>>;

/** The delivery guarantees of a carrier protocol, as plain data. */
export interface CarrierGuarantees {
  /** Longest message, bytes. */
  readonly maxBytes: number;
  /**
   * `best-effort`: messages may be lost in silence. `acknowledged`: `done` is called when the peer
   * has the message. `custody`: `done` is called when the message is on disk here; it then arrives
   * within its lifetime, or its loss is reported.
   */
  readonly delivery: 'best-effort' | 'acknowledged' | 'custody';
  /** True if messages to one peer arrive in the order of sending. */
  readonly isOrdered: boolean;
}

/** Whether messages to a peer can leave at present. */
export type PeerReachability = 'open' | 'closed';

/**
 * How a message came, as the protocol that delivers it knows it: for log lines and displays. No node and no
 * measurement decides by it (ADR 0078).
 */
export interface DeliveryFacts {
  /** Name of the path, as in the protocol's own log lines. Absent if it is not known. */
  readonly path?: string;
  /** Number of the packet that brought it, or its last part, as the protocol counts. */
  readonly sequence?: number;
}

/** Callbacks of the upper protocol. */
export interface TransportHandlers {
  /** A message of peer `from` arrived; its bytes are read during the call only. */
  readonly onMessage: (from: string, buffer: Uint8Array, offset: number, length: number) => void;
  /** The carrier's opinion whether messages to `peer` leave at present; never a promise. */
  readonly onWay?: (peer: string, way: PeerReachability) => void;
}

/** A carrier as the protocol above it sees it. */
export interface Transport {
  /** Name of the protocol that carries, for traces and routing tables. */
  readonly carrier: string;
  /** `maxBytes` is what the upper protocol may use, without the channel byte that the host adds. */
  readonly terms: CarrierGuarantees;
  /** Names of the hosts that run the upper protocol over the same carrier, without this one. */
  readonly peers: readonly string[];
  /**
   * Sends a copy of a message.
   * @param done Gets `ok`, or why it was refused: `too-large`, `no-such-peer`, `no-handler`, or the
   * carrier's own reason. Called once, perhaps before this call returns; never after a crash.
   */
  send(to: string, message: Uint8Array, wishes: SendWishes, done: (outcome: string) => void): void;
  /**
   * How the present message came. Undefined outside of {@link TransportHandlers.onMessage}, and of
   * carriers that do not say.
   */
  delivery(): DeliveryFacts | undefined;
}
