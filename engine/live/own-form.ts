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
 * The module with which a worker thread or an agent's process begins: `<name>-entry.mjs`, which loads
 * the prepared program, or its modules one by one, sources or built (prepared.mjs).
 *
 * @param name Without its extension, e.g. `./run-worker`.
 * @param base `import.meta.url` of the caller.
 * @returns a `file:` address.
 */
export function entryModuleUrl(name: string, base: string): string {
  return new URL(`${name}-entry.mjs`, base).href;
}
