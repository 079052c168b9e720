/**
 * Makes threads and agents that tests start use the programs that prepared-once.mjs bundled.
 *
 * @module
 */
import { setEnvironmentData } from 'node:worker_threads';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the bundled programs; empty if there is none. */
    readonly prepared: string;
  }
}

const folder = inject('prepared');
// engine/live/prepared.mjs reads this key.
if (folder !== '') setEnvironmentData('orrery.prepared', folder);
