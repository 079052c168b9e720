/**
 * `npm run golden`: rewrites the golden files. If one changes, CHANGELOG needs a line under
 * Results.
 *
 * Fingerprints of short runs go to `test/scenarios/golden.json`, bytes of the codecs to
 * `golden-bytes.json` beside the tests of their folder.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GOLDEN_FILE, goldenBytesOf, goldenFolders } from './golden/golden-bytes.ts';
import { GOLDEN_RUNS, runGolden } from './golden/golden-runs.ts';
import { toolOptions } from './tool-options.ts';

toolOptions('npm run golden: rewrites the golden files (CONTRIBUTING.md)\n');

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const results = Object.fromEntries(
  Object.entries(GOLDEN_RUNS).map(([name, run]) => {
    console.log(name);
    return [name, runGolden(run)];
  }),
);
write('test/scenarios/golden.json', results);
for (const folder of goldenFolders()) {
  write(relative(ROOT, join(folder, GOLDEN_FILE)), await goldenBytesOf(folder));
}

function write(path: string, value: unknown): void {
  writeFileSync(join(ROOT, path), `${JSON.stringify(value, null, 2)}\n`);
  console.log(path);
}
