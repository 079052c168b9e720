/** What hunts have found is mended: each file of this folder broke once. @module */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { load, report, run } from '../unit/runner/fixture.ts';

const FOLDER = join(ROOT, 'test/hunted');

it.each(readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')))('%s broke', (name) => {
  const scenario = load(join(FOLDER, name));
  const results = scenario.seeds.map((seed) => run(scenario, seed));
  const missed = report(scenario, results).kpis.filter(({ pass }) => !pass);
  expect(missed.map(({ metric, value }) => [metric, value])).toEqual([]);
});
