/**
 * The flows of a run, and a count of arrivals that belong to none of them. The object exists before everything that
 * reads it; its flows are added when the run is prepared.
 *
 * @module
 */
import type { Flow } from './traffic-source.ts';

/** See the module. */
export class Deliveries {
  readonly flows: Flow[] = [];
  /** Bytes delivered to an application that no flow explains, or that are damaged. */
  damaged = 0;
}
