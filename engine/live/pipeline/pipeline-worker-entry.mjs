/**
 * Entry of a pipeline thread: loads the prepared worker, or its modules one by one
 * (engine/live/prepared.mjs), and runs it to its end.
 *
 * @module
 */
import { loadProgram } from '../prepared.mjs';

const home = new URL('./pipeline-worker', import.meta.url);
const { exports, keep } = await loadProgram('pipeline-worker', home);
await exports.runPipelineWorker();
keep();
