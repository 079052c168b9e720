/**
 * The file that an agent's process starts with.
 *
 * From source, every process would load and translate some two hundred files, 0.9 s of processor
 * each, and seventeen of them at once: the sources are bundled once per run into one file (ADR
 * 0009), which starts in 0.2 s. Each module keeps the address of its own source, by which workers
 * find it. The built form needs none of this.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { IS_SOURCE } from '../../engine/live/own-form.ts';

/** A file to start agents with. */
export interface AgentProgram {
  readonly path: string;
  /** Removes what was written. */
  dispose(): void;
}

/** They load things by name at run time, and are needed for users' TypeScript only. */
const KEPT_OUTSIDE = ['esbuild', 'tsx', 'tsx/esm/api', 'pino', 'piscina'];

/**
 * Makes the file ready.
 * @param entry `file:` address of the module that runs an agent.
 */
export async function agentProgram(entry: string): Promise<AgentProgram> {
  if (!IS_SOURCE) return { path: fileURLToPath(entry), dispose: (): void => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'orrery-agent-'));
  const path = join(folder, 'agent.mjs');
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await bundle(fileURLToPath(entry), path);
  } catch (error) {
    dispose();
    throw error;
  }
  return { path, dispose };
}

async function bundle(entry: string, outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  const home = JSON.stringify(import.meta.url);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: {
      js: `import { createRequire as $from } from 'node:module'; const require = $from(${home});`,
    },
    plugins: [
      {
        name: 'own-address',
        setup(plugin): void {
          plugin.onResolve({ filter: /^[a-z]/ }, ({ path }) =>
            KEPT_OUTSIDE.includes(path)
              ? { path: import.meta.resolve(path), external: true }
              : undefined,
          );
          plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            loader: 'ts',
            contents: readFileSync(path, 'utf8').replaceAll(
              'import.meta.url',
              JSON.stringify(pathToFileURL(path).href),
            ),
          }));
        },
      },
    ],
  });
}
