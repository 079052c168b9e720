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
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/viz');
/** Largest size of JavaScript and CSS together, gzipped (ADR 0058). */
const CODE_BYTES_MAX = 176_000;

/** Parts of libraries that no page uses, and the modules that replace them. */
const SLIM = {
  'd3-interpolate': join(ROOT, 'viz/app/slim/interpolate.ts'),
  'd3-format': join(ROOT, 'viz/app/slim/format.ts'),
};

interface Code {
  readonly script: string;
  readonly style: string;
}

const { script, style } = await bundle();
const bytes = gzipSync(script, { level: 9 }).length + gzipSync(style, { level: 9 }).length;
if (bytes > CODE_BYTES_MAX) {
  throw new Error(`script and style take ${bytes} bytes gzipped, more than ${CODE_BYTES_MAX}`);
}
const page = documentOf({ script, style }, runDemo());
mkdirSync(OUT, { recursive: true });
writeFileSync(join(OUT, 'index.html'), page);
writeFileSync(join(OUT, 'size.json'), `${JSON.stringify({ codeGzipBytes: bytes })}\n`);
const kilobytes = (length: number): string => `${(length / 1000).toFixed(1)} kB`;
process.stderr.write(
  `dist/viz/index.html: ${kilobytes(page.length)}, of it script and style ${kilobytes(bytes)} gzipped\n`,
);

/** Bundles one script and one style sheet for all pages. */
async function bundle(): Promise<Code> {
  const result = await build({
    configFile: false,
    root: join(ROOT, 'viz/app'),
    base: './',
    logLevel: 'error',
    resolve: { alias: SLIM },
    worker: { format: 'iife' },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: 1e8,
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(ROOT, 'viz/app/main.ts'),
        output: { format: 'iife' },
      },
    },
  });
  const files = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  const chunks = files.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
  const styles = files.flatMap((file) =>
    file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : [],
  );
  const [code] = chunks;
  if (code === undefined || chunks.length !== 1) throw new Error(`${chunks.length} scripts`);
  return { script: code.trim(), style: styles.join('\n').trim() };
}

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

function documentOf(
  { script: code, style: sheet }: Code,
  demo: { readonly report: string; readonly trace: string },
): string {
  // `</script` would end the element wherever it occurs in the code.
  const safe = code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const hash = createHash('sha256').update(safe).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Orrery</title>
<link rel="icon" href="data:,">
<style>${sheet.replaceAll('</style', '<\\/style')}</style>
</head>
<body>
<div id="app"><p style="margin: 16px; font-weight: 600">Orrery</p></div>
<noscript><p>This page draws with JavaScript. The report.html of each run works without.</p></noscript>
<script type="application/json" id="demo-report">${demo.report.replaceAll('<', '\\u003c')}</script>
<script type="application/octet-stream;base64" id="demo-trace">${demo.trace}</script>
<script>${safe}</script>
</body>
</html>
`;
}
