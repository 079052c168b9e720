/**
 * The guard on clocks, timers and random numbers ({@link installAmbientGuard}) in Node.
 *
 * @module
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import {
  AMBIENT_REPLACEMENTS,
  type GuardedFunctions,
  type GuardedRun,
  guardRun,
  installAmbientGuard,
} from './ambient-guard.ts';

const { bytes, later, time } = AMBIENT_REPLACEMENTS;

const IN_NODE: readonly GuardedFunctions[] = [
  [process.hrtime, 'process.hrtime.', ['bigint'], time],
  [process, 'process.', ['hrtime', 'uptime'], time],
  [globalThis, '', ['setImmediate'], later],
  [timers, '', ['setTimeout', 'setInterval', 'setImmediate'], later],
  [
    crypto,
    'crypto.',
    ['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID'],
    bytes,
  ],
];

/** Installs the guard permanently in this thread; it rejects nothing before {@link guardNodesOfRun}. */
export function installClockGuard(): void {
  if (installAmbientGuard(IN_NODE)) syncBuiltinESMExports();
}

/** Installs the guard and begins to guard a run ({@link guardRun}). */
export function guardNodesOfRun(guarded: GuardedRun): () => void {
  installClockGuard();
  return guardRun(guarded);
}
