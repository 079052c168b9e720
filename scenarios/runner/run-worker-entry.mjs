/**
 * Entry of a worker thread: loads the prepared worker (engine/live/prepared.mjs); if there is none,
 * makes TypeScript modules load as ES modules, and loads it from its sources.
 *
 * A thread of Node 20 does not inherit the loader of the main thread. With only tsx's hook for
 * `require`, the sources would be compiled to CommonJS, where each use of an import is a getter
 * call: a run of failover.yaml took 21 s of CPU instead of 10. Node versions that strip types need
 * nothing, and built JavaScript does not use this file (engine/live/own-form.ts).
 *
 * @module
 */
import { loadPrepared } from '../../engine/live/prepared.mjs';

export const runJob = fromPrepared() ?? (await fromSources());

function fromPrepared() {
  const prepared = loadPrepared('run-worker');
  if (prepared === undefined) return undefined;
  let isKept = false;
  return async (job) => {
    const answer = await prepared.exports.runJob(job);
    if (!isKept) prepared.keep();
    isKept = true;
    return answer;
  };
}

async function fromSources() {
  if (!process.features.typescript) {
    const { register } = await import('tsx/esm/api');
    register();
  }
  const worker = await import('./run-worker.ts');
  return worker.runJob;
}
