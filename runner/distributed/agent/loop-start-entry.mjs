/**
 * Entry of an event loop's thread: loads the prepared agent, or its modules one by one
 * (engine/live/prepared.mjs).
 *
 * @module
 */
import { workerData } from 'node:worker_threads';
import { loadProgram, usePrepared } from '../../../engine/live/prepared.mjs';

const { prepared } = workerData;
if (prepared !== undefined) usePrepared(prepared);
const { exports, keep } = await loadProgram('loop', new URL('./loop-start', import.meta.url));
process.once('exit', keep);
await exports.runLoopAgent();
