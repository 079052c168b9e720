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
import { PACKED } from '../lab/run/page-elements.ts';
import { readCommit } from '../runner/run/commit.ts';
import { bundlePage, bundleScript } from './page/bundle.ts';
import { labElements, shippedFilesJson } from './page/lab-data.ts';
import { gzippedBytes, pageDocument } from './page/page-document.ts';

const OUT = join(fileURLToPath(new URL('..', import.meta.url)), 'dist/lab');
/** Largest sizes, gzipped (ADR 0095): of the page's own script and style, and of everything. */
const CODE_BYTES_MAX = 400_000;
const ALL_BYTES_MAX = 1_200_000;
const LZMA_MODE = 5;

const code = await bundlePage('lab/page/main.ts');
/** The types of this package are source files that do not pass our type check. */
const { compress } = (await import('lzma1' as string)) as {
  readonly compress: (bytes: Uint8Array, mode: number) => Uint8Array;
};
const script = await bundleScript('lab/run/lab-worker.ts');
// LZMA looks back further than gzip, with which the page is transferred: a sixth less.
const packed = compress(new TextEncoder().encode(script), LZMA_MODE);
const worker = `${PACKED}${Buffer.from(packed).toString('base64')}`;
const page = pageDocument({
  code,
  title: 'Lab – Orrery',
  // A worker runs a user's protocol as a script that it has made (lab/protocol/user-modules.ts).
  scriptSource: "'wasm-unsafe-eval' blob:",
  workerSource: 'blob: data:',
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
