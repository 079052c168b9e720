/**
 * What a run has nothing for: the reason, and the command that makes it for this run. The
 * navigation greys such pages, and the pages say it. Plain values, no DOM.
 *
 * @module
 */
import { commandWithFlag } from '../../../reports/kpi-text.ts';
import type { Report } from '../../../reports/report-schema.ts';
import type { TraceInfo } from '../data/trace-answers.ts';
import { writeDuration } from './duration.ts';

/** What is known of an open run. */
export interface RunFacts {
  readonly name: string;
  readonly report: Report | undefined;
  readonly hasTrace: boolean;
  /** Undefined until a page has opened the trace. */
  readonly info: Pick<TraceInfo, 'nodes' | 'links'> | undefined;
}

/** Why a run has nothing for a page. */
export interface Lack {
  /** A sentence. */
  readonly reason: string;
  /** The command that makes it; absent if nothing does. */
  readonly command?: string;
}

/** How a page finds what a run lacks; undefined if it has all, or if nobody knows yet. */
export type LackFinder = (facts: RunFacts) => Lack | undefined;

/** What a run lacks for a page, before the page itself is asked. */
export function lackOf(
  page: { readonly needs: 'nothing' | 'report' | 'trace'; readonly lacks?: LackFinder },
  facts: RunFacts,
): Lack | undefined {
  if (page.needs === 'nothing') return undefined;
  if (page.needs === 'trace' && !facts.hasTrace) {
    return { reason: 'This run left no trace.', ...commandWith(facts.report, '--trace') };
  }
  if (page.needs === 'report' && facts.report === undefined) {
    return { reason: 'This run has no report.' };
  }
  return page.lacks?.(facts);
}

/** Cuts a link of the run in its middle. */
export function withoutFaults({ name, report, info }: RunFacts): Lack | undefined {
  if (report === undefined || report.faults.length > 0) return undefined;
  const reason = `Nothing was cut, crashed or impaired in ${name}.`;
  const link = info?.links.find(({ from, to }) => from >= 0 && to >= 0)?.id;
  if (link === undefined) return { reason };
  const { durationNs, warmupNs } = report.scenario;
  const atNs = Math.round((durationNs + warmupNs) / 2 / 1e6) * 1e6;
  const forNs = Math.max(1e6, Math.round((durationNs - atNs) / 5 / 1e6) * 1e6);
  const when = `at: ${writeDuration(atNs)}, for: ${writeDuration(forNs)}`;
  const event = `events=[{ ${when}, link: ${JSON.stringify(link)}, set: { up: false } }]`;
  return { reason, ...commandWith(report, '--set', event) };
}

/** The command of a report with another flag, and what follows the flag. */
export function commandWith(
  report: Report | undefined,
  flag: string,
  word?: string,
): { readonly command?: string } {
  return report === undefined ? {} : { command: commandWithFlag(report, flag, word) };
}
