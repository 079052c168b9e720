/**
 * Loads an assembled module if the machine supports it.
 *
 * @module
 */

/** The part of JavaScript's WebAssembly interface that is used here. */
interface WebAssemblyInterface {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Record<string, unknown> };
}

/** A loaded module with its own memory. */
export interface LoadedWasm {
  readonly exports: Readonly<Record<string, unknown>>;
  /** A view of all bytes of the memory that the module exports. */
  readonly memory: Uint8Array;
}

/** Compiles and instantiates `code`; undefined if WebAssembly or an instruction is missing. */
export function loadWasm(code: Uint8Array): LoadedWasm | undefined {
  const engine = (globalThis as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly;
  if (engine?.validate(code) !== true) return undefined;
  const { exports } = new engine.Instance(new engine.Module(code));
  const { buffer } = exports['memory'] as { readonly buffer: ArrayBuffer };
  return { exports, memory: new Uint8Array(buffer) };
}

/** Calls `make` at the first call of the returned function and remembers the result, also if it is undefined. */
export function memoiseResult<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
