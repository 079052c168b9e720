/**
 * What goes into a pipeline and what comes out of it.
 *
 * @module
 */

/** A packet for a job. The object may be used again at once: its fields are copied. */
export interface Submission {
  /** Handle of an open job. */
  job: number;
  /** Copied; the caller keeps them. */
  bytes: Uint8Array;
  sink: ResultSink;
  /** Comes back with the result. */
  token: number;
  /** Packets of one number go to one worker and come back in order; -1 for the worker with least. */
  affinity: number;
}

/** Who gets results. */
export interface ResultSink {
  /** @param result valid during the call only. */
  done(token: number, result: PipelineResult): void;
}

/** What became of a packet. */
export interface PipelineResult {
  /** `lost`: the worker that had it died. */
  readonly status: 'done' | 'failed' | 'lost';
  /** The packet, changed in place; on a failure its message, and on a loss nothing. */
  readonly bytes: Uint8Array;
  readonly record: Uint8Array;
  /** The worker that did it, from 0. */
  readonly worker: number;
}

/** What became of a submission: taken, or the reason of its drop. */
export type Submitted = 'taken' | 'queue-full' | 'too-long' | 'no-worker';
