/**
 * Makes programs ready for engine/live/prepared.mjs: bundles our own modules of each, TypeScript or
 * built, and the packages that they need into one script with a map of its lines. Started as a process
 * with the folder to write and the programs: `node --import tsx engine/live/prepare.ts FOLDER NAME=FILE
 * ...`. A program exports what its first file does; `+FILE` adds modules that it will be asked for by
 * their address. See ADR 0030.
 *
 * Ends with exit code 65 where the modules cannot be bundled, so that nobody tries again.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** The exit code `EX_DATAERR` of sysexits.h. */
const NOT_BUNDLED = 65;

/** These packages load modules by name at run time, or are needed only for users' TypeScript. */
const KEPT_OUTSIDE = ['esbuild', 'tsx', 'tsx/cjs/api', 'tsx/esm/api', 'pino', 'piscina'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/**
 * Written in parts, because this file may be bundled itself and would then refer to its own URL.
 */
const OWN_ADDRESS: string = ['import', 'meta', 'url'].join('.');
/** Where users' modules find the modules that are already loaded (shared-modules.mjs). */
const SHARED = "(globalThis[Symbol.for('orrery.modules')] ??= new Map())";

const { resolve: placeOf } = createRequire(import.meta.url);

const ownModules: Plugin = {
  name: 'own-modules',
  setup(plugin): void {
    plugin.onResolve({ filter: /^[a-z]/ }, ({ path }) =>
      KEPT_OUTSIDE.includes(path) ? { path: placeOf(path), external: true } : undefined,
    );
    // The package lacks the commands for developers, which are never loaded there.
    plugin.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) =>
      kind === 'dynamic-import' && !existsSync(join(resolveDir, path))
        ? { path, external: true }
        : undefined,
    );
    plugin.onLoad({ filter: /\.[jt]s$/, namespace: 'file' }, ({ path }) => {
      if (!path.startsWith(ROOT) || path.includes('node_modules', ROOT.length)) return undefined;
      const address = JSON.stringify(pathToFileURL(path).href);
      const text = readFileSync(path, 'utf8')
        .replaceAll(OWN_ADDRESS, address)
        .replaceAll('import.meta.resolve', '$resolve')
        .replaceAll(
          // Code that V8 compiled earlier cannot call import() itself; the loader does it.
          /(?<![$\w])import\((?!['"]\.)(?:['"]([^'"]+)['"])?/g,
          (_, name?: string) =>
            `$import(${name === undefined ? '' : JSON.stringify(import.meta.resolve(name))}`,
        );
      // The bundle lists itself on its last line, so that line numbers do not change.
      const self = `\nimport * as $self from ${JSON.stringify(path)}; ${SHARED}.set(${address}, $self);\n`;
      return { loader: path.endsWith('.ts') ? 'ts' : 'js', contents: text + self };
    });
  },
};

/**
 * For programs of several files: adds the exports of the first one, with all files bundled into
 * one.
 */
const joinedModules: Plugin = {
  name: 'joined-modules',
  setup(plugin): void {
    plugin.onResolve({ filter: /^joined:/ }, ({ path }) => ({ path, namespace: 'joined' }));
    plugin.onLoad({ filter: /./, namespace: 'joined' }, ({ path }) => {
      const [first, ...others] = path
        .slice('joined:'.length)
        .split('+')
        .map((file) => JSON.stringify(resolve(ROOT, file)));
      const lines = [`export * from ${first};`, ...others.map((file) => `import ${file};`)];
      return { contents: lines.join('\n'), resolveDir: ROOT };
    });
  },
};

const [folder = '', ...programs] = process.argv.slice(2);
const entryPoints = Object.fromEntries(
  programs.map((word) => {
    const [name = '', files = ''] = word.split('=');
    return [name, `joined:${files}`];
  }),
);
const HOW = {
  entryPoints,
  outdir: folder,
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
  plugins: [joinedModules, ownModules],
  write: false,
} satisfies BuildOptions;

const made = await build(HOW).catch(() => process.exit(NOT_BUNDLED));
// Only the owner may write here, because these files are executed.
mkdirSync(folder, { recursive: true, mode: 0o755 });
for (const { path, text } of made.outputFiles) {
  writeFileSync(path, path.endsWith('.map') ? text : asciiOnly(text), { mode: 0o644 });
}

/**
 * Programs are read as Latin-1, which is faster than UTF-8. esbuild escapes what is not ASCII in strings,
 * but not in regular expressions and tagged templates; there, the same escapes mean the same.
 */
function asciiOnly(text: string): string {
  const escaped = (unit: string): string =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/[\u0080-\uffff]/g, escaped);
}
