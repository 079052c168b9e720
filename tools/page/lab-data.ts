/**
 * What the page of the Lab holds besides its script: the script of its workers, and the shipped
 * files.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BINARY, FILES_ELEMENT, WORKER_ELEMENT } from '../../lab/run/page-elements.ts';
import { insideScript } from './page-document.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Shipped files that a tab can open: not programs, nor pages about them. */
const SHIPPED = /\.(yaml|json|csv|topo|gml|graphml|pcapng|txt)$/;

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
