/**
 * Makes the file of a break smaller, on any machine.
 *
 * @module
 */
import { type AttemptOutcome, nameOfBreak } from './attempt.ts';
import type { FoundBreak } from './hunt.ts';
import { breakScenarioText } from './minimal.ts';
import { mapsAtPath, type ScenarioData } from './scenario-data.ts';
import { type ShrinkParts, shrinkScenario } from './shrink.ts';

/** Number of files that are tried at the same time. */
const AT_ONCE = 4;

/** Where files that show a break are tried, and where the smallest is kept. */
export interface BreakFiles {
  /** Name of the smallest file in commands. */
  readonly name: string;
  /** Keeps the smallest file so far. */
  keep(text: string): void;
  /**
   * Runs a file as a user would. @param how `always`: true if limits must hold at every instant. @returns undefined if it
   * cannot be opened.
   */
  try(
    text: string,
    how: { readonly always: boolean; readonly isTold?: boolean },
  ): Promise<AttemptOutcome | undefined>;
  /** Keeps the story of the break. @returns its name. */
  tell(lines: readonly string[]): string;
  /** Number of nodes of the kept file. */
  nodes(): Promise<number>;
}

/** The break to shrink, how files are tried, and the time limit. */
export interface ShrinkBreakParts
  extends Pick<ShrinkParts, 'data' | 'recoverNs' | 'keepsRates' | 'onSmaller'> {
  readonly one: Pick<FoundBreak, 'attempt' | 'found'>;
  /** The origin of the break, for the head of the file. */
  readonly origin: string;
  readonly files: BreakFiles;
  /** Time limit of shrinking, ms. */
  readonly limitMs: number;
  readonly isStopped: () => boolean;
}

/** The result of shrinking: what is left of the scenario. */
export interface ShrunkBreak {
  readonly faults: number;
  readonly nodes: number;
  /** Name of the file with the story, if there was time to write it. */
  readonly story: string | undefined;
}

/** What is left, as text: `2 faults and 7 nodes left`. */
export function shrunkBreakText(left: ShrunkBreak | undefined): string {
  if (left === undefined) return 'no file shows it again';
  const { faults, nodes } = left;
  return `${faults === 1 ? '1 fault' : `${faults} faults`} and ${nodes} nodes left`;
}

/**
 * Shrinks a scenario that shows a break, and keeps the smallest file so far.
 * @returns what is left; undefined if not even the whole file shows the break.
 */
export async function shrinkBreak(parts: ShrinkBreakParts): Promise<ShrunkBreak | undefined> {
  const { files, isStopped } = parts;
  const endMs = performance.now() + parts.limitMs;
  const write = (some: ScenarioData): void => files.keep(textOf(some, parts));
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
  const story = isToldOf ? await tell(data, parts) : undefined;
  const faults = mapsAtPath(data, ['events']).length;
  return { faults, nodes: await files.nodes(), story };
}

function textOf(data: ScenarioData, { one, origin, files }: ShowParts): string {
  return breakScenarioText(data, one, { origin, path: files.name });
}

/** Keeps the story of a run of the smallest file. @returns its name. */
async function tell(data: ScenarioData, parts: ShrinkBreakParts): Promise<string> {
  const { files, one } = parts;
  const { found } = one;
  const always = found.kind === 'always';
  const tried = await files.try(textOf(data, parts), { always, isTold: true });
  return files.tell([`${found.kind}, ${found.place}`, found.text, '', ...(tried?.story ?? [])]);
}

/** What is needed to try whether files show a break. */
type ShowParts = Pick<ShrinkBreakParts, 'one' | 'origin' | 'files' | 'isStopped'> & {
  /** True if a file counts only if it does not show the break once its faults are removed. */
  readonly isOfFaults?: boolean;
};

/** Tries files. @returns the index of the first that shows the break; -1 if none does. */
export async function findFirstShowingBreak(
  some: readonly ScenarioData[],
  parts: ShowParts,
): Promise<number> {
  const { isStopped, isOfFaults } = parts;
  for (let from = 0; from < some.length && !isStopped(); from += AT_ONCE) {
    const batch = some.slice(from, from + AT_ONCE);
    const held = await Promise.all(batch.map((data) => isShownBy(data, parts)));
    for (const [index, data] of batch.entries()) {
      if (held[index] !== true) continue;
      const isFind = isOfFaults !== true || !(await isShownBy(withoutFaults(data), parts));
      if (isFind) return from + index;
    }
  }
  return -1;
}

async function isShownBy(data: ScenarioData, parts: ShowParts): Promise<boolean> {
  const { found } = parts.one;
  const tried = await parts.files.try(textOf(data, parts), { always: found.kind === 'always' });
  const name = nameOfBreak(found);
  return tried?.breaks.some((one) => nameOfBreak(one) === name) === true;
}

function withoutFaults(data: ScenarioData): ScenarioData {
  return { ...data, events: [] };
}
