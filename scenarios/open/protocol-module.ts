/**
 * Loads a user's module in Node, and checks its exports. Wrong syntax, imports that cannot be resolved, errors while it
 * is loaded, and missing exports are reported as mistakes of a file, with their lines.
 *
 * @module
 */
import { pathToFileURL } from 'node:url';
import type { Message } from 'esbuild';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { UserModuleOption } from '../../engine/host/user-module.ts';
import { importModule } from '../../engine/live/import-module.ts';
import { ConfigError, type ConfigIssue } from '../../topologies/files/config-error.ts';
import { exportedProtocol, exportedValue, loadingError } from './module-face.ts';
import { nodeFiles } from './node-files.ts';
import { loadModuleWithHash } from './run-files.ts';

/**
 * Loads the protocol module at a path.
 * @throws ConfigError with the position of each mistake; Refusal if a mistake has no position.
 */
export async function loadProtocol(path: string): Promise<Protocol> {
  return exportedProtocol({ path, exports: await importFile(path), files: nodeFiles });
}

/**
 * Loads the module at a path, and returns the export that an option needs.
 * @throws ConfigError or Refusal as {@link loadProtocol}.
 */
export async function loadExported(path: string, option: UserModuleOption): Promise<unknown> {
  return exportedValue({ path, exports: await importFile(path) }, option);
}

async function importFile(path: string): Promise<unknown> {
  try {
    return await loadModuleWithHash(path, nodeFiles, () => importModule(pathToFileURL(path).href));
  } catch (error) {
    const found = await unreadableIn(path);
    if (found.length > 0) throw new ConfigError(found, { cause: error });
    throw loadingError(path, error, nodeFiles);
  }
}

/** Syntax mistakes in a module and in the modules that it imports. */
async function unreadableIn(path: string): Promise<readonly ConfigIssue[]> {
  const { build } = await import('esbuild');
  try {
    await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    return [];
  } catch (error) {
    const { errors } = error as { readonly errors?: readonly Message[] };
    return (errors ?? []).flatMap((message) => syntaxIssue(message));
  }
}

function syntaxIssue({ text, location }: Message): readonly ConfigIssue[] {
  if (location === null) return [];
  const { file, line, column, length, lineText } = location;
  return [
    {
      file,
      line,
      column: column + 1,
      endColumn: column + 1 + Math.max(1, length),
      path: '',
      code: 'E126',
      message: text,
      sourceLine: lineText,
    },
  ];
}
