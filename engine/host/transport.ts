/**
 * The interface between a protocol and its carrier, a lower protocol on the same host that carries its messages
 * (docs/spec/stacking.md): what the upper protocol asks for, and what the carrier guarantees.
 *
 * @module
 */
import type { Nanoseconds } from './time.ts';

/** What a sender asks of the protocols that carry its message. */
export interface SendWishes {
  /**
   * Time from now after which the message is of no use, ns; a node that still has it then may drop it.
   * Default: the carrier chooses it.
   */
  readonly lifetime?: Nanoseconds;
  /** Priority: 0 bulk, 1 normal (default), 2 expedited. */
  readonly priority?: 0 | 1 | 2;
  /** True if the message may wait while the peer cannot be reached. Default false. */
  readonly tolerant?: boolean;
  /**
   * True if observers of all links must not be able to tell who writes to whom. Unlike other wishes it is never
   * ignored: a protocol that cannot keep it does not get the message, which is refused as `not-private`. Default false.
   */
  readonly private?: boolean;
}

/**
 * What the nodes of a protocol do with each wish: it is `honoured` by them, or `passed-on` with the
 * message to the protocol below. A wish that is not named is ignored, and the loader warns of files
 * that ask for it. If `private` is `honoured`, the protocol itself hides who writes to whom, or
 * refuses the message; if `private` is not named, messages stay private if all carriers below hide
 * who writes to whom.
 */
export type WishHandling = Readonly<Partial<Record<keyof SendWishes, 'honoured' | 'passed-on'>>>;

/** The delivery guarantees of a carrier protocol, as plain data. */
export interface CarrierGuarantees {
  /** Longest message that the carrier accepts, bytes. */
  readonly maxBytes: number;
  /**
   * `best-effort`: messages may be lost without a report. `acknowledged`: `done` is called when the peer
   * has the message. `custody`: `done` is called when the message is on the disk of this node; it then arrives
   * within its lifetime, or its loss is reported.
   */
  readonly delivery: 'best-effort' | 'acknowledged' | 'custody';
  /** True if messages to one peer arrive in the order of sending. */
  readonly isOrdered: boolean;
  /**
   * True if observers of all links cannot tell who writes to whom, by the carrier's own claim, or because all carriers
   * below it claim so. Absent: false.
   */
  readonly hides?: boolean;
}

/** Whether messages to a peer can be sent at present. */
export type PeerReachability = 'open' | 'closed';

/**
 * How a delivered message has arrived, as far as the protocol that delivers it knows: for log lines and displays. No
 * node and no measurement may depend on it (ADR 0078).
 */
export interface DeliveryFacts {
  /** Name of the path, as in the protocol's own log lines. Absent if it is not known. */
  readonly path?: string;
  /** Number, by the protocol's own count, of the packet that brought the message or its last part. */
  readonly sequence?: number;
}

/** Callbacks by which a carrier hands messages and reachability to the protocol above it. */
export interface TransportHandlers {
  /** A message of peer `from` arrived; its bytes are read during the call only. */
  readonly onMessage: (from: string, buffer: Uint8Array, offset: number, length: number) => void;
  /** Tells whether the carrier believes that messages to `peer` can be sent at present, which is not guaranteed. */
  readonly onWay?: (peer: string, way: PeerReachability) => void;
}

/** A carrier as the protocol above it sees it. */
export interface Transport {
  /** Name of the protocol that carries, for traces and routing tables. */
  readonly carrier: string;
  /** The carrier's guarantees; `maxBytes` is the longest message of the upper protocol, without the channel byte. */
  readonly terms: CarrierGuarantees;
  /** Names of the other hosts that run the upper protocol over the same carrier. */
  readonly peers: readonly string[];
  /**
   * Sends a copy of a message.
   * @param done Gets `ok`, or why the message was refused: `too-large`, `no-such-peer`, `no-handler`, or the
   * carrier's own reason. Called once, perhaps before `send` returns; never after a crash.
   */
  send(to: string, message: Uint8Array, wishes: SendWishes, done: (outcome: string) => void): void;
  /**
   * How the message of the current call of {@link TransportHandlers.onMessage} has arrived. Undefined outside such a
   * call, and with carriers that do not say.
   */
  delivery(): DeliveryFacts | undefined;
}
