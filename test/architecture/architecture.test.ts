/**
 * The arrows between folders hold, and the tool that says so saw the modules.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, SOURCE_FOLDERS } from './files.ts';

interface Summary {
  readonly totalCruised: number;
  readonly totalDependenciesCruised: number;
  readonly violations: readonly { readonly from: string; readonly to: string }[];
}

const CRUISER = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
const FLAGS = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json'];

it('the dependency rules see all modules and find no violation', () => {
  const folders = [...SOURCE_FOLDERS, 'test'].filter((folder) => existsSync(join(ROOT, folder)));
  const run = spawnSync(process.execPath, [CRUISER, ...FLAGS, ...folders], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  const { summary } = JSON.parse(run.stdout) as { readonly summary: Summary };
  const { totalCruised, totalDependenciesCruised, violations } = summary;
  process.stdout.write(`${totalCruised} modules, ${totalDependenciesCruised} dependencies\n`);
  // TypeScript 7 makes the tool see nothing and say that all is well.
  expect(totalCruised).toBeGreaterThan(300);
  expect(violations.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});
