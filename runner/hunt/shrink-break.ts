/**
 * Writes the smallest file that shows a break: each smaller file is tried as a user would run it, and
 * the best so far is always on the disk.
 *
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nameOfBreak } from './attempt.ts';
import type { Field } from './field.ts';
import type { FoundBreak } from './hunt.ts';
import type { HuntPool } from './hunt-pool.ts';
import { dataOf, textOf } from './minimal.ts';
import type { ScenarioData } from './scenario-data.ts';
import { shrink } from './shrink.ts';

/** Files that are tried at once. */
const AT_ONCE = 4;

/** Parts of the work. */
export interface ShrinkBreakParts {
  readonly field: Field;
  readonly one: FoundBreak;
  /** Where the file goes. */
  readonly path: string;
  readonly pool: HuntPool;
  /** Longest time for it, ms. */
  readonly limitMs: number;
  readonly isStopped: () => boolean;
  readonly onSmaller: (data: ScenarioData) => void;
}

/** See the module. @returns what the file holds. */
export async function shrinkBreak(parts: ShrinkBreakParts): Promise<ScenarioData> {
  const { field, one, path } = parts;
  const endMs = performance.now() + parts.limitMs;
  mkdirSync(dirname(path), { recursive: true });
  const write = (data: ScenarioData): void => writeFileSync(path, textOf(data, one, path));
  const data = dataOf(field, one);
  write(data);
  const { warmupNs } = field.scenario;
  return await shrink({
    data,
    firstThatHolds: (some) => firstThatHolds(some, parts),
    isOver: () => parts.isStopped() || performance.now() > endMs,
    onSmaller: (smaller) => {
      write(smaller);
      parts.onSmaller(smaller);
    },
    recoverNs: one.found.kind === 'recover' ? warmupNs - field.targets.quietNs : undefined,
  });
}

async function firstThatHolds(
  some: readonly ScenarioData[],
  { one, path, pool, isStopped }: ShrinkBreakParts,
): Promise<number> {
  const name = nameOfBreak(one.found);
  const isAlways = one.found.kind === 'always';
  for (let from = 0; from < some.length && !isStopped(); from += AT_ONCE) {
    const batch = some.slice(from, from + AT_ONCE);
    const held = await Promise.all(
      batch.map(async (data, index) => {
        const trial = join(dirname(path), `trial-${index}.yaml`);
        writeFileSync(trial, textOf(data, one, trial));
        const tried = await pool.try({ kind: 'file', path: trial, isAlways });
        rmSync(trial, { force: true });
        return tried?.found !== undefined && nameOfBreak(tried.found) === name;
      }),
    );
    const at = held.indexOf(true);
    if (at >= 0) return from + at;
  }
  return -1;
}
