/**
 * Fabric: what the parts of a peer's machine share.
 *
 * @module
 */
import type { Random } from '../../engine/host/random.ts';
import type { CalendarTime, Nanoseconds } from '../../engine/host/time.ts';
import type { CarrierGuarantees } from '../../engine/host/transport.ts';
import type { Behaviour } from './behaviour.ts';
import type { FabricOptions } from './config.ts';
import type { DiskWriteScheduler } from './disk-write-scheduler.ts';
import type { MessageSettlement, PeerEffect } from './effects.ts';
import type { MessageKind } from './envelope.ts';
import type { OutgoingMessage } from './outgoing/out-message.ts';
import type { PeerMessageObserver } from './peer-watch.ts';

/** An entry of the store's table: key and value. */
export type StoredRecord = readonly [key: string, value: Uint8Array];

/** What a peer's machine needs. */
export interface PeerMachineParts {
  readonly own: string;
  readonly peer: string;
  /** Random name of this node's memory of its messages; a new name once the node has lost its disk. */
  readonly memory: Uint8Array;
  /** Number of this life of the node, counted on disk. */
  readonly life: number;
  readonly options: PeerMachineOptions;
  readonly behaviour: Behaviour;
  /** The ways to the peer, in the order of preference; at least one. */
  readonly carriers: readonly CarrierGuarantees[];
  readonly random: Random;
  readonly clock: () => CalendarTime;
  readonly numbers: MessageNumberSource;
  /** Open messages on the disk, in the order of numbers. */
  readonly records: readonly StoredRecord[];
  /** Record of the calls answered in the last write; the disk may still have their requests. */
  readonly answeredRecord?: Uint8Array | undefined;
  /** What the disk knows of messages from the peer. */
  readonly inboxRecord: Uint8Array | undefined;
  /** True for kinds of messages whose handlers keep their effects outside the records of this peer. */
  readonly isOutside: (kind: MessageKind) => boolean;
  /** Absent while no trace is recorded. */
  readonly watch?: PeerMessageObserver | undefined;
}

/** The options of a node that the machines of its peers use. */
export type PeerMachineOptions = Pick<FabricOptions, 'queue' | 'outbox' | 'order' | 'packet'>;

/** Numbers of messages, none of which is used twice. */
export interface MessageNumberSource {
  /** The least number that can come next. */
  readonly next: number;
  /** Takes a number; undefined while the disk has not reserved it. */
  take(): number | undefined;
}

/** An item that waits for a write. */
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

/** Unix milliseconds, rounded down. */
export function unixMs({ seconds, nanos }: CalendarTime): number {
  return seconds * MS_PER_S + Math.floor(nanos / NS_PER_MS);
}

/** Nanoseconds from now to an instant of calendar time; negative if it is over. */
export function nsUntil(deadlineMs: number, clock: CalendarTime): Nanoseconds {
  return (deadlineMs - unixMs(clock)) * NS_PER_MS;
}
