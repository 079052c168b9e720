/**
 * Tells for which pages a run has no data, why, and which command records the data. The navigation
 * shows such pages in grey, and the pages show the reason. Uses no DOM.
 *
 * @module
 */
import { repeatCommandWithFlag } from '../../../reports/kpi-text.ts';
import type { Report } from '../../../reports/report-schema.ts';
import type { TraceInfo } from '../data/trace-answers.ts';
import { writeDuration } from './duration.ts';

/** The facts about an open run that decide for which pages it has no data. */
export interface RunFacts {
  readonly name: string;
  readonly report: Report | undefined;
  readonly hasTrace: boolean;
  /** Undefined until a page has opened the trace. */
  readonly info: Pick<TraceInfo, 'nodes' | 'links'> | undefined;
}

/** Why a run has no data for a page. */
export interface MissingData {
  /** The reason as a sentence. */
  readonly reason: string;
  /** The command that records the missing data; absent if no command can. */
  readonly command?: string;
}

/**
 * A page's own check whether a run has the page's data. Returns undefined if it has, or if this is
 * not known yet.
 */
export type MissingDataCheck = (facts: RunFacts) => MissingData | undefined;

/**
 * Says why a run has no data for a page: no trace, no report, or what the page's own check returns.
 * Undefined if nothing is missing.
 */
export function missingDataFor(
  page: { readonly needs: 'nothing' | 'report' | 'trace'; readonly lacks?: MissingDataCheck },
  facts: RunFacts,
): MissingData | undefined {
  if (page.needs === 'nothing') return undefined;
  if (page.needs === 'trace' && !facts.hasTrace) {
    return { reason: 'This run left no trace.', ...rerunCommandWithFlag(facts.report, '--trace') };
  }
  if (page.needs === 'report' && facts.report === undefined) {
    return { reason: 'This run has no report.' };
  }
  return page.lacks?.(facts);
}

/**
 * Says that a run has no fault, with a command that cuts a link in the middle of the run; undefined
 * if the run has faults.
 */
export function missingFaultData({ name, report, info }: RunFacts): MissingData | undefined {
  if (report === undefined || report.faults.length > 0) return undefined;
  const reason = `Nothing was cut, crashed or impaired in ${name}.`;
  const link = info?.links.find(({ from, to }) => from >= 0 && to >= 0)?.id;
  if (link === undefined) return { reason };
  const { durationNs, warmupNs } = report.scenario;
  const atNs = Math.round((durationNs + warmupNs) / 2 / 1e6) * 1e6;
  const forNs = Math.max(1e6, Math.round((durationNs - atNs) / 5 / 1e6) * 1e6);
  const when = `at: ${writeDuration(atNs)}, for: ${writeDuration(forNs)}`;
  const event = `events=[{ ${when}, link: ${JSON.stringify(link)}, set: { up: false } }]`;
  return { reason, ...rerunCommandWithFlag(report, '--set', event) };
}

/**
 * Returns the command that repeats the run of a report with one more flag.
 * @param word The value of the flag.
 */
export function rerunCommandWithFlag(
  report: Report | undefined,
  flag: string,
  word?: string,
): { readonly command?: string } {
  return report === undefined ? {} : { command: repeatCommandWithFlag(report, flag, word) };
}
