/**
 * The packets that go into a pipeline, and the results that come out of it.
 *
 * @module
 */

/** A packet for a job. The object may be reused after the call: its fields are copied. */
export interface Submission {
  /** Handle of the open job that processes the packet. */
  job: number;
  /** The packet, which is copied. */
  bytes: Uint8Array;
  sink: ResultSink;
  /** A number of the caller's choice that is returned with the result. */
  token: number;
  /**
   * Packets with the same affinity go to the same worker and come back in order; -1 chooses the least
   * loaded worker.
   */
  affinity: number;
}

/** Receives the results of packets from a pipeline. */
export interface ResultSink {
  /** Takes the result of one packet. @param result Valid during the call only. */
  done(token: number, result: PipelineResult): void;
}

/** The result of a packet that a worker thread has processed. */
export interface PipelineResult {
  /** `done`, `failed` if the job threw, or `lost` if the worker died. */
  readonly status: 'done' | 'failed' | 'lost';
  /** The packet, changed in place; if `failed`, the error message in UTF-8; if `lost`, no bytes. */
  readonly bytes: Uint8Array;
  readonly record: Uint8Array;
  /** Index of the worker that processed the packet, from 0. */
  readonly worker: number;
}

/** The result of a submission: accepted, or the reason why it was dropped. */
export type SubmissionOutcome = 'taken' | 'queue-full' | 'too-long' | 'no-worker';
