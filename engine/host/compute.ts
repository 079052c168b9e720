/**
 * Heavy pure work outside the packet path. Jobs are pure functions named in a protocol's `jobs`.
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
}

/** What `done` gets: `failed` carries the message of the exception a job threw. */
export type ComputeResult =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly message: string };
