/**
 * The channel between a coordinator and its agents: messages in order, sealed between two keys.
 *
 * Types and bounds only; `dial.ts` and `listen.ts` make channels. A channel has no heartbeat and no
 * requests: to know whether the other side is alive, ask it.
 *
 * @module
 */

/** One side of an open connection between two parties that know each other's public key. */
export interface Channel {
  /** The other side's address, `host:port`, for messages to people. */
  readonly peer: string;
  /**
   * Queues a message: plain data, in which `Uint8Array`, `Float64Array`, `bigint`, NaN and the
   * infinities are preserved. After the end it does nothing. A peer that does not read until {@link
   * ChannelLimits.queueBytesMax} are waiting loses the channel.
   * @throws RangeError if the message is larger than {@link ChannelLimits.messageBytesMax};
   * TypeError if it contains what is not data (a function, a Map, a cycle).
   */
  send(message: object): void;
  /**
   * Called with each message, in order. Set it immediately after creation; nothing is read before.
   * What it throws is the owner's mistake and is not caught.
   */
  onMessage: (message: unknown) => void;
  /** Called exactly once, after the last message, whichever side ends the channel. */
  onClose: (reason: CloseReason) => void;
  /** Sends what was queued, then ends; messages that arrive after this call are dropped. */
  close(): void;
}

/**
 * Why a channel has ended.
 * - `closed`: this side called `close()`; everything was sent and the peer has acknowledged it.
 * - `peer closed`: the peer's `close()`; nothing that it sent is missing.
 * - `connection lost`: the connection ended without a `close()`: the other process or machine died.
 * - `timeout`: the other machine does not acknowledge, or did not let `close()` finish.
 * - `authentication failed`: bytes arrived that the holder of the key did not write.
 * - `protocol error: ...`: the holder of the key sent something forbidden, or does not read.
 */
export type CloseReason =
  | 'closed'
  | 'peer closed'
  | 'connection lost'
  | 'timeout'
  | 'authentication failed'
  | `protocol error: ${string}`;

/** Bounds of channels; tests and small machines set their own. */
export interface ChannelLimits {
  /** Longest message that is sent, after encoding as JSON, in bytes. */
  readonly messageBytesMax: number;
  /** Longest message that is accepted, in bytes; the channel ends at the piece that exceeds it. */
  readonly acceptBytesMax: number;
  /** Values in a message that is accepted; each costs some forty bytes of memory. */
  readonly acceptValuesMax: number;
  /** Bytes that may wait for a peer that does not read. */
  readonly queueBytesMax: number;
  /** Time limit of a handshake, in ms. */
  readonly handshakeMs: number;
  /** Time in which the peer must let a `close()` finish, in ms. */
  readonly closeMs: number;
  /** Largest number of handshakes under way at a listener; one more ends the oldest. */
  readonly handshakesMax: number;
}

/**
 * Longest order, bytes: it contains the whole network, which is some 2 MiB for 800 nodes, and the files that
 * its options name.
 */
export const ORDER_BYTES_MAX: number = 64 * 1024 * 1024;
const ORDER_VALUES_MAX = 8_000_000;
/**
 * Longest report, bytes: a packed histogram is some 30 KiB, and the counters of a process with a
 * hundred nodes are some 3 MiB.
 */
const REPORT_BYTES_MAX = 16 * 1024 * 1024;
const REPORT_VALUES_MAX = 1_000_000;

const SHARED_LIMITS = {
  // Room for one message of full length and the next one.
  queueBytesMax: 96 * 1024 * 1024,
  handshakeMs: 5_000,
  closeMs: 5_000,
  // More agents than one machine starts together; a handshake takes a millisecond of processor
  // time.
  handshakesMax: 256,
};

/** Default limits for an agent. */
export const DIAL_LIMITS: ChannelLimits = {
  ...SHARED_LIMITS,
  messageBytesMax: REPORT_BYTES_MAX,
  acceptBytesMax: ORDER_BYTES_MAX,
  acceptValuesMax: ORDER_VALUES_MAX,
};

/** Default bounds of a coordinator: it has many agents, and trusts them less. */
export const LISTEN_LIMITS: ChannelLimits = {
  ...SHARED_LIMITS,
  messageBytesMax: ORDER_BYTES_MAX,
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

/** Where to listen, and what to do with new connections. */
export interface ListenOptions {
  readonly host: string;
  /** The TCP port; 0 for any free one. */
  readonly port: number;
  /** The secret key of this side, 32 bytes; copied. */
  readonly key: Uint8Array;
  /** The owner of a public key; undefined for unknown keys, which get no answer. */
  readonly nameOf: (publicKey: Uint8Array) => string | undefined;
  /** Called when a dialler has proved that it holds the secret key of `name`. */
  readonly onChannel: (channel: Channel, name: string) => void;
  /** Called once for each rejected connection. */
  readonly onRefused?: (peer: string, reason: RefusalReason) => void;
  readonly limits?: Partial<ChannelLimits>;
}

/** Why a listener disconnected a client without an answer, or why a client was rejected. */
export type RefusalReason =
  | 'authentication failed'
  | 'timeout'
  | 'protocol error: not a handshake'
  | 'protocol error: a repeated handshake'
  | 'connection lost'
  | 'too many handshakes';

/** Accepts the connections of agents: the socket on which channels begin. */
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

/** Connecting failed. The message names the address and says what to check. */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly reason: DialFailure;

  constructor(reason: DialFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}
