/**
 * Threads and agents that tests start use the programs that prepared-once.ts prepared.
 *
 * @module
 */
import { setEnvironmentData } from 'node:worker_threads';
import { inject } from 'vitest';

const folder = inject('prepared');
// The name that engine/live/prepared.mjs reads.
if (folder !== '') setEnvironmentData('orrery.prepared', folder);
