/**
 * Entry of a thread of a hunt: loads the prepared worker, or its modules one by one
 * (engine/live/prepared.mjs).
 *
 * @module
 */
import { loadProgram } from '../../engine/live/prepared.mjs';

const home = new URL('./hunt-worker', import.meta.url);
const { exports, keep } = await loadProgram('hunt-worker', home);

export async function runHuntJob(job) {
  const answer = await exports.runHuntJob(job);
  keep();
  return answer;
}
