/**
 * The flows of a run, and what arrived that belongs to none of them. Made before everything that looks at it; the flows
 * come when the run is prepared.
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
