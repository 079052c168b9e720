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
    /** The text that `becomes` replaces; it occurs once in the product. */
    text: z.string().min(8),
    becomes: z.string(),
  }),
);

/** Arguments of vitest for the two runs of tests in `npm test`. */
const VIRTUAL = ['--project=virtual', '--project=reload'];
const WALL = ['--project=wall'];
/** Tests that read sources or start processes: no import leads from them to what they test. */
const WITHOUT_IMPORTS = { virtual: ['test/architecture', 'test/how-to'], wall: ['test/live'] };
/** Time limit of a run of tests, ms, ample even for all tests on a busy machine. */
const TIME_LIMIT = 1_200_000;

/** Reads the list of defects in everywhere.yaml. */
export function readDefectsEverywhere(root: string): z.output<typeof defects> {
  return defects.parse(parse(readFileSync(join(root, 'tools/mutants/everywhere.yaml'), 'utf8')));
}

/**
 * Plants the defect in the copy at `root`, runs tests of `npm test`, and mends the defect. First come the tests of the
 * folder, then all tests that import the file (for much of the engine nearly all), then those without imports.
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

/** Arguments of vitest for each run, in order. */
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
