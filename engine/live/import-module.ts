/**
 * Imports a module of a user's by its address, TypeScript or JavaScript, in any thread and whether
 * this program runs from its sources or built.
 *
 * Node strips types by itself from 22.18 on. Before, the main thread of the sources has tsx as its
 * loader already; threads, which do not inherit it for modules that they import by address, and the
 * built program ask tsx for this one module and what it imports.
 *
 * @module
 */
import { isMainThread } from 'node:worker_threads';
import { IS_SOURCE } from './own-form.ts';

/** @param address `file:` address. @returns the module's namespace. */
export async function importModule(address: string): Promise<unknown> {
  // A module that tsx has loaded gives its own address with a query.
  const plain = address.replace(/\?.*$/, '');
  const isTypeScript = /\.[cm]?ts$/.test(plain);
  const isReadable =
    !isTypeScript || 'typescript' in process.features || (IS_SOURCE && isMainThread);
  if (isReadable) return import(plain);
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(plain, import.meta.url);
}
