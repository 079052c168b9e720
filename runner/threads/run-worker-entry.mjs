/**
 * Entry of a thread that runs seeds: loads the prepared worker, or its modules one by one
 * (engine/live/prepared.mjs).
 *
 * @module
 */
import { loadProgram } from '../../engine/live/prepared.mjs';

const home = new URL('./run-worker', import.meta.url);
const { exports, keep } = await loadProgram('run-worker', home);

export async function runJob(job) {
  const answer = await exports.runJob(job);
  keep();
  return answer;
}
