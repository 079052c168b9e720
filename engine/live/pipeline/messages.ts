/**
 * What the main thread and a worker of a pipeline send to each other: ring entries for packets, and
 * port messages for rare events such as new keys.
 *
 * An entry in the ring of requests announces each message, which puts the message in order with the
 * packets: packets before it are processed with the old keys, packets after it with the new ones.
 *
 * @module
 */
import type { MessagePort } from 'node:worker_threads';
import type { SharedMemory } from './memory.ts';

/** Positions of the words in a request. */
export const REQUEST_WORD_INDICES = { slot: 0, length: 1, job: 2 } as const;
/** Slot number of a request that stands for one message of the `MessagePort`. */
export const PORT_MESSAGE_SLOT = -1;

/**
 * Positions of the words in a result. If the job failed, the slot has a message in UTF-8, and `length` is its length.
 */
export const RESULT_WORD_INDICES = { slot: 0, length: 1, status: 2, recordLength: 3 } as const;
/** Statuses of a result: the job returned, or it threw. */
export const RESULT_STATUS = { done: 0, failed: 1 } as const;

/** Identifies a job by its module and name. */
export interface ByteJobReference {
  readonly moduleUrl: string;
  /** Name of a byte job. */
  readonly job: string;
  /** Name of the crypto provider that the job gets. */
  readonly crypto: string;
}

/** A message to a worker: load a module, or open or close a job. */
export type WorkerMessage =
  | { readonly kind: 'load'; readonly moduleUrl: string }
  | {
      readonly kind: 'open';
      readonly job: number;
      readonly address: ByteJobReference;
      readonly setup: Uint8Array;
    }
  | { readonly kind: 'close'; readonly job: number };

/** A message from a worker: results wait, or a message was processed. */
export type WorkerAnswer = 'results' | 'acted';

/** The way in which a worker notifies the main thread of results. */
export type WakeUpKind = 'wait-async' | 'port';

/** The data with which a worker thread is started. */
export interface WorkerStartParameters {
  readonly memory: SharedMemory;
  readonly worker: number;
  readonly messages: MessagePort;
  readonly wakeUp: WakeUpKind;
  /** Largest number of packets that a worker processes before it looks for new ones. */
  readonly batch: number;
  /** Number of results after which a busy worker wakes the main thread. */
  readonly announceEvery: number;
}
