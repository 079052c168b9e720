/**
 * Entry of a worker thread: makes TypeScript modules load as ES modules, then loads the worker.
 *
 * A thread of Node 20 does not inherit the loader of the main thread. With tsx's hook for `require`
 * alone the sources would be compiled to CommonJS, where each use of an import is a call of a getter:
 * a run of failover.yaml took 21 s of CPU instead of 10. Node versions that strip types need nothing, and
 * built JavaScript does without this file (engine/live/own-form.ts).
 *
 * @module
 */
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
export const { runJob } = await import('./run-worker.ts');
