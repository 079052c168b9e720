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
  /** Jobs with the same key run in order, one at a time (live: on the same worker). */
  readonly key?: string;
  /** Waiting `control` jobs start before waiting `data` jobs. */
  readonly lane?: 'control' | 'data';
}

/** A job that `host.compute` has started, which may be cancelled. */
export interface Job {
  /** Cancels the job: `done` is not called afterwards. Has no effect if the job has ended. */
  cancel(): void;
}

/** One entry of a protocol's `jobs`: a pure function of plain, clonable data. */
export interface JobDefinition {
  /**
   * Must depend on its input only. `crypto` is the provider of the calling node, created anew where
   * the job runs; it charges nothing, since a job costs `costNs`.
   */
  readonly run: (input: unknown, crypto: CryptoProvider) => unknown;
  /** Time on the modelled processor, ns; a figure in the profile overrides it. */
  readonly costNs?: (input: unknown) => number;
  /**
   * Buffers that move to the job and back instead of being copied; for vectors of megabytes. From
   * the call of `host.compute` on, a moved buffer has length 0 at the caller. Default: all data is
   * copied.
   */
  readonly transfer?: JobBufferTransfer;
  /**
   * True: in virtual time, a secret that two {@link CryptoProvider.x25519Key} agree on is computed once for both ends;
   * the jobs of both still cost `costNs`. Reports say so. Live, each end computes it. Default false.
   */
  readonly sharesAgreements?: boolean;
  /**
   * If present, this is a byte job: its input is a {@link ByteJobInput}, its output a {@link
   * ByteJobOutput}, and hosts call this instead of `run`, which must do the same.
   */
  readonly bytes?: ByteJob;
  /**
   * True: the threads start at the first call of the job, not with the run, because most nodes of
   * the protocol never call it. Default false.
   */
  readonly onDemand?: boolean;
}

/** Memory of a job that moves; each buffer must be named once. */
export interface JobBufferTransfer {
  /** Buffers of the input that move to the job. */
  readonly input: (input: unknown) => readonly ArrayBuffer[];
  /** Buffers of the output that move to the caller. */
  readonly output: (output: unknown) => readonly ArrayBuffer[];
}

/** A job that changes bytes in place and fills a small record, fast enough for every packet. */
export interface ByteJob {
  /** Bytes of the record, 0 ... 256. */
  readonly recordLength: number;
  /**
   * Prepares the job with what all its calls share, such as private keys; called once per thread
   * and setup. `setup` is overwritten afterwards, so copy what is needed.
   */
  open(setup: Uint8Array, crypto: CryptoProvider): OpenedByteJob;
}

/** A job on bytes, ready for calls. */
export interface OpenedByteJob {
  /**
   * Changes `bytes` in place. Must depend on setup and bytes only, and keep neither `bytes` nor
   * `record`: their memory belongs to other calls afterwards.
   * @param record `recordLength` bytes, all zero.
   */
  run(bytes: Uint8Array, record: Uint8Array): void;
  /** Wipes what `open` made; no call follows. */
  close(): void;
}

/** Input of a job on bytes. */
export interface ByteJobInput {
  /**
   * Pass the same object at every call until its content changes, and then a different object. A
   * node has one setup of a job open at a time: earlier calls still get the earlier one, which is
   * wiped after them.
   */
  readonly setup: Uint8Array;
  /** They belong to the host until it calls `done`, and then contain the job's result. */
  readonly bytes: Uint8Array;
}

/** Output of a job on bytes. */
export interface ByteJobOutput {
  /** The bytes of the input, changed. */
  readonly bytes: Uint8Array;
  readonly record: Uint8Array;
}

/** How a job ended, which its callback is told: with an output, or with the message of an exception that it threw. */
export type ComputeResult =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly message: string };
