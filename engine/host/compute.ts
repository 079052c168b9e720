/**
 * Heavy pure work outside the packet path. Jobs are pure functions named in a protocol's `jobs`.
 *
 * A job on plain data costs a message to a thread and one back. A job on bytes costs neither: its
 * bytes lie in memory that the threads share (ADR 0013).
 *
 * @module
 */
import type { CryptoProvider } from './crypto.ts';

/** Options of `host.compute`. */
export interface ComputeOptions {
  /**
   * Jobs with the same key run one at a time, in the order of the calls (live: on the same worker).
   */
  readonly key?: string;
  /** Waiting `control` jobs start before waiting `data` jobs. */
  readonly lane?: 'control' | 'data';
}

/** A job that `host.compute` has started, by which its caller can cancel it. */
export interface Job {
  /** Cancels the job: `done` is not called afterwards. Has no effect if the job has ended. */
  cancel(): void;
}

/** One entry of a protocol's `jobs`: a pure function of plain, clonable data. */
export interface JobDefinition {
  /**
   * Computes the output, which must depend on `input` only. `crypto` is a provider of the same kind as the node's, made
   * where the job runs. Its calls are not charged, because the whole job costs `costNs`.
   */
  readonly run: (input: unknown, crypto: CryptoProvider) => unknown;
  /** Time on the modelled processor, ns; a figure in the profile overrides it. */
  readonly costNs?: (input: unknown) => number;
  /**
   * Buffers that move to the job and back instead of being copied; for vectors of megabytes. From
   * the call of `host.compute` on, a moved buffer has length 0 at the caller. Default: all data are
   * copied.
   */
  readonly transfer?: JobBufferTransfer;
  /**
   * True: in virtual time, a secret on which the {@link CryptoProvider.x25519Key} of two nodes agree is computed once
   * for both; the job of each node still costs `costNs`. Reports mention it. Live, each node computes. Default false.
   */
  readonly sharesAgreements?: boolean;
  /**
   * If present, the job is a byte job: its input is a {@link ByteJobInput} and its output a {@link
   * ByteJobOutput}. Hosts then call `bytes` instead of `run`; both must give the same results.
   */
  readonly bytes?: ByteJob;
  /**
   * True: the threads start at the first call of the job, not with the run, because most nodes of
   * the protocol never call it. Default false.
   */
  readonly onDemand?: boolean;
}

/** Which buffers of a job move instead of being copied; each buffer must be named once. */
export interface JobBufferTransfer {
  /** Buffers of the input that move to the job. */
  readonly input: (input: unknown) => readonly ArrayBuffer[];
  /** Buffers of the output that move to the caller. */
  readonly output: (output: unknown) => readonly ArrayBuffer[];
}

/** A job that changes bytes in place and fills a small record, fast enough for every packet. */
export interface ByteJob {
  /** Length of the record in bytes, 0 ... 256. */
  readonly recordLength: number;
  /**
   * Prepares the job with the data that all its calls share, such as private keys; called once per thread
   * and setup. `setup` is overwritten afterwards, so the job must copy what it needs.
   */
  open(setup: Uint8Array, crypto: CryptoProvider): OpenedByteJob;
}

/** A byte job that {@link ByteJob.open} has prepared for calls. */
export interface OpenedByteJob {
  /**
   * Changes `bytes` in place and fills `record`. The results must depend on setup and bytes only. Must keep neither
   * array: their memory is used by other calls afterwards.
   * @param record `recordLength` bytes, all zero.
   */
  run(bytes: Uint8Array, record: Uint8Array): void;
  /** Wipes what `open` made; no call follows. */
  close(): void;
}

/** Input of a byte job. */
export interface ByteJobInput {
  /**
   * Data that all calls share. Pass the same object at every call until its content changes, and then another object:
   * a node has one setup of a job at a time. Calls that were made before still get the previous setup, which is wiped
   * after them.
   */
  readonly setup: Uint8Array;
  /** The bytes to change. They belong to the host until it calls `done`, and then contain the result. */
  readonly bytes: Uint8Array;
}

/** Output of a byte job. */
export interface ByteJobOutput {
  /** The bytes of the input, as the job has changed them. */
  readonly bytes: Uint8Array;
  /** The record that the job has filled, `recordLength` bytes. */
  readonly record: Uint8Array;
}

/** How a job ended: with an output, or with the message of an exception that it threw. */
export type ComputeResult =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly message: string };
