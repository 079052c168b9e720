/**
 * Entry of a compute thread: loads the prepared worker, or its modules one by one (prepared.mjs).
 *
 * @module
 */
import { loadProgram } from './prepared.mjs';

const home = new URL('./compute-worker', import.meta.url);
const { exports, keep } = await loadProgram('compute-worker', home);

export async function runCall(call) {
  const answer = await exports.runCall(call);
  // The first call comes before the time of the run begins and loads the module of a protocol; the
  // code compiled for it is stored then.
  keep();
  return answer;
}
