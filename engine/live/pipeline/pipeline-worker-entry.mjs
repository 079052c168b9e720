/**
 * Entry of a pipeline thread: makes TypeScript modules load as ES modules, then loads the worker.
 * The reason is in scenarios/runner/run-worker-entry.mjs.
 *
 * @module
 */
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import('./pipeline-worker.ts');
