/**
 * The selections of beacons that are shipped, by the names that files give them.
 *
 * @module
 */
import { selection as diversity } from './diversity.ts';
import { selection as greenest } from './greenest.ts';
import { selection as latency } from './latency.ts';
import { selection as reference } from './reference.ts';

/** Shipped selections. */
export const BEACON_SELECTIONS = { reference, diversity, latency, greenest } as const;
