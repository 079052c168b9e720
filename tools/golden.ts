/**
 * `npm run golden`: rewrites the golden files. If one changes, CHANGELOG needs a line under
 * Results.
 *
 * Fingerprints of short runs go to `test/scenarios/golden.json`, bytes of the codecs to
 * `test/unit/nodes/golden-bytes.json`.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { goldenBytes } from './golden/golden-bytes.ts';
import { GOLDEN_RUNS, runGolden } from './golden/golden-runs.ts';

const results = Object.fromEntries(
  Object.entries(GOLDEN_RUNS).map(([name, run]) => {
    console.log(name);
    return [name, runGolden(run)];
  }),
);
write('test/scenarios/golden.json', results);
write('test/unit/nodes/golden-bytes.json', goldenBytes());

function write(path: string, value: unknown): void {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
  console.log(path);
}
