/**
 * The trace of a live run: states, spans, marks, faults and series, on the scenario's time.
 *
 * @module
 */
import type { DirectionView } from '../../engine/net/direction-context.ts';
import type { Registry } from '../../topologies/files/registry.ts';
import type { Scenario } from '../model.ts';
import type { Recordings } from './job.ts';
import { openTrace } from './record-trace.ts';
import type { Recorder } from './recorder.ts';

/** What it is made from. */
export interface LiveTraceParts {
  readonly scenario: Scenario;
  readonly registry: Registry;
  readonly seed: number;
  readonly now: () => number;
  readonly directions: readonly DirectionView[];
}

/** Begins the file that was asked for, if any. */
export function liveTrace(parts: LiveTraceParts, { trace }: Recordings): Recorder | undefined {
  return trace === undefined ? undefined : openTrace(parts, { ...trace, packets: 0 });
}
