/**
 * In which form this program runs: from its TypeScript sources, or built, as in the package.
 *
 * Threads and processes that the program starts must be of the same form. Source needs tsx where
 * Node cannot strip types (20, and 22 before 22.18); built JavaScript needs nothing.
 *
 * @module
 */

/** True when the sources run. */
export const IS_SOURCE: boolean = import.meta.url.endsWith('.ts');

/**
 * The module that a worker thread begins with: `<name>-entry.mjs`, which loads the sources, or the
 * built `<name>.js`. Both export the worker's function by its name.
 *
 * @param name Without ending, e.g. `./run-worker`.
 * @param base `import.meta.url` of the caller.
 * @returns a `file:` address.
 */
export function workerModule(name: string, base: string): string {
  return new URL(IS_SOURCE ? `${name}-entry.mjs` : `${name}.js`, base).href;
}
