/**
 * `npm run build`: the JavaScript and the types of the package in dist/lib, the browser view
 * in dist/viz, the Lab in dist/lab. `npm pack` calls it.
 *
 * tools/config/tsconfig.build.json includes every source file of the product folders, so a new file needs no
 * entry. Types are not checked here: `npm run check:types` does that.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCommit } from '../runner/run/commit.ts';
import { slimOutput } from './package/slim-output.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/lib');
const SETTINGS = 'tools/config/tsconfig.build.json';

rmSync(OUT, { recursive: true, force: true });
const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
const args = [compiler, '-p', SETTINGS, '--noCheck'];
const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
if (status !== 0) throw new Error(`the compiler ended with exit code ${status}`);
if (!existsSync(join(OUT, 'cli/main.js'))) throw new Error('dist/lib has no cli/main.js');
for (const path of plainModules()) copyFileSync(join(ROOT, path), join(OUT, path));
slimOutput(OUT);
writeFileSync(join(OUT, 'commit'), `${readCommit()}\n`);
for (const tool of ['tools/build-viz.ts', 'tools/build-site.ts']) {
  const page = spawnSync(process.execPath, ['--import', 'tsx', tool], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (page.status !== 0) throw new Error(`${tool} ended with exit code ${page.status}`);
}
const files = readdirSync(OUT, { recursive: true }).length;
process.stderr.write(`dist/lib: ${files} files, from commit ${readCommit()}\n`);

/** Modules that are written in JavaScript, which the compiler must not touch, definitions of gRPC services, and the helper of TUN devices. */
function plainModules(): readonly string[] {
  const settings = readFileSync(join(ROOT, SETTINGS), 'utf8');
  const { include } = JSON.parse(settings) as { readonly include: readonly string[] };
  return include
    .map((path) => path.replace('../../', ''))
    .filter((path) => !path.endsWith('.ts'))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true }).map((name) => `${folder}/${name}`),
    )
    .filter((path) => /\.(?:mjs|proto)$|^services\/.*\.py$/.test(path));
}
