/**
 * The parts of the static site: the script of workers, the shipped files, and pages around them.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { BINARY, FILES_ELEMENT, WORKER_ELEMENT } from '../../lab/run/page-elements.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Shipped files that a tab can open: not programs, nor pages about them. */
const SHIPPED = /\.(yaml|json|csv|topo|gml|graphml|pcapng|txt)$/;

/** Leaves out the texts of zod in 50 languages: the loader has its own (topologies/files/zod-words.ts). */
const ONE_LANGUAGE: Plugin = {
  name: 'one-language',
  setup(bundle): void {
    bundle.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Bundles a module with everything that it imports, as a script that runs at once. */
export async function bundleScript(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, path)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    legalComments: 'none',
    // Modules say by their address whether they are sources; these are built ones.
    define: { 'import.meta.url': '"file:///orrery/dist/lab/orrery.js"' },
    plugins: [ONE_LANGUAGE],
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`${path} gives no script`);
  return file.text;
}

/** The shipped scenarios and topologies as JSON, as `lab/run/page-data.ts` reads them. */
export function shippedFilesJson(commit: string): string {
  const listed = execFileSync('git', ['ls-files', 'scenarios', 'topologies'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const paths = listed.split('\n').filter((path) => SHIPPED.test(path));
  const files = Object.fromEntries(
    paths.map((path) => [path.replace(/^scenarios\//, ''), textOf(join(ROOT, path))]),
  );
  return JSON.stringify({ commit, files });
}

function textOf(path: string): string {
  const bytes = readFileSync(path);
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : `${BINARY}${bytes.toString('base64')}`;
}

/** The elements of a page that `lab/run/page-data.ts` reads. */
export function labElements(worker: string, files: string): string {
  return [
    `<script type="text/plain" id="${WORKER_ELEMENT}">${insideScript(worker)}</script>`,
    `<script type="application/json" id="${FILES_ELEMENT}">${files.replaceAll('<', '\\u003c')}</script>`,
  ].join('\n');
}

/** A script as the text of an element: `</script` would end the element wherever it occurs. */
export function insideScript(script: string): string {
  return script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
