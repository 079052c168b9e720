/**
 * What a file means by `run`: a shipped protocol, or the path of a user's module.
 *
 * @module
 */
import { folderOfPath, isAbsolutePath, resolvePath } from '../../engine/pure/paths.ts';
import { isUserModulePath } from '../../engine/pure/user-module-path.ts';
import type { MachineFiles } from '../files/machine.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import type { ConfigSource } from '../files/source.ts';
import { unknownNameHint } from '../files/suggest.ts';

/** A protocol that a file names. */
export interface NamedProtocol {
  /** The name by which the registry knows it; for a module its absolute path. */
  readonly name: string;
  /** Why there is no such protocol (E116); absent if there is one. */
  readonly mistake?: { readonly message: string; readonly hint: string };
}

/** Absolute paths among the protocols that name an existing module, each once; the check reports missing modules. */
export function existingModules(
  protocols: readonly string[],
  files: MachineFiles,
): readonly string[] {
  return [...new Set(protocols)].filter((name) => isAbsolutePath(name) && files.exists(name));
}

/** Finds the protocol; paths of modules count from the folder of the file. */
export function lookUpProtocol(
  written: string,
  source: ConfigSource,
  registry: ProtocolLookup,
): NamedProtocol {
  if (isModulePath(written)) {
    const name = resolvePath(folderOfPath(source.path), written);
    if (registry.machine.files.exists(name)) return { name };
    const hint = 'the path counts from the folder of this file';
    return { name, mistake: { message: `protocol "${written}" not found`, hint } };
  }
  if (registry.protocols(written) !== undefined) return { name: written };
  const message = `protocol "${written}" not found in nodes/`;
  const hint = unknownNameHint(written, registry.names, 'protocols');
  return { name: written, mistake: { message, hint } };
}

/**
 * True if a file may name a user's module. It costs less than building the topology, which is the exact way to know.
 * @param data The values of a file.
 */
export function mayNameUserModules(data: unknown): boolean {
  if (data === null || typeof data !== 'object') return false;
  if (Array.isArray(data)) {
    return data.some((one) =>
      typeof one === 'string' ? isUserModulePath(one) : mayNameUserModules(one),
    );
  }
  return Object.entries(data).some(([key, value]) => {
    if (typeof value !== 'string') return mayNameUserModules(value);
    return key === 'run' ? isModulePath(value) : isUserModulePath(value);
  });
}

function isModulePath(written: string): boolean {
  return written.includes('/') || written.startsWith('.');
}
