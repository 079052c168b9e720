/**
 * What a client of a mixnet is built from and what it tells the node around it: the seam between
 * the pure {@link ClientMachine} and sockets, timers and requests.
 *
 * Types only. Times are integer nanoseconds of the node's monotonic clock.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PacketFormat } from '../../sphinx/index.ts';
import type { Descriptor, DirectoryDocument, NeighbourGraph } from '../directory/index.ts';
import type { ClientOptions } from './config.ts';
import type { DeliveredLog } from './delivered-log.ts';
import type { ClientDrop } from './drops.ts';

/** What a client asks of the port; a whole `Host` fits. */
export interface ClientHost {
  /** The stream of this purpose, the same object at every call. */
  random(purpose: string): Random;
  /** Key material and identifiers. */
  randomBytes(length: number): Uint8Array;
}

/** How packets, SURBs and replies are made and replies opened; a whole format fits. */
export type ClientFormat = Pick<
  PacketFormat,
  'geometry' | 'createPacket' | 'createSurb' | 'createReply' | 'openReply'
>;

/** Where a client is reached. */
export interface Contact {
  /** Name of the client's node. */
  readonly name: string;
  /** Name of its provider, as in the directory. */
  readonly provider: string;
  /** 32 bytes, not all zero: names the client's spool at its provider. */
  readonly recipientId: Uint8Array;
}

/** The clients one can write to and hear from. */
export interface Contacts {
  byName(name: string): Contact | undefined;
  /** @param recipientId 32 bytes, from the network. */
  byId(recipientId: Uint8Array): Contact | undefined;
}

/** Why a packet was sent; for the observer and the meters, never on the wire. */
export interface PacketCause {
  readonly kind: 'payload' | 'ack' | 'loop' | 'drop-cover';
  /** Name of the client that it is for; empty for cover. */
  readonly recipient: string;
  /** Of a payload: number of the message that it is a part of. */
  readonly message?: number;
}

/** How a message ended for its sender; `sent` where nobody asks for acknowledgements. */
export type Settlement = 'acknowledged' | 'abandoned' | 'sent';

/** What becomes of loops. */
export interface LoopOutputs {
  /** A loop came back, `age` after it was sent. */
  loopReturned(age: Nanoseconds): void;
  /** A loop did not come back by its deadline. */
  loopOverdue(): void;
  /**
   * More loops are missing than loss explains. Once, until they return again.
   * @param after Time since the oldest missing one was sent.
   */
  alarm(after: Nanoseconds): void;
}

/** What a client says. The machine calls these within its own methods, in the order of events. */
export interface ClientOutputs extends LoopOutputs {
  /** Send this packet to the own provider now. The bytes belong to the callee. */
  send(packet: Uint8Array, cause: PacketCause): void;
  /** Ask the own provider for messages now. */
  retrieve(): void;
  /** A message of `from` is whole; the bytes belong to the callee. */
  deliver(from: string, body: Uint8Array): void;
  /** Something was dropped. */
  drop(reason: ClientDrop): void;
  /** What became of a message that was retrieved under this name; absent when nobody follows. */
  taken?(copy: number, how: 'held' | 'delivered' | 'dropped'): void;
  /** The message with the number that `submit` gave is settled; called once for each. */
  settled(message: number, how: Settlement): void;
}

/** Windows of stop-and-go mixing, which senders write for each hop. */
export interface SenderWindows {
  /** Spread of the transits and clock error. */
  readonly lengthNs: Nanoseconds;
  /** Milliseconds since 1970 at an instant of the monotonic clock. */
  calendarMsAt(at: Nanoseconds): number;
}

/** The neighbours that the mixes of a document proved; undefined where it has none. */
export type NeighboursIn = (document: DirectoryDocument) => NeighbourGraph | undefined;

/** Everything a client is built from. */
export interface ClientParts {
  readonly self: Contact;
  readonly host: ClientHost;
  readonly format: ClientFormat;
  readonly contacts: Contacts;
  readonly options: ClientOptions;
  readonly outputs: ClientOutputs;
  /** What survives a restart of what was delivered. */
  readonly delivered: DeliveredLog;
  /** Present where the mixes are stop-and-go. */
  readonly windows?: SenderWindows;
  /** Present where mixes draw their neighbours: those of a document. */
  readonly neighboursIn?: NeighboursIn;
  /** True where mixes fix delays themselves, so that a sender knows their law only (3.4). */
  readonly isDelayUnknown?: boolean;
  /** A path was drawn, there or back; its mixes, first to last. */
  pathDrawn?(mixes: readonly Descriptor[]): void;
  /** The epoch that holds at this instant of the monotonic clock. */
  epochAt(at: Nanoseconds): number;
}

/** A message as a provider hands it to its client. */
export interface RetrievedMessage {
  /** The identifier of the SURB when the message is a reply: 16 bytes. */
  readonly surbId?: Uint8Array;
  /** Forward payload without its tag; of a reply: with its tag, still encrypted. Changed in place. */
  readonly payload: Uint8Array;
  /** Under which observers know it; absent when nobody follows messages. */
  readonly copy?: number;
}
