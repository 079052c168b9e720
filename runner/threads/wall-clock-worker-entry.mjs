/**
 * Entry of the thread of a run by the wall clock: loads the prepared worker, or its modules one by one
 * (engine/live/prepared.mjs).
 *
 * @module
 */
import { loadProgram } from '../../engine/live/prepared.mjs';

const home = new URL('./wall-clock-worker', import.meta.url);
const { exports, keep } = await loadProgram('wall-clock-worker', home);
await exports.runWallClockSeed();
keep();
// Ends this thread only, even if a protocol left something open.
process.exit(0);
