/**
 * Loader hooks for a process in which this project's modules are in one file: a user's module that imports one of
 * these modules gets the loaded module, and not a second copy with its own classes and state.
 *
 * @module
 */
const SCHEME = 'orrery-shared:';
/** The names that each module exports, by the address of the module. */
const shared = new Map();

/** Takes the shared modules. @param modules Pairs of the address of a module and the names that it exports. */
export function initialize(modules) {
  for (const [address, names] of modules) shared.set(address, names);
}

export async function resolve(specifier, context, nextResolve) {
  // These modules have URLs with a private scheme, against which no other loader resolves.
  const found = await nextResolve(specifier, context);
  const address = found.url.replace(/[?#].*$/, '');
  if (!shared.has(address)) return found;
  return { url: SCHEME + address, format: 'module', shortCircuit: true };
}

export function load(url, context, nextLoad) {
  if (!url.startsWith(SCHEME)) return nextLoad(url, context);
  const address = url.slice(SCHEME.length);
  const names = shared.get(address);
  const lines = names.map(
    (name, index) =>
      `const v${index} = module[${JSON.stringify(name)}]; export { v${index} as ${name} };`,
  );
  const from = `globalThis[Symbol.for('orrery.modules')].get(${JSON.stringify(address)})`;
  const source = [`const module = ${from};`, ...lines].join('\n');
  return { format: 'module', source, shortCircuit: true };
}
