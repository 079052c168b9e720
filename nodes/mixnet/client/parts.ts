/**
 * The collaborators, inputs and effects of a client of a mixnet: the boundary between the pure
 * `MixnetClientStateMachine` and the node with its sockets, timers and requests.
 *
 * Types only. Times are integer nanoseconds of the node's monotonic clock.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { SendWishes } from '../../../engine/host/transport.ts';
import type { PacketFormat } from '../../sphinx/index.ts';
import type { Descriptor, DirectoryDocument, NeighbourGraph } from '../directory/index.ts';
import type { MixnetPacketKind } from '../message-kinds.ts';
import type { ClientOptions } from './config.ts';
import type { ClientDropReason, SubmitRefusal } from './drops.ts';

/** The part of the host's interface that a client needs; a complete `Host` fits. */
export interface ClientHost {
  /** Returns the random stream for a purpose; the same object at every call. */
  random(purpose: string): Random;
  /** Random bytes for keys and identifiers. */
  randomBytes(length: number): Uint8Array;
}

/**
 * The part of a packet format that a client needs: making packets, SURBs and replies, and opening
 * replies.
 */
export type ClientPacketFormat = Pick<
  PacketFormat,
  'geometry' | 'createPacket' | 'createSurb' | 'createReply' | 'openReply'
>;

/** A client as sender or recipient: its name, its provider, and its spool at that provider. */
export interface ClientContact {
  /** Name of the client's node. */
  readonly name: string;
  /** Name of its provider, as in the directory. */
  readonly provider: string;
  /** 32 bytes, not all zero: identifies the client's spool at its provider. */
  readonly recipientId: Uint8Array;
}

/** The clients to which this client can write and from which it can receive. */
export interface ClientContacts {
  byName(name: string): ClientContact | undefined;
  /** @param recipientId 32 bytes, as received. */
  byId(recipientId: Uint8Array): ClientContact | undefined;
}

/** Why a packet was sent; only for the observer and the metrics, never sent to anybody. */
export interface PacketCause {
  readonly kind: Exclude<MixnetPacketKind, 'mix-loop'>;
  /** Name of the receiving client; empty for cover. */
  readonly recipient: string;
  /** For a message, its number; all fragments of the message have the same number. */
  readonly message?: number;
}

/**
 * How a message ended for its sender. `sent`: all fragments were sent, and no acknowledgement was
 * requested.
 */
export type SendOutcome = 'acknowledged' | 'abandoned' | 'sent';

/**
 * The inputs of a client. A `Request` identifies a submission to its submitter; the client returns
 * it unchanged in the effect `accept` or `refuse`.
 */
export type ClientInput<Request> =
  /** A message to be sent at the next instants of the payload process. */
  | {
      readonly kind: 'submit';
      /** Name of a contact. */
      readonly to: string;
      /** The message; it is split into fragments if it is too long for one packet. */
      readonly body: Uint8Array;
      readonly wishes?: SendWishes | undefined;
      readonly request: Request;
    }
  /** The document to use from now on; the first one starts the traffic processes. */
  | { readonly kind: 'document'; readonly document: DirectoryDocument }
  /** A message from the provider; its bytes are not checked yet. */
  | { readonly kind: 'retrieved'; readonly message: RetrievedMessage }
  /**
   * The name in an effect `store` is now durable; if `error` is present, the name could not be
   * stored.
   */
  | { readonly kind: 'stored'; readonly name: string; readonly error?: string | undefined };

