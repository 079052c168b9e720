/**
 * The file with which an agent's process starts.
 *
 * From source, every process would load and translate some two hundred files, 0.9 s of processor
 * time each, seventeen processes at the same moment. So the sources are bundled once per run into
 * one file (ADR 0009), which starts in 0.3 s. For processes, that file is also compiled once, and
 * V8's result is stored next to it; event loops of this process load a module. Each module keeps
 * the address of its own source, by which workers find it. The built form needs none of this.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { BuildOptions } from 'esbuild';
import { IS_SOURCE } from '../../engine/live/own-form.ts';

/** A file with which agents start. */
export interface AgentProgram {
  readonly path: string;
  /** Removes what was written. */
  dispose(): void;
}

/** They load things by name at run time, or are needed for users' TypeScript only. */
const KEPT_OUTSIDE = ['esbuild', 'tsx', 'tsx/cjs/api', 'tsx/esm/api', 'pino', 'piscina'];

/** Split, because this file may be bundled itself, and would then look for its own address. */
const OWN_ADDRESS: string = ['import', 'meta', 'url'].join('.');

/** A module for the event loops of this process, or a program for a new process. */
type Form = 'module' | 'prepared';

/**
 * Makes the file ready.
 * @param entry `file:` address of the module that runs an agent.
 */
export async function agentProgram(entry: string, form: Form = 'module'): Promise<AgentProgram> {
  if (!IS_SOURCE) return { path: fileURLToPath(entry), dispose: (): void => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'orrery-agent-'));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = await (form === 'module' ? bundleModule(entry, folder) : prepare(entry, folder));
    return { path, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function bundleModule(entry: string, folder: string): Promise<string> {
  const path = join(folder, 'agent.mjs');
  const home = JSON.stringify(import.meta.url);
  const js = `import { createRequire as $from } from 'node:module'; const require = $from(${home});`;
  await bundle(entry, path, {
    placeOf: (name) => import.meta.resolve(name),
    build: { format: 'esm', banner: { js } },
  });
  return path;
}

async function prepare(entry: string, folder: string): Promise<string> {
  const { resolve } = createRequire(import.meta.url);
  const path = join(folder, 'start.cjs');
  const start = new URL('./prepared-start.ts', import.meta.url).href;
  const how = { placeOf: resolve, build: { format: 'cjs' } } as const;
  // Code from a cache cannot import by itself (Node forgets its origin); whoever started it can.
  const rewrite = (text: string): string =>
    text.replace(/await import\((?:'([^']+)')?/g, (_, name?: string) => {
      const address = name === undefined ? '' : JSON.stringify(import.meta.resolve(name));
      return `await $import(${address}`;
    });
  await bundle(entry, join(folder, 'agent.cjs'), { ...how, rewrite });
  await bundle(start, path, how);
  // Without it only time is lost, and the agents themselves report what is wrong with the program.
  await promisify(execFile)(process.execPath, [path, 'prepare']).catch(() => undefined);
  return path;
}

interface BundleHow {
  /** The address of a module that stays outside the bundle. */
  readonly placeOf: (name: string) => string;
  /** Transforms the text of our own modules. */
  readonly rewrite?: (text: string) => string;
  readonly build: Pick<BuildOptions, 'format' | 'banner'>;
}

async function bundle(
  entry: string,
  outfile: string,
  { placeOf, rewrite = (text): string => text, build: form }: BundleHow,
): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    ...form,
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    plugins: [
      {
        name: 'own-address',
        setup(plugin): void {
          plugin.onResolve({ filter: /^[a-z]/ }, ({ path }) =>
            KEPT_OUTSIDE.includes(path) ? { path: placeOf(path), external: true } : undefined,
          );
          plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            loader: 'ts',
            contents: rewrite(readFileSync(path, 'utf8')).replaceAll(
              OWN_ADDRESS,
              JSON.stringify(pathToFileURL(path).href),
            ),
          }));
        },
      },
    ],
  });
}
