/**
 * Fabric: types and time conversions that the parts of a peer's machine share.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { CalendarTime, Nanoseconds } from '../../engine/host/time.ts';
import type { CarrierGuarantees } from '../../engine/host/transport.ts';
import type { WayChooser } from '../_kit/way-chooser.ts';
import type { Behaviour } from './behaviour.ts';
import type { FabricOptions } from './config.ts';
import type { DiskWriteScheduler } from './disk-write-scheduler.ts';
import type { MessageSettlement, PeerEffect } from './effects.ts';
import type { MessageKind } from './envelope.ts';
import type { OutgoingMessage } from './outgoing/outgoing-message.ts';
import type { PeerMessageObserver } from './peer-watch.ts';

/** A record in the node's store: key and value. */
export type StoredRecord = readonly [key: string, value: Uint8Array];

/**
 * The messages between this node and a peer that share numbers, records and ways. Private messages are a conversation
 * of their own, over hiding ways only: if they shared numbers or acknowledgements with others, packets over other ways
 * would reveal that they exist, and when.
 */
export interface Conversation {
  readonly peer: string;
  readonly isPrivate: boolean;
}

/** Name of a conversation in records and traces; names of nodes have no `~`. */
export function conversationName({ peer, isPrivate }: Conversation): string {
  return isPrivate ? `${peer}~private` : peer;
}

/** What a {@link PeerMachine} is made from. */
export interface PeerMachineParts extends Conversation {
  readonly own: string;
  /**
   * Random name of this node's memory, its stored numbering of messages; the node draws a new name
   * when it has lost its disk.
   */
  readonly memory: Uint8Array;
  /** Number of this life of the node: how often it has started, counted on disk. */
  readonly life: number;
  readonly options: PeerMachineOptions;
  readonly behaviour: Behaviour;
  /** The ways to the peer, in the order of preference; at least one. */
  readonly carriers: readonly CarrierGuarantees[];
  /** Names of these carriers; absent if the chooser does not use them. */
  readonly carrierNames?: readonly string[];
  /** Chooses among the ways; absent: the first that is up. */
  readonly chooser?: WayChooser;
  readonly random: Random;
  readonly clock: () => CalendarTime;
  readonly numbers: MessageNumberSource;
  /**
   * Records of messages to the peer that were open before a restart, in the order of message numbers.
   */
  readonly records: readonly StoredRecord[];
  /**
   * Numbers of the calls whose answers the last write recorded; the records of these calls may still
   * be on disk.
   */
  readonly answeredRecord?: Uint8Array | undefined;
  /** The record of handled messages of the peer (`Inbox.record`); undefined if there is none. */
  readonly inboxRecord: Uint8Array | undefined;
  /**
   * True for kinds of messages whose handlers have effects that are not in the records of this peer,
   * such as those on an application.
   */
  readonly isOutside: (kind: MessageKind) => boolean;
  /** Observes each message for the trace; absent while no trace is recorded. */
  readonly watch?: PeerMessageObserver | undefined;
}

/** The options of a node that the machines of its peers use. */
export type PeerMachineOptions = Pick<FabricOptions, 'queue' | 'outbox' | 'order' | 'packet'>;

/** Gives message numbers; no number is given twice, not even after a restart. */
export interface MessageNumberSource {
  /** The least number that {@link take} can return from now on. */
  readonly next: number;
  /** Takes the next number; undefined until its reservation is on disk. */
  take(): number | undefined;
}

/** A message or settlement that waits for a write to disk. */
export type AwaitingWriteItem<Request> =
  | { readonly kind: 'kept' | 'answer'; readonly message: OutgoingMessage<Request> }
  | { readonly kind: 'answered'; readonly settlement: MessageSettlement<Request> };

/** What all parts of a peer's machine share. */
export interface PeerMachineContext<Request> {
  readonly parts: PeerMachineParts;
  readonly journal: DiskWriteScheduler<AwaitingWriteItem<Request>>;
  readonly emit: (effect: PeerEffect<Request>) => void;
}

const NS_PER_MS = 1_000_000;
const MS_PER_S = 1_000;

/** Converts calendar time to Unix ms, rounded down. */
export function unixMs({ seconds, nanos }: CalendarTime): number {
  return seconds * MS_PER_S + Math.floor(nanos / NS_PER_MS);
}

/** Time from `clock` to `deadlineMs` (Unix ms), ns; negative if the deadline has passed. */
export function nsUntil(deadlineMs: number, clock: CalendarTime): Nanoseconds {
  return (deadlineMs - unixMs(clock)) * NS_PER_MS;
}
