/**
 * Writes the smallest file that shows a break: each smaller file is tried as a user would run it, and
 * the best so far is always on the disk.
 *
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { nameOfBreak } from './attempt.ts';
import type { FoundBreak } from './hunt.ts';
import type { HuntPool } from './hunt-pool.ts';
import { textOf } from './minimal.ts';
import { listOf, type ScenarioData } from './scenario-data.ts';
import { type ShrinkParts, shrink } from './shrink.ts';

/** The file that tells what happened. */
const STORY = 'story.txt';
/** Files that are tried at once. */
const AT_ONCE = 4;

/** Parts of the work. */
export interface ShrinkBreakParts
  extends Pick<ShrinkParts, 'data' | 'recoverNs' | 'keepsRates' | 'onSmaller'> {
  readonly one: FoundBreak;
  /** Where the break comes from, for the head of the file. */
  readonly origin: string;
  /** Where the file goes. */
  readonly path: string;
  readonly pool: HuntPool;
  /** Longest time for it, ms. */
  readonly limitMs: number;
  readonly isStopped: () => boolean;
}

/** What is left of a break. */
export interface SmallBreak {
  readonly faults: number;
  readonly nodes: number;
  /** The file that tells what happened, if there was time for it. */
  readonly story: string | undefined;
}

/** `2 faults and 7 nodes left`. */
export function leftText(left: SmallBreak | undefined): string {
  if (left === undefined) return 'no file shows it again';
  const { faults, nodes } = left;
  return `${faults === 1 ? '1 fault' : `${faults} faults`} and ${nodes} nodes left`;
}

/** See the module. @returns what is left; undefined if not even the whole file shows the break. */
export async function shrinkBreak(parts: ShrinkBreakParts): Promise<SmallBreak | undefined> {
  const { path, isStopped } = parts;
  const endMs = performance.now() + parts.limitMs;
  mkdirSync(dirname(path), { recursive: true });
  const write = (some: ScenarioData): void =>
    writeFileSync(path, textOf(some, parts.one, { ...parts, path }));
  write(parts.data);
  // What two equal runs show, one cannot.
  if (parts.one.found.kind === 'fingerprint') return undefined;
  const isOver = (): boolean => isStopped() || performance.now() > endMs;
  if ((await firstThatHolds([parts.data], parts)) < 0) return undefined;
  const data = await shrink({
    ...parts,
    firstThatHolds: (some) => firstThatHolds(some, { ...parts, isStopped: isOver }),
    isOver,
    onSmaller: (smaller) => {
      write(smaller);
      parts.onSmaller(smaller);
    },
  });
  // A run that is held tells nothing.
  const isToldOf = parts.one.found.kind !== 'held' && !isStopped();
  const story = isToldOf ? await tell(parts) : undefined;
  const { scenario } = await openScenario(path, {}, new ProtocolRegistry());
  const faults = listOf(data, ['events']).length;
  return { faults, nodes: scenario.topology.hosts.length, story };
}

/** Writes what happened in the smallest file, beside it. @returns the path. */
async function tell({ one: { found }, path, pool }: ShrinkBreakParts): Promise<string> {
  const always = found.kind === 'always';
  const tried = await pool.try({ kind: 'file', path, set: {}, always, isTold: true });
  const lines = [`${found.kind}, ${found.place}`, found.text, '', ...(tried?.story ?? [])];
  const story = join(dirname(path), STORY);
  writeFileSync(story, `${lines.join('\n')}`);
  return story;
}

/** Tries files. @returns the index of the first that shows the break; -1 if none does. */
export async function firstThatHolds(
  some: readonly ScenarioData[],
  parts: Pick<ShrinkBreakParts, 'one' | 'origin' | 'path' | 'pool' | 'isStopped'>,
): Promise<number> {
  const { one, path, pool, isStopped } = parts;
  const name = nameOfBreak(one.found);
  const always = one.found.kind === 'always';
  mkdirSync(dirname(path), { recursive: true });
  for (let from = 0; from < some.length && !isStopped(); from += AT_ONCE) {
    const batch = some.slice(from, from + AT_ONCE);
    const held = await Promise.all(
      batch.map(async (data, index) => {
        const trial = join(dirname(path), `trial-${index}.yaml`);
        writeFileSync(trial, textOf(data, one, { ...parts, path: trial }));
        const tried = await pool.try({ kind: 'file', path: trial, set: {}, always });
        rmSync(trial, { force: true });
        return tried?.breaks.some((found) => nameOfBreak(found) === name) === true;
      }),
    );
    const at = held.indexOf(true);
    if (at >= 0) return from + at;
  }
  return -1;
}
