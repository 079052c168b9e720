/**
 * Loader hook for Node versions that strip types: TypeScript of users that imports or exports is read as an ES
 * module, whatever `type` the package.json of the user has. `npm init` of npm 11 writes "commonjs" there.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function load(url, context, nextLoad) {
  if (context.format !== 'commonjs-typescript' || !isModule(url)) return nextLoad(url, context);
  return nextLoad(url, { ...context, format: 'module-typescript' });
}

function isModule(url) {
  return /^(import|export)\b/m.test(readFileSync(fileURLToPath(url), 'utf8'));
}
