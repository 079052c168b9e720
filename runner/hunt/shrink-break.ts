/**
 * Writes the smallest file that shows a break. Each smaller file is tried as a user would run it, and
 * the smallest so far is always on the disk.
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
import { breakScenarioText } from './minimal.ts';
import { mapsAtPath, type ScenarioData } from './scenario-data.ts';
import { type ShrinkParts, shrinkScenario } from './shrink.ts';

/** Name of the file with the story of the break. */
const STORY = 'story.txt';
/** Number of files that are tried at the same time. */
const AT_ONCE = 4;

/** The break to shrink, the threads that try files, the path of the result, and the time limit. */
export interface ShrinkBreakParts
  extends Pick<ShrinkParts, 'data' | 'recoverNs' | 'keepsRates' | 'onSmaller'> {
  readonly one: FoundBreak;
  /** The origin of the break, for the head of the file. */
  readonly origin: string;
  /** Path of the file that is written. */
  readonly path: string;
  readonly pool: HuntPool;
  /** Time limit of shrinking, ms. */
  readonly limitMs: number;
  readonly isStopped: () => boolean;
}

/** The result of shrinking: what is left of the scenario. */
export interface ShrunkBreak {
  readonly faults: number;
  readonly nodes: number;
  /** Path of the file with the story, if there was time to write it. */
  readonly story: string | undefined;
}

/** What is left, as text: `2 faults and 7 nodes left`. */
export function shrunkBreakText(left: ShrunkBreak | undefined): string {
  if (left === undefined) return 'no file shows it again';
  const { faults, nodes } = left;
  return `${faults === 1 ? '1 fault' : `${faults} faults`} and ${nodes} nodes left`;
}

/**
 * Shrinks a scenario that shows a break, and keeps the smallest file so far on the disk.
 * @returns what is left; undefined if not even the whole file shows the break.
 */
export async function shrinkBreak(parts: ShrinkBreakParts): Promise<ShrunkBreak | undefined> {
  const { path, isStopped } = parts;
  const endMs = performance.now() + parts.limitMs;
  mkdirSync(dirname(path), { recursive: true });
  const write = (some: ScenarioData): void =>
    writeFileSync(path, breakScenarioText(some, parts.one, { ...parts, path }));
  write(parts.data);
  // A break that shows in the difference of two runs cannot show in one run.
  if (parts.one.found.kind === 'fingerprint') return undefined;
  const isOver = (): boolean => isStopped() || performance.now() > endMs;
  if ((await findFirstShowingBreak([parts.data], parts)) < 0) return undefined;
  // A network that misses the limit even without faults would be smaller, but show nothing.
  const isOfFaults =
    parts.one.found.kind === 'recover' &&
    (await findFirstShowingBreak([withoutFaults(parts.data)], parts)) < 0;
  const data = await shrinkScenario({
    ...parts,
    firstThatHolds: (some) =>
      findFirstShowingBreak(some, { ...parts, isStopped: isOver, isOfFaults }),
    isOver,
    onSmaller: (smaller) => {
      write(smaller);
      parts.onSmaller(smaller);
    },
  });
  // A run that does not end has no story.
  const isToldOf = parts.one.found.kind !== 'held' && !isStopped();
  const story = isToldOf ? await tell(parts) : undefined;
  const { scenario } = await openScenario(path, {}, new ProtocolRegistry());
  const faults = mapsAtPath(data, ['events']).length;
  return { faults, nodes: scenario.topology.hosts.length, story };
}

/** Writes what happens in a run of the smallest file into a text file beside it. @returns its path. */
async function tell({ one: { found }, path, pool }: ShrinkBreakParts): Promise<string> {
  const always = found.kind === 'always';
  const tried = await pool.try({ kind: 'file', path, set: {}, always, isTold: true });
  const lines = [`${found.kind}, ${found.place}`, found.text, '', ...(tried?.story ?? [])];
  const story = join(dirname(path), STORY);
  writeFileSync(story, `${lines.join('\n')}`);
  return story;
}

/** What is needed to try whether files show a break. */
type ShowParts = Pick<ShrinkBreakParts, 'one' | 'origin' | 'path' | 'pool' | 'isStopped'> & {
  /** True if a file counts only if it does not show the break once its faults are removed. */
  readonly isOfFaults?: boolean;
};

/** Tries files. @returns the index of the first that shows the break; -1 if none does. */
export async function findFirstShowingBreak(
  some: readonly ScenarioData[],
  parts: ShowParts,
): Promise<number> {
  const { path, isStopped, isOfFaults } = parts;
  mkdirSync(dirname(path), { recursive: true });
  for (let from = 0; from < some.length && !isStopped(); from += AT_ONCE) {
    const batch = some.slice(from, from + AT_ONCE);
    const held = await Promise.all(batch.map((data, index) => isShownBy(data, index, parts)));
    for (const [index, data] of batch.entries()) {
      if (held[index] !== true) continue;
      const isFind = isOfFaults !== true || !(await isShownBy(withoutFaults(data), index, parts));
      if (isFind) return from + index;
    }
  }
  return -1;
}

async function isShownBy(data: ScenarioData, index: number, parts: ShowParts): Promise<boolean> {
  const { one, path, pool } = parts;
  const trial = join(dirname(path), `trial-${index}.yaml`);
  writeFileSync(trial, breakScenarioText(data, one, { ...parts, path: trial }));
  const always = one.found.kind === 'always';
  const tried = await pool.try({ kind: 'file', path: trial, set: {}, always });
  rmSync(trial, { force: true });
  const name = nameOfBreak(one.found);
  return tried?.breaks.some((found) => nameOfBreak(found) === name) === true;
}

function withoutFaults(data: ScenarioData): ScenarioData {
  return { ...data, events: [] };
}
