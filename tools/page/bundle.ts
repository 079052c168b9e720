/**
 * Bundles pages of the browser view, and scripts of its workers, each with everything that it imports.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import { portWords } from './port-words.ts';
import { slimSchema } from './slim-schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Parts of libraries that no page uses, and the modules that replace them. */
const SLIM = {
  'd3-interpolate': join(ROOT, 'viz/app/slim/interpolate.ts'),
  'd3-format': join(ROOT, 'viz/app/slim/format.ts'),
};

/**
 * The data from which the Lab's editor completes text: schemas without the parts that it does not
 * read, and the words of the port.
 */
const EDITOR_WORDS: Plugin = {
  name: 'editor-words',
  enforce: 'pre',
  load: (id) => {
    const [path = '', query] = id.split('?');
    if (query !== 'raw') return null;
    const words = path.endsWith('/engine/host/index.ts')
      ? portWords(dirname(path))
      : slimSchema(JSON.parse(readFileSync(path, 'utf8')));
    return `export default ${JSON.stringify(JSON.stringify(words))};`;
  },
};

/**
 * Modules tell by their address whether they run from source. Bundled modules have no address, so
 * they get that of a built one.
 */
const ADDRESS = "'file:///orrery/dist/lab/orrery.js'";

/**
 * Replaces code that makes JSON schemas: no worker calls it, which no bundler can know; it would
 * take 5 kB gzipped.
 */
const NO_JSON_SCHEMAS = [
  'createToJSONSchemaMethod',
  'createStandardJSONSchemaMethod',
  ...['extractDefs', 'finalize', 'initializeContext', 'processSchema', 'allProcessors'],
  'toJSONSchema',
]
  .map((name) => `export const ${name} = () => undefined;`)
  .join('\n');

const ONE_SCRIPT: Plugin = {
  name: 'one-script',
  enforce: 'pre',
  load: (id) =>
    /zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/.test(id) ? NO_JSON_SCHEMAS : null,
  transform: (code) =>
    code.includes('import.meta.url') ? code.replaceAll('import.meta.url', ADDRESS) : null,
};

/** Script and style of a page. */
export interface PageCode {
  readonly script: string;
  readonly style: string;
}

/** Bundles one script and one style sheet. @param entry The first module, from the root of the repository. */
export function bundlePage(entry: string): Promise<PageCode> {
  return bundle(entry, EDITOR_WORDS, {});
}

/**
 * Bundles a script that runs at once, such as that of a worker. By Vite, as pages: the engine is a tenth smaller,
 * compressed, than by esbuild.
 * @param alias Further modules to replace, by name.
 */
export async function bundleScript(
  entry: string,
  alias: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { script, style } = await bundle(entry, ONE_SCRIPT, alias);
  if (style !== '') throw new Error(`${entry}: not one script`);
  return script;
}

async function bundle(
  entry: string,
  plugin: Plugin,
  alias: Readonly<Record<string, string>>,
): Promise<PageCode> {
  const result = await build({
    configFile: false,
    root: join(ROOT, dirname(entry)),
    base: './',
    logLevel: 'error',
    resolve: { alias: { ...SLIM, ...alias } },
    plugins: [plugin],
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
  if (code === undefined || chunks.length + styles.length !== files.length || chunks.length !== 1) {
    throw new Error(`${entry}: ${files.length} files instead of a script and a style sheet`);
  }
  return { script: code.trim(), style: styles.join('\n').trim() };
}
