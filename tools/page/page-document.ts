/**
 * Makes the one file that a page of the browser view is: script, style and data inside it, and a security policy that
 * names the script by its hash.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { PageCode } from './bundle.ts';

/** What a page holds besides its code. */
export interface PageParts {
  readonly code: PageCode;
  readonly title: string;
  /**
   * What the security policy allows besides the script itself: other scripts, workers, and to whom
   * it may connect.
   */
  readonly scriptSource: string;
  readonly workerSource: string;
  readonly connectSource: string;
  /** Elements that hold data. */
  readonly data: readonly string[];
}

/** Bytes of script and style, gzipped. */
export function gzippedBytes({ script, style }: PageCode): number {
  return gzipSync(script, { level: 9 }).length + gzipSync(style, { level: 9 }).length;
}

/** A script as the text of an element: `</script` would end the element wherever it occurs. */
export function insideScript(script: string): string {
  return script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}

/** Makes the document. */
export function pageDocument(parts: PageParts): string {
  const { code, title, scriptSource, workerSource, connectSource, data } = parts;
  const safe = insideScript(code.script);
  const hash = createHash('sha256').update(safe).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}' ${scriptSource}`.trim(),
    `worker-src ${workerSource}`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    `connect-src ${connectSource}`,
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
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${code.style.replaceAll('</style', '<\\/style')}</style>
</head>
<body>
<div id="app"><p style="margin: 16px; font-weight: 600">Orrery</p></div>
<noscript><p>This page draws with JavaScript. The report.html of each run works without.</p></noscript>
${data.join('\n')}
<script>${safe}</script>
</body>
</html>
`;
}