/** The effects of a client. Arrays of bytes belong to whoever carries out the effect. */
export type ClientEffect<Request> =
  /** Send this packet to the client's provider. */
  | { readonly kind: 'send'; readonly packet: Uint8Array; readonly cause: PacketCause }
  /** Request messages from the client's provider. */
  | { readonly kind: 'retrieve' }
  /**
   * Make the name of a message durable before the message is delivered; the input `stored` reports
   * the result.
   */
  | { readonly kind: 'store'; readonly name: string }
  /** Deliver this complete message to the application. */
  | { readonly kind: 'deliver'; readonly from: string; readonly body: Uint8Array }
  /** The message is accepted; a later effect `settled` refers to it by the number `message`. */
  | { readonly kind: 'accept'; readonly request: Request; readonly message: number }
  /** The message is refused; this also counts as a drop. */
  | { readonly kind: 'refuse'; readonly request: Request; readonly reason: SubmitRefusal }
  /** The accepted message with this number is finished; emitted exactly once for each message. */
  | { readonly kind: 'settled'; readonly message: number; readonly how: SendOutcome }
  /** What became of the retrieved message that observers identify by the number `copy`. */
  | {
      readonly kind: 'taken';
      readonly copy: number;
      readonly how: 'held' | 'delivered' | 'dropped';
    }
  /**
   * A path to a recipient, or back for a reply, was drawn; `mixes` are its mixes, first to last.
   */
  | { readonly kind: 'path'; readonly mixes: readonly Descriptor[] }
  | { readonly kind: 'drop'; readonly reason: ClientDropReason }
  /** A loop returned at the time `age` after it was sent. */
  | { readonly kind: 'loop-returned'; readonly age: Nanoseconds }
  /** A loop did not return by its deadline. */
  | { readonly kind: 'loop-overdue' }
  /**
   * More loops are missing than packet loss explains; reported once, and again only after loops
   * have returned.
   */
  | { readonly kind: 'alarm' };

/**
 * The arrival windows of stop-and-go mixing, which the sender writes into the packet for each hop.
 */
export interface ArrivalWindowSettings {
  /** Length of each window: variation of transit times plus clock error, ns. */
  readonly lengthNs: Nanoseconds;
  /** Converts an instant of the monotonic clock to milliseconds since 1970. */
  calendarMsAt(at: Nanoseconds): number;
}

/**
 * Returns the neighbours that the mixes of a document have proved; undefined if the mixes of the
 * network draw no neighbours.
 */
export type GetNeighbourGraph = (document: DirectoryDocument) => NeighbourGraph | undefined;

/**
 * A message that was delivered, perhaps before a restart, and is remembered to detect duplicates.
 */
export interface RememberedMessage {
  readonly name: string;
  /** The instant until which the message is remembered, because its sender may repeat it. */
  readonly until: Nanoseconds;
}

/** The collaborators and settings of a client's state machine. */
export interface ClientParts {
  readonly self: ClientContact;
  readonly host: ClientHost;
  readonly format: ClientPacketFormat;
  readonly contacts: ClientContacts;
  readonly options: ClientOptions;
  /** The messages delivered before a restart that are still remembered. */
  readonly remembered: readonly RememberedMessage[];
  /**
   * True if messages are sent as soon as they are submitted; if absent, they wait for the payload
   * process.
   */
  readonly sendsAtOnce?: boolean;
  /** The arrival windows; present for stop-and-go mixes. */
  readonly windows?: ArrivalWindowSettings;
  /**
   * Returns the neighbours that the mixes of a document drew; present when mixes draw neighbours.
   */
  readonly neighboursIn?: GetNeighbourGraph;
  /** True if mixes choose the delays themselves, so that a sender knows only their distribution. */
  readonly isDelayUnknown?: boolean;
  /** Converts an instant of the monotonic clock to the number of its epoch. */
  epochAt(at: Nanoseconds): number;
}

/** A message as the provider delivers it to its client. */
export interface RetrievedMessage {
  /** Identifier of the SURB, 16 bytes, when the message is a reply. */
  readonly surbId?: Uint8Array;
  /**
   * The forward payload without its tag; for a reply, the encrypted payload with its tag. The
   * client modifies it in place.
   */
  readonly payload: Uint8Array;
  /** The number by which observers identify the message; absent without an observer. */
  readonly copy?: number;
}
