/**
 * The channel between a coordinator and its agents: messages in order, sealed between two keys.
 *
 * Types and bounds only; `dial.ts` and `listen.ts` make channels. A channel has no heartbeat and no
 * notion of a request: its owner must send messages to learn whether the other side is alive.
 *
 * @module
 */

/** One side of an open connection between two parties that know each other's public key. */
export interface Channel {
  /** The other side's address, `host:port`, for messages to people. */
  readonly peer: string;
  /**
   * Queues a message: plain data, in which `Uint8Array`, `Float64Array`, `bigint`, NaN and the
   * infinities are preserved. After the end of the channel it does nothing. If a peer does not read and
   * more than {@link ChannelLimits.queueBytesMax} bytes wait for it, the channel ends.
   * @throws RangeError if the message is larger than {@link ChannelLimits.messageBytesMax}; TypeError
   * if it contains something that is not plain data (a function, a Map, a cycle).
   */
  send(message: object): void;
  /**
   * Called with each message, in order. Set it immediately after creation; nothing is read before.
   * Errors that it throws are not caught.
   */
  onMessage: (message: unknown) => void;
  /** Called exactly once, after the last message, whichever side ends the channel. */
  onClose: (reason: CloseReason) => void;
  /** Sends the queued messages, then ends the channel; messages that arrive after this call are dropped. */
  close(): void;
}

/**
 * Why a channel has ended.
 * - `closed`: this side called `close()`; everything was sent and the peer has acknowledged it.
 * - `peer closed`: the peer's `close()`; nothing that it sent is missing.
 * - `connection lost`: the connection ended without a `close()`: the other process or machine died.
 * - `timeout`: the other machine does not acknowledge, or did not let `close()` finish.
 * - `authentication failed`: bytes arrived that the holder of the peer's key did not write.
 * - `protocol error: ...`: the peer sent something forbidden, or does not read.
 */
export type CloseReason =
  | 'closed'
  | 'peer closed'
  | 'connection lost'
  | 'timeout'
  | 'authentication failed'
  | `protocol error: ${string}`;

/** Bounds of a channel and its handshake. */
export interface ChannelLimits {
  /** Longest message that is sent, after encoding as JSON, in bytes. */
  readonly messageBytesMax: number;
  /** Longest message that is accepted, in bytes; the channel ends at the piece that exceeds it. */
  readonly acceptBytesMax: number;
  /** Largest number of values in a message that is accepted; each takes about forty bytes of memory. */
  readonly acceptValuesMax: number;
  /** Largest number of bytes that may wait for a peer that does not read. */
  readonly queueBytesMax: number;
  /** Time limit of a handshake, in ms. */
  readonly handshakeMs: number;
  /** Time in which the peer must let a `close()` finish, in ms. */
  readonly closeMs: number;
  /** Largest number of handshakes under way at a listener; one more ends the oldest. */
  readonly handshakesMax: number;
}

/**
 * Longest assignment of an agent, bytes. It contains the whole network, about 2 MiB for 800 nodes, and
 * the files that its options name.
 */
export const ASSIGNMENT_BYTES_MAX: number = 64 * 1024 * 1024;
const ASSIGNMENT_VALUES_MAX = 8_000_000;
/**
 * Longest report of an agent, bytes: a packed histogram takes about 30 KiB, and the counters of a
 * process with a hundred nodes about 3 MiB.
 */
const REPORT_BYTES_MAX = 16 * 1024 * 1024;
const REPORT_VALUES_MAX = 1_000_000;

const SHARED_LIMITS = {
  // Room for one message of full length and half of the next one.
  queueBytesMax: 96 * 1024 * 1024,
  handshakeMs: 5_000,
  closeMs: 5_000,
  // More than the number of agents that start together; a handshake takes a millisecond of
  // processor time.
  handshakesMax: 256,
};

/** Default limits for an agent. */
export const DIAL_LIMITS: ChannelLimits = {
  ...SHARED_LIMITS,
  messageBytesMax: REPORT_BYTES_MAX,
  acceptBytesMax: ASSIGNMENT_BYTES_MAX,
  acceptValuesMax: ASSIGNMENT_VALUES_MAX,
};

/** Default limits for a coordinator: it has many agents, and trusts them less than they trust it. */
export const LISTEN_LIMITS: ChannelLimits = {
  ...SHARED_LIMITS,
  messageBytesMax: ASSIGNMENT_BYTES_MAX,
  acceptBytesMax: REPORT_BYTES_MAX,
  acceptValuesMax: REPORT_VALUES_MAX,
};

/** The address to connect to, and the keys. */
export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** The secret key of this side, 32 bytes; copied. */
  readonly key: Uint8Array;
  /** Public key of the listener, 32 bytes. */
  readonly listener: Uint8Array;
  /** Time limit for connecting and the handshake, in ms; `limits.handshakeMs` if absent. */
  readonly timeoutMs?: number;
  readonly limits?: Partial<ChannelLimits>;
}

/** Where to listen, whose keys are known, and what is called with new connections. */
export interface ListenOptions {
  readonly host: string;
  /** The TCP port; 0 for any free one. */
  readonly port: number;
  /** The secret key of this side, 32 bytes; copied. */
  readonly key: Uint8Array;
  /**
   * Gives the name of the owner of a public key; undefined for an unknown key, whose dialler gets no
   * answer.
   */
  readonly nameOf: (publicKey: Uint8Array) => string | undefined;
  /** Called when a dialler has proved that it holds the secret key of `name`. */
  readonly onChannel: (channel: Channel, name: string) => void;
  /** Called once for each rejected connection. */
  readonly onRefused?: (peer: string, reason: RefusalReason) => void;
  readonly limits?: Partial<ChannelLimits>;
}

/** Why a listener rejected a connection, without an answer. */
export type RefusalReason =
  | 'authentication failed'
  | 'timeout'
  | 'protocol error: not a handshake'
  | 'protocol error: a repeated handshake'
  | 'connection lost'
  | 'too many handshakes';

/** A listener, which accepts the connections of agents. */
export interface ChannelListener {
  readonly port: number;
  /** Number of rejected connections so far. */
  readonly refused: number;
  /** Stops accepting connections and ends handshakes under way; open channels continue. */
  close(): Promise<void>;
}

/** Why connecting failed. */
export type DialFailure =
  | 'connection refused'
  | 'unreachable'
  | 'timeout'
  | 'authentication failed'
  | 'protocol error';

/** The error if connecting failed. Its message names the address and says what to check. */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly reason: DialFailure;

  constructor(reason: DialFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}
