/**
 * Reads the results of `npm run bench -- NAME`: figures with commit, date, and multiples of the
 * calibration loop.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BenchFigure } from './nightly-table.ts';

/** Subfolder of `runs/` where benchmarks write their results. */
const BENCH_FOLDER = 'bench';

const benchFile = z.object({
  name: z.string(),
  commit: z.string(),
  at: z.string(),
  results: z.array(
    z.object({
      name: z.string(),
      unit: z.string(),
      value: z.number(),
      ratio: z.number().nullable(),
    }),
  ),
});

/** The results of one benchmark. */
export interface BenchRun {
  readonly suite: string;
  readonly commit: string;
  readonly at: string;
  readonly figures: readonly BenchFigure[];
}

/** Reads the results of all benchmarks. */
export function readBenches(runsFolder: string): readonly BenchRun[] {
  const folder = join(runsFolder, BENCH_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => benchFile.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
    .map(({ name, commit, at, results }) => ({ suite: name, commit, at, figures: results }));
}
