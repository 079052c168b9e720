/**
 * `npm run golden`: rewrites the golden files. If a digest changes, CHANGELOG needs a line under
 * Results. With `--check` it compares and writes nothing.
 *
 * Fingerprints of short runs go to `test/scenarios/golden.json`, the first run that records each metric to
 * `golden-metrics.json` beside it, bytes of the codecs to
 * `golden-bytes.json` beside the tests of their folder. It makes the capture of `gateway-capture.yaml` as well, which
 * `test/scenarios/office-capture.test.ts` compares.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GOLDEN_FILE, goldenBytesOf, goldenFolders } from './golden/golden-bytes.ts';
import { type GoldenValues, staleGoldenNames, writeGolden } from './golden/golden-file.ts';
import {
  GOLDEN_RUNS,
  type GoldenResult,
  goldenResultOf,
  recordedMetricNames,
  runGolden,
} from './golden/golden-runs.ts';
import { officeCapture } from './golden/office-capture.ts';
import { toolOptions } from './tool-options.ts';

const options = toolOptions(
  'npm run golden: rewrites the golden files (.github/CONTRIBUTING.md); -- --check compares, and fails if one differs\n',
  ['--check'],
);

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const settle = options.has('--check') ? compare : write;
if (settle === write) writeFileSync(join(ROOT, 'scenarios/office.pcapng'), officeCapture());
const results: Record<string, readonly GoldenResult[]> = {};
const recorded: Record<string, string> = {};
for (const [name, run] of Object.entries(GOLDEN_RUNS)) {
  console.log(name);
  const seeds = runGolden(run);
  results[name] = seeds.map(goldenResultOf);
  for (const metric of seeds.slice(0, 1).flatMap(recordedMetricNames)) recorded[metric] ??= name;
}
settle('test/scenarios/golden.json', results);
settle('test/scenarios/golden-metrics.json', recorded);
for (const folder of goldenFolders()) {
  settle(relative(ROOT, join(folder, GOLDEN_FILE)), await goldenBytesOf(folder));
}

function write(path: string, values: GoldenValues): void {
  writeGolden(join(ROOT, path), values);
  console.log(path);
}

function compare(path: string, values: GoldenValues): void {
  const stale = staleGoldenNames(join(ROOT, path), values);
  console.log(`${path}: ${stale.length === 0 ? 'as stored' : `differs in ${stale.join(', ')}`}`);
  if (stale.length > 0) process.exitCode = 1;
}
