/**
 * The flows of a run, and the number of deliveries that belong to none of them. The object is created
 * before its readers; flows are added when the run is prepared.
 *
 * @module
 */
import type { Flow } from './traffic-source.ts';

/** The flows of a run, and the number of deliveries that belong to none of them. */
export class RunFlows {
  readonly flows: Flow[] = [];
  /** Number of deliveries to applications whose bytes were not those of a packet of a flow. */
  damaged = 0;
}
