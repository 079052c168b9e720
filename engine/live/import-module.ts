/**
 * Imports a module of a user's by its address, TypeScript or JavaScript, in any thread.
 *
 * Threads of Node 20 do not inherit the loader for modules that they import by address; tsx loads
 * them there. Later versions strip types by themselves.
 *
 * @module
 */
import { isMainThread } from 'node:worker_threads';

/** @param address `file:` address. @returns the module's namespace. */
export async function importModule(address: string): Promise<unknown> {
  const isTypeScript = /\.[cm]?ts$/.test(address);
  if (isMainThread || !isTypeScript) return import(address);
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(address, import.meta.url);
}
