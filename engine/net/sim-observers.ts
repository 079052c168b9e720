/**
 * Observers of a simulated world: the recorder of traces, the sink of log lines, the sink of deliveries. All are
 * optional, cost one comparison when absent, and never change a run.
 *
 * @module
 */
import type { Host, RequestContent } from '../host/host.ts';
import type { LogFields } from '../host/measure.ts';

/** Receives what nodes report for drawings (engine/host/measure.ts, Trace). */
export interface NodeTraceSink {
  /** True if states are recorded (engine/host/measure.ts, `isRecorded`). */
  readonly isRecorded?: boolean;
  state(host: number, machine: string, state: string): void;
  /** Begins a procedure; the returned function ends it. */
  span(host: number, name: string): () => void;
  mark(host: number, name: string): void;
  /** Called when a protocol of the host has done its work, for the first time in this life. */
  finished?(host: number, protocol: string): void;
  /** Called when a node has dropped a packet for a reason that its protocol names. */
  nodeDrop?(host: number, reason: string): void;
  /** Called when a request waits for a modelled processor. */
  postponed?(host: number, request: RequestContent): void;
  /** Called when a request that waited for the processor reaches its handler. */
  resumed?(host: number, request: RequestContent): void;
  /** Called when the handler of a resumed request has returned. */
  handled?(): void;
}

/** Receives the log lines of nodes. */
export type LogSink = (
  host: string,
  level: 'debug' | 'info' | 'warn',
  message: string,
  fields?: LogFields,
) => void;

/** Receives application bytes that a node delivers; the bytes are valid only during the call. */
export type DeliverySink = Host['deliver'];
