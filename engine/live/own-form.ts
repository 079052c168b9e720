/**
 * The form in which this program runs: from its TypeScript sources, or built, as in the package.
 *
 * Threads and processes that the program starts must have the same form. Sources need tsx where
 * Node cannot strip types (20, and 22 before 22.18); built JavaScript needs nothing.
 *
 * @module
 */

/** True if the program runs from its sources. */
export const IS_RUN_FROM_SOURCE: boolean = import.meta.url.endsWith('.ts');

/**
 * The module with which a worker thread or an agent's process begins: `<name>-entry.mjs`. It loads
 * the prepared program if there is one, else the modules one by one, as sources or built (prepared.mjs).
 *
 * @param name Path of the module without `-entry.mjs`, e.g. `./run-worker`.
 * @param base `import.meta.url` of the caller.
 * @returns a `file:` address.
 */
export function entryModuleUrl(name: string, base: string): string {
  return new URL(`${name}-entry.mjs`, base).href;
}
