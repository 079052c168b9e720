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

/** A client, its provider and its spool there. */
export interface ClientContact {
  /** Name of the client's node. */
  readonly name: string;
  /** Name of its provider, as in the directory. */
  readonly provider: string;
  /** 32 bytes, not all zero: identifies the client's spool at its provider. */
  readonly recipientId: Uint8Array;
}

/** The other clients to which this client can write and from which it can receive. */
export interface ClientContacts {
  byName(name: string): ClientContact | undefined;
  /** @param recipientId 32 bytes, as received. */
  byId(recipientId: Uint8Array): ClientContact | undefined;
}

/** Why a packet was sent; for the observer and the metrics, never on the wire. */
export interface PacketCause {
  readonly kind: Exclude<MixnetPacketKind, 'mix-loop'>;
  /** Name of the receiving client; empty for cover. */
  readonly recipient: string;
  /** For a payload, the number of the message to which it belongs. */
  readonly message?: number;
}

/**
 * How a message ended for its sender. `sent`: all fragments were sent, and no acknowledgement was
 * requested.
 */
export type SendOutcome = 'acknowledged' | 'abandoned' | 'sent';

/** The inputs of a client. `accept` or `refuse` hands the `Request` of a submission back. */
export type ClientInput<Request> =
  /** A message to be sent when the payload process allows. */
  | {
      readonly kind: 'submit';
      /** Name of a contact. */
      readonly to: string;
      /** May be longer than a packet. */
      readonly body: Uint8Array;
      readonly wishes?: SendWishes | undefined;
      readonly request: Request;
    }
  /** The document to use from now on; the first one starts the traffic processes. */
  | { readonly kind: 'document'; readonly document: DirectoryDocument }
  /** A message from the provider; its bytes are not checked yet. */
  | { readonly kind: 'retrieved'; readonly message: RetrievedMessage }
  /** The name in an effect `store` is durable now; with `error`, it could not be stored. */
  | { readonly kind: 'stored'; readonly name: string; readonly error?: string | undefined };

/** The effects of a client. Whoever receives bytes owns them. */
export type ClientEffect<Request> =
  /** Send this packet to the client's provider. */
  | { readonly kind: 'send'; readonly packet: Uint8Array; readonly cause: PacketCause }
  /** Request messages from the client's provider. */
  | { readonly kind: 'retrieve' }
  /**
   * Make the name of a message durable before it is delivered; the input `stored` is the answer.
   */
  | { readonly kind: 'store'; readonly name: string }
  /** A message is complete. */
  | { readonly kind: 'deliver'; readonly from: string; readonly body: Uint8Array }
  /** The message is accepted; the effect `settled` will refer to it by the number `message`. */
  | { readonly kind: 'accept'; readonly request: Request; readonly message: number }
  /** The message is refused, which is also a drop. */
  | { readonly kind: 'refuse'; readonly request: Request; readonly reason: SubmitRefusal }
  /** The accepted message with this number has ended; exactly once for each message. */
  | { readonly kind: 'settled'; readonly message: number; readonly how: SendOutcome }
  /** What happened to the retrieved message that observers know by the number `copy`. */
  | {
      readonly kind: 'taken';
      readonly copy: number;
      readonly how: 'held' | 'delivered' | 'dropped';
    }
  /** A path was drawn, forward or for a reply; its mixes, first to last. */
  | { readonly kind: 'path'; readonly mixes: readonly Descriptor[] }
  | { readonly kind: 'drop'; readonly reason: ClientDropReason }
  /** A loop returned at the time `age` after it was sent. */
  | { readonly kind: 'loop-returned'; readonly age: Nanoseconds }
  /** A loop did not return by its deadline. */
  | { readonly kind: 'loop-overdue' }
  /** More loops are missing than packet loss explains; reported once, until loops return again. */
  | { readonly kind: 'alarm' };

/** Arrival windows for stop-and-go mixing, which senders write for each hop. */
export interface ArrivalWindowSettings {
  /** Length of each window: variation of transit times plus clock error, ns. */
  readonly lengthNs: Nanoseconds;
  /** Converts an instant of the monotonic clock to milliseconds since 1970. */
  calendarMsAt(at: Nanoseconds): number;
}

/**
 * Returns the neighbours that the mixes of a document have proved; undefined if mixes draw no
 * neighbours.
 */
export type GetNeighbourGraph = (document: DirectoryDocument) => NeighbourGraph | undefined;

/** A message that was delivered before a restart. */
export interface RememberedMessage {
  readonly name: string;
  /** Until this instant the sender may repeat the message. */
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
  /** Returns the neighbours of a document; present when mixes draw neighbours. */
  readonly neighboursIn?: GetNeighbourGraph;
  /** True if mixes choose the delays themselves, so that a sender knows only their distribution. */
  readonly isDelayUnknown?: boolean;
  /** Returns the epoch at an instant of the monotonic clock. */
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
  /** The number by which observers know the message; absent without an observer. */
  readonly copy?: number;
}
