/**
 * Imports a module of a user's by its address, TypeScript or JavaScript, in any thread and process,
 * whether this program runs from its sources or built.
 *
 * Node strips types by itself from 22.18 on. Before, the main thread of the sources has tsx as its
 * loader; a process that begins with a bundle or with built code has none, and threads do not inherit
 * it for modules that they import by address: there tsx is asked for this one module and what it
 * imports.
 *
 * @module
 */
import { isMainThread } from 'node:worker_threads';

/** @param address `file:` address. @returns the module's namespace. */
export async function importModule(address: string): Promise<unknown> {
  // A module that tsx has loaded gives its own address with a query.
  const plain = address.replace(/\?.*$/, '');
  const isTypeScript = /\.[cm]?ts$/.test(plain);
  const isReadable = !isTypeScript || isMainThread || 'typescript' in process.features;
  try {
    if (isReadable) return await import(plain);
  } catch (error) {
    if (!isTypeScript || !isUnknownKind(error)) throw error;
  }
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(plain, import.meta.url);
}

/** True when Node has said that it does not know such files. */
function isUnknownKind(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_UNKNOWN_FILE_EXTENSION';
}
