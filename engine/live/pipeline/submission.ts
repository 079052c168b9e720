/**
 * What goes into a pipeline and what comes out of it.
 *
 * @module
 */

/** A packet for a job. The object may be reused after the call: its fields are copied. */
export interface Submission {
  /** Handle of an open job. */
  job: number;
  /** The packet, which is copied. */
  bytes: Uint8Array;
  sink: ResultSink;
  /** Returned with the result. */
  token: number;
  /**
   * Packets with the same number go to the same worker and come back in order; -1 for the least
   * loaded worker.
   */
  affinity: number;
}

/** Receives results. */
export interface ResultSink {
  /** @param result Valid during the call only. */
  done(token: number, result: PipelineResult): void;
}

/** The result of a packet that a worker thread has processed. */
export interface PipelineResult {
  /** `lost`: its worker died. */
  readonly status: 'done' | 'failed' | 'lost';
  /** The packet, changed in place; on a failure its message, and on a loss nothing. */
  readonly bytes: Uint8Array;
  readonly record: Uint8Array;
  /** The worker that processed it, from 0. */
  readonly worker: number;
}

/** The result of a submission: accepted, or the reason why it was dropped. */
export type SubmissionOutcome = 'taken' | 'queue-full' | 'too-long' | 'no-worker';
