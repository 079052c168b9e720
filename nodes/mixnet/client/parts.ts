/**
 * What a client of a mixnet needs and what it reports: the boundary between the pure {@link
 * ClientMachine} and the node with its sockets, timers and requests.
 *
 * Types only. Times are integer nanoseconds of the node's monotonic clock.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PacketFormat } from '../../sphinx/index.ts';
import type { Descriptor, DirectoryDocument, NeighbourGraph } from '../directory/index.ts';
import type { MessageKind } from '../message-kinds.ts';
import type { ClientOptions } from './config.ts';
import type { DeliveredLog } from './delivered-log.ts';
import type { ClientDrop } from './drops.ts';

/** The part of the port that a client needs; a complete `Host` fits. */
export interface ClientHost {
  /** The random stream for this purpose, the same object at every call. */
  random(purpose: string): Random;
  /** Random bytes for keys and identifiers. */
  randomBytes(length: number): Uint8Array;
}

/** How packets, SURBs and replies are made and replies opened; a complete format fits. */
export type ClientFormat = Pick<
  PacketFormat,
  'geometry' | 'createPacket' | 'createSurb' | 'createReply' | 'openReply'
>;

/** A client and how it is reached. */
export interface Contact {
  /** Name of the client's node. */
  readonly name: string;
  /** Name of its provider, as in the directory. */
  readonly provider: string;
  /** 32 bytes, not all zero: identifies the client's spool at its provider. */
  readonly recipientId: Uint8Array;
}

/** The other clients to which this client can write and from which it can receive. */
export interface Contacts {
  byName(name: string): Contact | undefined;
  /** @param recipientId 32 bytes, as received. */
  byId(recipientId: Uint8Array): Contact | undefined;
}

/** Why a packet was sent; for the observer and the metrics, never on the wire. */
export interface PacketCause {
  readonly kind: Exclude<MessageKind, 'mix-loop'>;
  /** Name of the receiving client; empty for cover. */
  readonly recipient: string;
  /** For a payload, the number of the message to which it belongs. */
  readonly message?: number;
}

/** How a message ended for its sender; `sent` when no acknowledgement is requested. */
export type Settlement = 'acknowledged' | 'abandoned' | 'sent';

/** Callbacks for events of loops. */
export interface LoopOutputs {
  /** A loop returned, `age` after it was sent. */
  loopReturned(age: Nanoseconds): void;
  /** A loop did not return by its deadline. */
  loopOverdue(): void;
  /**
   * More loops are missing than loss explains. Called once, until loops return again.
   * @param after Time since the oldest missing one was sent.
   */
  alarm(after: Nanoseconds): void;
}

/** Callbacks of a client. The machine calls them within its own methods, in the order of events. */
export interface ClientOutputs extends LoopOutputs {
  /** Send this packet to the client's provider now. The callee owns the bytes. */
  send(packet: Uint8Array, cause: PacketCause): void;
  /** Request messages from the client's provider now. */
  retrieve(): void;
  /** A message from `from` is complete; the callee owns the bytes. */
  deliver(from: string, body: Uint8Array): void;
  /** Called when something was dropped. */
  drop(reason: ClientDrop): void;
  /**
   * Called with what happened to the message retrieved under this name; absent without an observer.
   */
  taken?(copy: number, how: 'held' | 'delivered' | 'dropped'): void;
  /** The message with the number returned by `submit` is settled; called once for each. */
  settled(message: number, how: Settlement): void;
}

/** Arrival windows for stop-and-go mixing, which senders write for each hop. */
export interface SenderWindows {
  /** Variation of transit times plus clock error. */
  readonly lengthNs: Nanoseconds;
  /** Milliseconds since 1970 at an instant of the monotonic clock. */
  calendarMsAt(at: Nanoseconds): number;
}

/** The neighbours proved by the mixes of a document; undefined if it has none. */
export type NeighboursIn = (document: DirectoryDocument) => NeighbourGraph | undefined;

/** What a client needs. */
export interface ClientParts {
  readonly self: Contact;
  readonly host: ClientHost;
  readonly format: ClientFormat;
  readonly contacts: Contacts;
  readonly options: ClientOptions;
  readonly outputs: ClientOutputs;
  /** The record of delivered messages, which survives a restart. */
  readonly delivered: DeliveredLog;
  /** The arrival windows; present for stop-and-go mixes. */
  readonly windows?: SenderWindows;
  /** Present when mixes draw their neighbours: those of a document. */
  readonly neighboursIn?: NeighboursIn;
  /** True if mixes choose the delays themselves, so that a sender knows only their distribution. */
  readonly isDelayUnknown?: boolean;
  /** A path was drawn, forward or for a reply; its mixes, first to last. */
  pathDrawn?(mixes: readonly Descriptor[]): void;
  /** The epoch at this instant of the monotonic clock. */
  epochAt(at: Nanoseconds): number;
}

/** A message as the provider delivers it to its client. */
export interface RetrievedMessage {
  /** Identifier of the SURB, 16 bytes, when the message is a reply. */
  readonly surbId?: Uint8Array;
  /**
   * Forward payload without its tag; for a reply: with its tag, still encrypted. Modified in place.
   */
  readonly payload: Uint8Array;
  /** The name by which observers know it; absent without an observer. */
  readonly copy?: number;
}
