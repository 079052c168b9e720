/**
 * Makes programs ready for engine/live/prepared.mjs: bundles the sources of each into one script with a map of
 * its lines. Started as a process of its own, with the folder to write and the programs:
 * `node --import tsx engine/live/prepare.ts FOLDER NAME=FILE ...`. See ADR 0030.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** They load things by name at run time, or are needed for users' TypeScript only. */
const KEPT_OUTSIDE = ['esbuild', 'tsx', 'tsx/cjs/api', 'tsx/esm/api', 'pino', 'piscina'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Not in one word: this file may be bundled itself, and would then look for its own address. */
const OWN_ADDRESS: string = ['import', 'meta', 'url'].join('.');
/** Where a user's modules find the modules that are loaded already (shared-modules.mjs). */
const SHARED = "(globalThis[Symbol.for('orrery.modules')] ??= new Map())";

const { resolve: placeOf } = createRequire(import.meta.url);

const ownModules: Plugin = {
  name: 'own-modules',
  setup(plugin): void {
    plugin.onResolve({ filter: /^[a-z]/ }, ({ path }) =>
      KEPT_OUTSIDE.includes(path) ? { path: placeOf(path), external: true } : undefined,
    );
    plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.startsWith(ROOT) || path.includes('node_modules')) return undefined;
      const address = JSON.stringify(pathToFileURL(path).href);
      const text = readFileSync(path, 'utf8')
        .replaceAll(OWN_ADDRESS, address)
        .replaceAll('import.meta.resolve', '$resolve')
        .replaceAll(
          // What V8 has compiled before cannot import by itself; the loader can.
          // Not `$import(`, which agent-bundle.ts writes.
          /(?<![$\w])import\((?!'\.)(?:'([^']+)')?/g,
          (_, name?: string) =>
            `$import(${name === undefined ? '' : JSON.stringify(import.meta.resolve(name))}`,
        );
      // It lists itself on its last line, so that lines stay where they are.
      const self = `\nimport * as $self from ${JSON.stringify(path)}; ${SHARED}.set(${address}, $self);\n`;
      return { loader: 'ts', contents: text + self };
    });
  },
};

const [folder = '', ...programs] = process.argv.slice(2);
const entryPoints = Object.fromEntries(
  programs.map((word) => {
    const [name = '', file = ''] = word.split('=');
    return [name, resolve(ROOT, file)];
  }),
);
await build({
  entryPoints,
  outdir: join(folder),
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The wrapper of a CommonJS module.
  banner: { js: '(function (exports, require, module, $import, $resolve) {' },
  footer: { js: '})' },
  minifyWhitespace: true,
  sourcemap: 'external',
  sourcesContent: false,
  sourceRoot: '',
  logLevel: 'silent',
  plugins: [ownModules],
});
