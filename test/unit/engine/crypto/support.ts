import { vi } from 'vitest';

interface Engine {
  readonly Instance: new (module: object) => object;
}

/**
 * After this call, newly imported modules share their WebAssembly memory with the test. The
 * returned function gives the memory of the latest instance. `vi.unstubAllGlobals` and
 * `vi.resetModules` undo this.
 */
export function watchWasmMemory(): () => Uint8Array {
  const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
  let memory = new Uint8Array();
  function Instance(module: object): object {
    const made = new engine.Instance(module) as { exports: { memory: { buffer: ArrayBuffer } } };
    memory = new Uint8Array(made.exports.memory.buffer);
    return made;
  }
  const names = Object.getOwnPropertyNames(engine);
  const own = names.map((name) => [name, Reflect.get(engine, name) as unknown] as const);
  vi.stubGlobal('WebAssembly', { ...Object.fromEntries(own), Instance });
  vi.resetModules();
  return () => memory;
}
