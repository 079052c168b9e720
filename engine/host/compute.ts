/**
 * Heavy pure work outside the packet path. Jobs are pure functions named in a protocol's `jobs`.
 *
 * A job of plain data costs a message to a thread and one back; a job on bytes costs neither: its
 * bytes lie in memory that the threads share (docs/adr/0013).
 *
 * @module
 */
import type { CryptoProvider } from './crypto.ts';

/** Options of `host.compute`. */
export interface ComputeOptions {
  /** Jobs of one key run in order, one at a time (live: on the same worker). */
  readonly key?: string;
  /** `control` jobs start before waiting `data` jobs. */
  readonly lane?: 'control' | 'data';
}

/** A started job. */
export interface Job {
  /** After it, `done` is never called. Harmless when the job has ended. */
  cancel(): void;
}

/** One entry of a protocol's `jobs`: a pure function of plain, clonable data. */
export interface JobDefinition {
  /**
   * Must depend on its input only; `crypto` is the provider of the node that asked, made anew where
   * the job runs, and charges nothing: what a job costs is `costNs`.
   */
  readonly run: (input: unknown, crypto: CryptoProvider) => unknown;
  /** What a run costs on the modelled processor, nanoseconds; the profile's figure wins over it. */
  readonly costNs?: (input: unknown) => number;
  /**
   * Present: a job on bytes. Its input is a {@link ByteJobInput}, its output a {@link ByteJobOutput},
   * and hosts call this instead of `run`, which must do the same.
   */
  readonly bytes?: ByteJob;
  /**
   * True: threads are started by the first call instead of before the run, because most nodes of
   * the protocol never call it. Default false.
   */
  readonly onDemand?: boolean;
}

/** A job that changes bytes in place and fills a small record, for rates of packets. */
export interface ByteJob {
  /** Bytes of the record, 0 ... 256. */
  readonly recordLength: number;
  /**
   * Makes the job ready with what all its calls share, such as private keys: once for each thread
   * and setup. `setup` is overwritten afterwards: keep a copy of what is needed.
   */
  open(setup: Uint8Array, crypto: CryptoProvider): OpenByteJob;
}

/** A job on bytes, ready for calls. */
export interface OpenByteJob {
  /**
   * Changes `bytes` in place. Must depend on setup and bytes only, and keep neither view: the memory
   * belongs to other calls afterwards.
   * @param record `recordLength` bytes, all zero.
   */
  run(bytes: Uint8Array, record: Uint8Array): void;
  /** Wipes what `open` made; no call follows. */
  close(): void;
}

/** Input of a job on bytes. */
export interface ByteJobInput {
  /**
   * The same object at each call until something in it changes; then another object. A node has one
   * setup of a job open at a time: calls made before still get theirs, and then it is wiped.
   */
  readonly setup: Uint8Array;
  /** Belong to the host until `done`, and hold the job's result then. */
  readonly bytes: Uint8Array;
}

/** Output of a job on bytes. */
export interface ByteJobOutput {
  /** The bytes of the input, changed. */
  readonly bytes: Uint8Array;
  readonly record: Uint8Array;
}

/** What `done` gets: `failed` carries the message of the exception a job threw. */
export type ComputeResult =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly message: string };
