/**
 * The trace of a live run: states, spans, marks, faults and series, on the scenario's time.
 *
 * @module
 */
import type { Recordings } from './job.ts';
import { openTrace, type TraceParts } from './record-trace.ts';
import type { Recorder } from './recorder.ts';

/** Begins the file that was asked for, if any; live nobody watches packets. */
export function liveTrace(
  parts: Omit<TraceParts, 'network'>,
  { trace }: Recordings,
): Recorder | undefined {
  return trace === undefined ? undefined : openTrace(parts, { ...trace, packets: 0 });
}
