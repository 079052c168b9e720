/**
 * Makes threads and agents that tests start use the programs that prepared-once.ts bundled.
 *
 * @module
 */
import { setEnvironmentData } from 'node:worker_threads';
import { inject } from 'vitest';

const folder = inject('prepared');
// engine/live/prepared.mjs reads this key.
if (folder !== '') setEnvironmentData('orrery.prepared', folder);
