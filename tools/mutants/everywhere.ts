/**
 * Defects in every folder of the product (everywhere.yaml), which `npm test` must find, by whichever test.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { runVitestForFindings, withPlantedDefect } from './planting.ts';

const defects = z.array(
  z.strictObject({
    /** What goes wrong. */
    what: z.string().min(1),
    /** Occurs once in the product. */
    text: z.string().min(8),
    becomes: z.string(),
  }),
);

/** Both runs of tests of `npm test`. */
const VIRTUAL = ['--project=virtual', '--project=reload'];
const WALL = ['--project=wall'];
/** Tests that read sources or start processes: no import leads from them to what they test. */
const WITHOUT_IMPORTS = { virtual: ['test/architecture', 'test/how-to'], wall: ['test/live'] };
/** All tests end in this time, on a machine that does much else, too, ms. */
const TIME_LIMIT = 1_200_000;

/** Reads the list. */
export function readDefectsEverywhere(root: string): z.output<typeof defects> {
  return defects.parse(parse(readFileSync(join(root, 'tools/mutants/everywhere.yaml'), 'utf8')));
}

/**
 * Plants the defect in the copy at `root`, runs tests of `npm test`, and mends it: those of the folder, then all that
 * import the file, which are most tests for what protocols or the engine need, then those without imports.
 * @returns the first test that failed; null if none did.
 */
export function findFailingTestAnywhere(
  defect: { readonly text: string; readonly becomes: string },
  root: string,
): Promise<string | null> {
  return withPlantedDefect(root, defect, async (path) => {
    for (const words of runsFor(root, path)) {
      const args = [...words, '--bail=1', '--passWithNoTests'];
      const { failed, broken, isOver } = await runVitestForFindings(root, args, TIME_LIMIT);
      const found = failed ?? broken ?? (isOver ? undefined : `${words.join(' ')} does not end`);
      if (found !== undefined) return found;
    }
    return null;
  });
}

/** Words for vitest, run after run. */
function runsFor(root: string, path: string): readonly (readonly string[])[] {
  let folder = join('test/unit', dirname(path));
  while (!existsSync(join(root, folder))) folder = dirname(folder);
  return [
    ['run', folder, ...VIRTUAL],
    ['run', folder, ...WALL],
    ['related', path, '--run', ...VIRTUAL],
    ['related', path, '--run', ...WALL],
    ['run', ...WITHOUT_IMPORTS.virtual, ...VIRTUAL],
    ['run', ...WITHOUT_IMPORTS.wall, ...WALL],
  ];
}
