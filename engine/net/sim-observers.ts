/**
 * Who watches a simulated world: the trace recorder, the log, the scenario's sink. Everything here
 * is optional and costs a comparison when absent; nothing of it changes a run.
 *
 * @module
 */
import type { NodeRequest } from '../host/host.ts';

/** What nodes say for the pictures (engine/host/measure.ts, Trace). */
export interface TraceRecorder {
  /** True when states are kept (engine/host/measure.ts, `isRecorded`). */
  readonly isRecorded?: boolean;
  state(host: number, machine: string, state: string): void;
  /** Begins a procedure; the function returned ends it. */
  span(host: number, name: string): () => void;
  mark(host: number, name: string): void;
  /** A drop that a protocol named. */
  nodeDrop?(host: number, reason: string): void;
  /** A request waits for a modelled processor. */
  postponed?(host: number, request: NodeRequest): void;
  /** A request that waited for the processor gets to its handler now. */
  resumed?(host: number, request: NodeRequest): void;
  /** That handler has returned. */
  handled?(): void;
}

/** Where log lines go. */
export type LogSink = (host: string, level: 'debug' | 'info' | 'warn', message: string) => void;

/** Gets application bytes that a node hands over; the bytes are read during the call only. */
export type DeliverySink = (
  from: string,
  buffer: Uint8Array,
  offset: number,
  length: number,
) => void;
