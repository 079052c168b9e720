/**
 * Imports a user's module by its address, TypeScript or JavaScript, in any thread and process,
 * whether this program runs from its sources, from one file (ADR 0030), or built.
 *
 * Node strips types by itself from 22.18 on. With earlier versions, the main thread of a program that runs from its
 * sources has tsx as its loader. A process that begins with a bundle or with built code has no such loader, and threads
 * do not inherit it for modules that they import by address. In these cases, tsx is called for this one
 * module and its imports.
 *
 * @module
 */
import Module, { isBuiltin } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/** The modules of a program that is one file, by address; each registers itself (prepare.mjs). */
type LoadedModules = ReadonlyMap<string, object>;
type Exports = Readonly<Record<string, unknown>>;

/** The functions that Node's CommonJS loader calls for each `require`. */
interface CommonJsLoader {
  _load: (request: string, parent: unknown, isMain: boolean) => unknown;
  _resolveFilename: (request: string, parent: unknown, isMain: boolean) => string;
}

const COMMON_JS_LOADER = Module as unknown as CommonJsLoader;

/**
 * Imports a user's module, TypeScript or JavaScript.
 * @param address `file:` address.
 * @returns the module's namespace.
 */
export async function importModule(address: string): Promise<unknown> {
  // tsx adds a query to the address of a module that it has loaded.
  const plain = address.replace(/\?.*$/, '');
  const isTypeScript = /\.[cm]?ts$/.test(plain);
  if (isTypeScript) readAsModules();
  const loaded = Reflect.get(globalThis, Symbol.for('orrery.modules')) as LoadedModules | undefined;
  if (loaded !== undefined) {
    const own = loaded.get(plain);
    if (own !== undefined) return own;
    await shareModules(loaded);
    return namedExports((await import(plain)) as Exports);
  }
  const isReadable = !isTypeScript || isMainThread || 'typescript' in process.features;
  try {
    if (isReadable) return await import(plain);
  } catch (error) {
    if (!isTypeScript || !isUnknownKind(error)) throw error;
  }
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(plain, import.meta.url);
}

/**
 * Node does not always find the names that a CommonJS module exports; they are in its default
 * export.
 */
function namedExports(module: Exports): unknown {
  const names = Object.keys(module).filter((name) => !/^(default|module\.exports)$/.test(name));
  return names.length === 0 ? (module['default'] ?? module) : module;
}

let isReading = false;

/** From now on, Node reads TypeScript with imports and exports as modules, if this version strips types by itself. */
function readAsModules(): void {
  if (isReading || Reflect.get(process.features, 'typescript') !== 'strip') return;
  isReading = true;
  Module.register(new URL('./typescript-modules.mjs', import.meta.url));
}

let isSharing = false;

/** From now on, imports of this project's modules return the modules that are loaded already. */
async function shareModules(loaded: LoadedModules): Promise<void> {
  if (isSharing) return;
  isSharing = true;
  if (Reflect.get(process.features, 'typescript') !== 'strip') {
    const tsx = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
    for (const api of tsx) api.register();
  }
  // Registered last, so that it is called first.
  const hooks = new URL('./shared-modules.mjs', import.meta.url);
  const names = [...loaded].map(([address, module]) => [address, Object.keys(module)]);
  Module.register(hooks, { data: names });
  shareRequired(loaded);
}

/** Like {@link shareModules} for `require`, which modules in a package without `"type": "module"` use. */
function shareRequired(loaded: LoadedModules): void {
  const { _load: load, _resolveFilename: placeOf } = COMMON_JS_LOADER;
  COMMON_JS_LOADER._load = (request, parent, isMain): unknown => {
    if (isBuiltin(request)) return load(request, parent, isMain);
    const place = placeOf(request, parent, isMain).replace(/\?.*$/, '');
    return loaded.get(pathToFileURL(place).href) ?? load(request, parent, isMain);
  };
}

/** True if the error says that Node does not know files with this extension. */
function isUnknownKind(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_UNKNOWN_FILE_EXTENSION';
}
