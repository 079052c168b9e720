/**
 * The import rules between folders hold, and the tool that checks them has really seen the modules.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, SOURCE_FOLDERS } from './files.ts';

interface Summary {
  readonly totalCruised: number;
  readonly totalDependenciesCruised: number;
  readonly violations: readonly { readonly from: string; readonly to: string }[];
}

const CRUISER = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs';
/** Flags of `npm run check:architecture`; its cached result is used if no file has changed. */
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const FLAGS = [...(scripts['check:architecture'] ?? '').split(' ').slice(1), '--output-type=json'];

interface Cruise {
  readonly summary: Summary;
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
}

describe('the folders', () => {
  const cruise = runCruiser();

  it('are seen module by module, and import only along the arrows', () => {
    const { totalCruised, totalDependenciesCruised, violations } = cruise.summary;
    process.stdout.write(`${totalCruised} modules, ${totalDependenciesCruised} dependencies\n`);
    // With TypeScript 7, the tool finds no modules and therefore reports no violations.
    expect(totalCruised).toBeGreaterThan(300);
    expect(FLAGS).toEqual(expect.arrayContaining([...SOURCE_FOLDERS, 'test']));
    expect(violations.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('are drawn in docs/ARCHITECTURE.md with each arrow that exists', () => {
    const text = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');
    const drawn = [...text.matchAll(/^ {2}(\w+ --> \w+)$/gm)].map(([, arrow]) => arrow);
    const existing = new Set(
      cruise.modules.flatMap(({ source, dependencies }) =>
        dependencies.flatMap(({ resolved }) => arrowOf(source, resolved)),
      ),
    );
    expect([...existing].filter((arrow) => !drawn.includes(arrow))).toEqual([]);
    expect(drawn.filter((arrow) => !existing.has(arrow!))).toEqual([]);
  });
});

function runCruiser(): Cruise {
  const run = spawnSync(process.execPath, [CRUISER, ...FLAGS], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(run.stdout) as Cruise;
}

/** Folders with tools for developers are left out of the diagram. */
function arrowOf(source: string, target: string): readonly string[] {
  const [from = '', to = ''] = [source.split('/')[0], target.split('/')[0]];
  const isDrawn = (folder: string): boolean =>
    (SOURCE_FOLDERS as readonly string[]).includes(folder) && !/^(bench|tools)$/.test(folder);
  return from !== to && isDrawn(from) && isDrawn(to) ? [`${from} --> ${to}`] : [];
}
