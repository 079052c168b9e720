/**
 * Judges each requirement by its checks: green only if it has a check, all its checks have run on
 * the present files, and none failed.
 *
 * @module
 */
import type { LastRun } from './last-run.ts';
import { type CheckOutcome, outcomesOf } from './outcomes.ts';
import type { Requirement, RequirementSection } from './requirement-list.ts';

/** All verdicts, the weakest first. */
export const VERDICTS = ['red', 'missing', 'later', 'stale', 'partly', 'green'] as const;

/**
 * The verdict on a requirement. `red`: a check failed. `missing`: due, and no valid result exists.
 * `later`: not due yet and not fully shown. `stale`: due, but shown only by old results or by
 * results for other files. `partly`: due; some checks passed while others were skipped, missing or
 * stale.
 */
export type Verdict = (typeof VERDICTS)[number];

/** A requirement with its verdict, and the checks that led to it. */
export interface JudgedRequirement extends Requirement {
  readonly verdict: Verdict;
  /** The checks that passed, that failed, and that gave no result, each as text. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly silent: readonly string[];
  /** The oldest nightly on which the verdict depends; undefined if on none. */
  readonly nightly: CheckOutcome['nightly'];
  readonly section: string;
}

/**
 * Judges all requirements. @param files Test files that name a requirement in a title, by the
 * number of the requirement.
 */
export function judgeRequirements(
  sections: readonly RequirementSection[],
  run: LastRun,
  files: ReadonlyMap<string, readonly string[]> = new Map(),
): readonly JudgedRequirement[] {
  return sections.flatMap(({ title, rows }) =>
    rows.map((requirement) => {
      const outcomes = outcomesOf(requirement, run, files.get(requirement.id) ?? []);
      return { ...judge(requirement, outcomes), section: title };
    }),
  );
}

/** The requirements that are due and not green. */
export function dueButNotGreen(all: readonly JudgedRequirement[]): readonly JudgedRequirement[] {
  return all.filter(({ due, verdict }) => due === true && verdict !== 'green');
}

function judge(
  requirement: Requirement,
  outcomes: readonly CheckOutcome[],
): Omit<JudgedRequirement, 'section'> {
  const words = (statuses: readonly CheckOutcome['status'][]): readonly string[] =>
    outcomes.filter(({ status }) => statuses.includes(status)).map(({ what }) => what);
  const open = requirement.open === undefined ? [] : [requirement.open];
  const silent = [...words(['skipped', 'absent', 'stale']), ...open];
  const [oldest] = outcomes
    .flatMap(({ nightly }) => (nightly === undefined ? [] : [nightly]))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
  return {
    ...requirement,
    passed: words(['passed']),
    failed: words(['failed']),
    silent,
    nightly: oldest,
    verdict: verdictOf(requirement, outcomes, silent.length),
  };
}

function verdictOf(
  { due }: Requirement,
  outcomes: readonly CheckOutcome[],
  silent: number,
): Verdict {
  const has = (wanted: CheckOutcome['status']): boolean =>
    outcomes.some(({ status }) => status === wanted);
  if (has('failed')) return 'red';
  if (has('passed') && silent === 0) return 'green';
  if (due !== true) return 'later';
  if (has('passed')) return 'partly';
  return has('stale') ? 'stale' : 'missing';
}
