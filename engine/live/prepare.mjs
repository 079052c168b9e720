/**
 * Makes programs ready for engine/live/prepared.mjs: bundles this project's modules, TypeScript or built, and
 * the packages that they need into scripts with source maps. Started as a process with the
 * folder to write and the programs: `node engine/live/prepare.mjs FOLDER NAME=FILE ...`. For each of its programs, a
 * script has the exports of the program's FILE; `+FILE` adds a module that the program
 * imports by its address. See ADR 0030.
 *
 * Plain JavaScript, so that nothing has to be translated before it runs. Ends with exit code 65 if
 * the modules cannot be bundled, so that the caller does not try again.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOf } from './prepared.mjs';

/** The exit code `EX_DATAERR` of sysexits.h. */
const NOT_BUNDLED = 65;

/** Packages that are not bundled: they load modules by name, or are needed only for TypeScript of users. */
const KEPT_OUTSIDE = ['esbuild', 'tsx', 'tsx/cjs/api', 'tsx/esm/api', 'pino', 'piscina'];
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The texts to replace, written in parts: if this file were bundled, it would otherwise replace them here. */
const OWN_ADDRESS = ['import', 'meta', 'url'].join('.');
const OWN_RESOLVE = ['import', 'meta', 'resolve'].join('.');
/** Expression for the map in which modules of users find the modules that are already loaded (shared-modules.mjs). */
const SHARED = "(globalThis[Symbol.for('orrery.modules')] ??= new Map())";
/** A dynamic import, with the name of the module if that is a string literal. */
const DYNAMIC_IMPORT = /(?<![$\w])import\((?:['"]([^'"]+)['"])?/g;

const { resolve: placeOf } = createRequire(import.meta.url);

/**
 * Adapts this project's modules to the bundle. Each file that matches a filter costs a message between
 * two processes, so the filters match only files that are changed.
 */
const ownModules = {
  name: 'own-modules',
  setup(plugin) {
    plugin.onResolve({ filter: new RegExp(`^(?:${KEPT_OUTSIDE.join('|')})$`) }, ({ path }) => ({
      path: placeOf(path),
      external: true,
    }));
    plugin.onLoad({ filter: /\.[jt]s$/, namespace: 'file' }, ({ path }) => {
      if (!path.startsWith(ROOT) || path.includes('node_modules', ROOT.length)) return undefined;
      const address = JSON.stringify(pathToFileURL(path).href);
      const text = readFileSync(path, 'utf8')
        .replaceAll(OWN_ADDRESS, address)
        .replaceAll(OWN_RESOLVE, '$resolve')
        .replaceAll(DYNAMIC_IMPORT, (whole, name) => dynamicImport(whole, name, path));
      // The code that registers a module is on the last line of the module, so that line numbers do not change.
      const self = `\nimport * as $self from ${JSON.stringify(path)}; ${SHARED}.set(${address}, $self);\n`;
      return { loader: path.endsWith('.ts') ? 'ts' : 'js', contents: text + self };
    });
  },
};

/**
 * Replaces `import(`: modules of the bundle are found in it. The loader imports all others, because
 * code that V8 compiled earlier cannot call import() itself.
 */
function dynamicImport(whole, name, path) {
  if (name === undefined) return '$import(';
  if (!name.startsWith('.')) return `$import(${JSON.stringify(import.meta.resolve(name))}`;
  // The published package does not contain the commands for developers, which are never loaded there.
  const file = join(dirname(path), name);
  return existsSync(file) ? whole : `$import(${JSON.stringify(pathToFileURL(file).href)}`;
}

const [folder = '', ...programs] = process.argv.slice(2);
/** Lines of the first module of each script, by the name of the script. */
const scripts = new Map();
for (const program of programs) {
  const [name = '', files = ''] = program.split('=');
  const [first, ...others] = files.split('+').map((file) => JSON.stringify(resolve(ROOT, file)));
  const script = bundleOf(name);
  const lines = [
    `export * as ${JSON.stringify(name)} from ${first};`,
    ...others.map((file) => `import ${file};`),
  ];
  scripts.set(script, [...(scripts.get(script) ?? []), ...lines]);
}
const firstModules = {
  name: 'first-modules',
  setup(plugin) {
    plugin.onResolve({ filter: /^first:/ }, ({ path }) => ({ path, namespace: 'first' }));
    plugin.onLoad({ filter: /./, namespace: 'first' }, ({ path }) => ({
      contents: scripts.get(path.slice('first:'.length)).join('\n'),
      resolveDir: ROOT,
    }));
  },
};
const HOW = {
  entryPoints: [...scripts.keys()].map((script) => ({
    in: `first:${script}`,
    out: script.replace(/\.cjs$/, ''),
  })),
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The bundle is wrapped like a CommonJS module.
  banner: { js: '(function (exports, require, module, $import, $resolve) {' },
  footer: { js: '})' },
  minifyWhitespace: true,
  sourcemap: 'external',
  sourcesContent: false,
  sourceRoot: '',
  logLevel: 'silent',
  plugins: [firstModules, ownModules],
  write: false,
};

const made = await build(HOW).catch(() => process.exit(NOT_BUNDLED));
// Only the owner may write here, because these files are executed.
mkdirSync(folder, { recursive: true, mode: 0o755 });
for (const { path, text } of made.outputFiles) {
  writeFileSync(path, path.endsWith('.map') ? text : asciiOnly(text), { mode: 0o644 });
}

/**
 * Programs are read as Latin-1, which is faster than UTF-8. esbuild escapes characters outside of ASCII in strings,
 * but not in regular expressions and tagged templates, where these escapes have the same meaning.
 */
function asciiOnly(text) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return text.replace(/[\u0080-\uffff]/g, escaped);
}
