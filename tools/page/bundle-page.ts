/**
 * Bundles the script and the style sheet of a page of the browser view.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { slimSchema } from './slim-schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Parts of libraries that no page uses, and the modules that replace them. */
const SLIM = {
  'd3-interpolate': join(ROOT, 'viz/app/slim/interpolate.ts'),
  'd3-format': join(ROOT, 'viz/app/slim/format.ts'),
};

const SLIM_SCHEMAS: Plugin = {
  name: 'slim-schemas',
  enforce: 'pre',
  load: (id) => {
    const [path = '', query] = id.split('?');
    if (query !== 'raw' || !path.endsWith('.schema.json')) return null;
    const slim = JSON.stringify(slimSchema(JSON.parse(readFileSync(path, 'utf8'))));
    return `export default ${JSON.stringify(slim)};`;
  },
};

/** Script and style of a page. */
export interface PageCode {
  readonly script: string;
  readonly style: string;
}

/** Bundles one script and one style sheet. @param entry The first module, from the root of the repository. */
export async function bundlePage(entry: string): Promise<PageCode> {
  const result = await build({
    configFile: false,
    root: join(ROOT, dirname(entry)),
    base: './',
    logLevel: 'error',
    resolve: { alias: SLIM },
    plugins: [SLIM_SCHEMAS],
    worker: { format: 'iife' },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: 1e8,
      reportCompressedSize: false,
      rolldownOptions: {
        input: join(ROOT, entry),
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
