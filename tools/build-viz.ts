/**
 * `npm run build:viz` builds the browser view as one HTML file in dist/viz. The server delivers it,
 * and it can also be opened from disk. `npm run build` and the first `npm run viz` call it.
 *
 * The script is classic and inline, the worker a blob inside it, and the demo's report and trace
 * are embedded as data: a module script or a `fetch` is refused from `file://` (ADR 0014). The
 * security policy names the script by its hash.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePage } from './page/bundle.ts';
import { gzippedBytes, pageDocument } from './page/page-document.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/viz');
/** Largest size of JavaScript and CSS together, gzipped (ADR 0058). */
const CODE_BYTES_MAX = 176_000;

const code = await bundlePage('viz/app/main.ts');
const bytes = gzippedBytes(code);
if (bytes > CODE_BYTES_MAX) {
  throw new Error(`script and style take ${bytes} bytes gzipped, more than ${CODE_BYTES_MAX}`);
}
const demo = runDemo();
const page = pageDocument({
  code,
  title: 'Orrery',
  scriptSource: '',
  workerSource: 'blob:',
  connectSource: "'self'",
  data: [
    `<script type="application/json" id="demo-report">${demo.report.replaceAll('<', '\\u003c')}</script>`,
    `<script type="application/octet-stream;base64" id="demo-trace">${demo.trace}</script>`,
  ],
});
mkdirSync(OUT, { recursive: true });
writeFileSync(join(OUT, 'index.html'), page);
writeFileSync(join(OUT, 'size.json'), `${JSON.stringify({ codeGzipBytes: bytes })}\n`);
const kilobytes = (length: number): string => `${(length / 1000).toFixed(1)} kB`;
process.stderr.write(
  `dist/viz/index.html: ${kilobytes(page.length)}, of it script and style ${kilobytes(bytes)} gzipped\n`,
);

/** Runs the demo scenario and reads the files that it writes. */
function runDemo(): { readonly report: string; readonly trace: string } {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-demo-'));
  try {
    const args = ['cli/start.mjs', 'scenario', 'viz/demo.yaml'];
    const flags = ['--trace', 'full', '-q', '--out', folder];
    const { status, stderr } = spawnSync(process.execPath, [...args, ...flags], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    // The message of a failed demo is part of the error; on Ctrl-C, this process ends and prints no error.
    if (status !== 0) throw new Error(`the demo ended with exit code ${status}\n${stderr}`);
    const run = join(folder, 'demo/1');
    return {
      report: JSON.stringify(JSON.parse(readFileSync(join(run, 'report.json'), 'utf8'))),
      trace: readFileSync(join(run, 'trace.orr')).toString('base64'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
