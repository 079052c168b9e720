/**
 * The flows of a run, and a count of arrivals that belong to none of them. The object exists before everything that
 * reads it; its flows are added when the run is prepared.
 *
 * @module
 */
import type { Flow } from './traffic-source.ts';

/** The flows of a run, with the number of delivered bytes that belong to none of them. */
export class RunFlows {
  readonly flows: Flow[] = [];
  /** Bytes delivered to an application that no flow explains, or that are damaged. */
  damaged = 0;
}
