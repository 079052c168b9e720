/**
 * The selections of beacons that are shipped, by the names that files give them.
 *
 * @module
 */
import { diversity } from './diversity.ts';
import { greenest } from './greenest.ts';
import { latency } from './latency.ts';
import { reference } from './reference.ts';

/** The shipped selections, by name. */
export const BEACON_SELECTIONS = { reference, diversity, latency, greenest } as const;
