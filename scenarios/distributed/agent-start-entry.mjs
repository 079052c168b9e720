/**
 * Entry of an agent's process: makes TypeScript modules load as ES modules, then starts the agent.
 * Why, is told in scenarios/runner/run-worker-entry.mjs.
 *
 * @module
 */
if (!process.features.typescript) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import('./agent-start.ts');
