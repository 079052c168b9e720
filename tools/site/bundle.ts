/**
 * The parts of the static site: the script of workers, the shipped files, and pages around them.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { BINARY, FILES_ELEMENT, WORKER_ELEMENT } from '../../lab/run/page-elements.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Shipped files that a tab can open: not programs, nor pages about them. */
const SHIPPED = /\.(yaml|json|csv|topo|gml|graphml|pcapng|txt)$/;

/** Parts of libraries that no tab uses, and modules that replace them. */
const SLIM = {
  'd3-interpolate': join(ROOT, 'viz/app/slim/interpolate.ts'),
  'd3-format': join(ROOT, 'viz/app/slim/format.ts'),
};

/** Modules say by their address whether they are sources; these are built ones, and have no other address. */
const ADDRESS = "'file:///orrery/dist/lab/orrery.js'";

const ONE_SCRIPT: Plugin = {
  name: 'one-script',
  enforce: 'pre',
  transform: (code) =>
    code.includes('import.meta.url') ? code.replaceAll('import.meta.url', ADDRESS) : null,
};

/**
 * Bundles a module with everything that it imports, as a script that runs at once. By Vite, as the pages of the browser
 * view: the engine is a tenth smaller, compressed, than by esbuild.
 * @param alias Further modules to replace, by name.
 */
export async function bundleScript(
  path: string,
  alias: Readonly<Record<string, string>> = {},
): Promise<string> {
  const result = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    resolve: { alias: { ...SLIM, ...alias } },
    plugins: [ONE_SCRIPT],
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: { input: join(ROOT, path), output: { format: 'iife' } },
    },
  });
  const files = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  const [file] = files;
  if (file?.type !== 'chunk' || files.length !== 1) throw new Error(`${path}: not one script`);
  return file.code.trim();
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
