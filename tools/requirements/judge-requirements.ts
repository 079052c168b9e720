/**
 * Judges each requirement by its checks: green only when there is one and none failed.
 *
 * @module
 */
import type { LastRun, TestResult } from './last-run.ts';
import type { Check, Requirement, Section } from './requirement-list.ts';

/** `later`: not owed yet and not shown. `missing`: owed, and no check of it has run. */
export type Verdict = 'green' | 'red' | 'missing' | 'later';

/** A judged requirement. */
export interface Judged extends Requirement {
  readonly verdict: Verdict;
  /** Checks that passed, and that failed, in words. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly section: string;
}

/** Judges all of them. */
export function judgeAll(sections: readonly Section[], run: LastRun): readonly Judged[] {
  return sections.flatMap(({ title, rows }) =>
    rows.map((requirement) => ({ ...judge(requirement, run), section: title })),
  );
}

/** Requirements that are owed now and are not green. */
export function owedAndNotGreen(all: readonly Judged[]): readonly Judged[] {
  return all.filter(({ due, verdict }) => due === true && verdict !== 'green');
}

function judge(requirement: Requirement, run: LastRun): Omit<Judged, 'section'> {
  const numbered = run.tests.filter(({ title }) => title.includes(requirement.id));
  const outcomes = [
    ...numbered.map(outcomeOfTest),
    ...requirement.checks.flatMap((check) => outcomesOf(check, run)),
  ];
  const passed = outcomes.filter(({ status }) => status === 'passed').map(({ what }) => what);
  const failed = outcomes.filter(({ status }) => status === 'failed').map(({ what }) => what);
  return { ...requirement, passed, failed, verdict: verdictOf(requirement, passed, failed) };
}

function verdictOf(
  { due }: Requirement,
  passed: readonly string[],
  failed: readonly string[],
): Verdict {
  if (failed.length > 0) return 'red';
  if (passed.length > 0) return 'green';
  return due === true ? 'missing' : 'later';
}

interface Outcome {
  readonly what: string;
  readonly status: TestResult['status'];
}

function outcomesOf(check: Check, run: LastRun): readonly Outcome[] {
  if ('kpi' in check) return [outcomeOfKpi(check.kpi, run)];
  const [file = '', part = ''] = check.test.split(' > ');
  const named = run.tests.filter((test) => test.file === file && test.title.includes(part));
  // A check that names what does not exist must not pass by silence.
  if (run.tests.length > 0 && named.length === 0) {
    return [{ what: `no such test: ${check.test}`, status: 'failed' }];
  }
  return named.map(outcomeOfTest);
}

function outcomeOfKpi(name: string, { kpis }: LastRun): Outcome {
  const [scenario = '', metric = ''] = name.split(' > ');
  const limits = kpis.get(scenario)?.filter((kpi) => kpi.metric === metric) ?? [];
  if (limits.length === 0) return { what: name, status: 'skipped' };
  return { what: name, status: limits.every(({ pass }) => pass) ? 'passed' : 'failed' };
}

function outcomeOfTest({ file, title, status }: TestResult): Outcome {
  return { what: `${file}: ${title}`, status };
}
