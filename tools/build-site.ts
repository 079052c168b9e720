/**
 * `npm run build:site` builds the Lab as one folder, dist/lab, that any web server can deliver from any path, and that
 * also opens from disk: everything is inside its index.html. `npm run viz` serves the same file.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readCommit } from '../runner/run/commit.ts';
import { bundlePage, bundleScript } from './page/bundle.ts';
import { labElements, shippedFilesJson } from './page/lab-data.ts';
import { gzippedBytes, pageDocument } from './page/page-document.ts';

const OUT = join(fileURLToPath(new URL('..', import.meta.url)), 'dist/lab');
/** Largest sizes, gzipped (ADR 0095): of the page's own script and style, and of everything. */
const CODE_BYTES_MAX = 400_000;
const ALL_BYTES_MAX = 1_200_000;

const code = await bundlePage('lab/page/main.ts');
const worker = await bundleScript('lab/run/lab-worker.ts');
const page = pageDocument({
  code,
  title: 'Lab – Orrery',
  scriptSource: "'wasm-unsafe-eval'",
  connectSource: "'none'",
  data: [labElements(worker, shippedFilesJson(readCommit()))],
});
const sizes = { codeGzipBytes: gzippedBytes(code), allGzipBytes: gzipSync(page).length };
if (sizes.codeGzipBytes > CODE_BYTES_MAX || sizes.allGzipBytes > ALL_BYTES_MAX) {
  throw new Error(`the Lab is too large: ${JSON.stringify(sizes)}`);
}
mkdirSync(OUT, { recursive: true });
writeFileSync(join(OUT, 'index.html'), page);
writeFileSync(join(OUT, 'size.json'), `${JSON.stringify(sizes)}\n`);
process.stderr.write(`dist/lab/index.html: ${JSON.stringify(sizes)}\n`);
