/**
 * The data from which the strips of a fault are drawn, and what follows from them for several
 * strips.
 *
 * @module
 */
import { repeatSeedCommand } from '../../../../reports/kpi-text.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';
import type { SeedFaultData } from './material.ts';
import type { FaultCase } from './story.ts';

/** The data from which the strips of a fault are drawn. */
export interface StripsData {
  readonly report: Report;
  readonly info: TraceInfo | undefined;
  readonly material: SeedFaultData;
  readonly shown: FaultCase;
  /** The same fault in all seeds, including the shown seed. */
  readonly same: readonly FaultCase[];
  /** All faults of the shown seed. */
  readonly ofSeed: readonly FaultCase[];
  /** The text at the end of the names of the flow's series: empty, or ` a -> b`. */
  readonly suffix: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/** Returns the name of the flow, `a -> b`; empty if the run has only one flow. */
export function readFlowName({ suffix }: Pick<StripsData, 'suffix'>): string {
  return suffix.trim();
}

/**
 * Returns the numbers, in the trace, of the flow and of its two nodes; undefined without a trace
 * that lists the flow.
 */
export function findFlowEnds(
  info: TraceInfo | undefined,
  suffix: string,
): { readonly flow: number; readonly source: number; readonly target: number } | undefined {
  if (info === undefined) return undefined;
  const [, , another] = info.flows;
  const only = another === undefined ? 1 : -1;
  // If there are several flows but the names of series end with no flow, each series is the sum
  // over all flows.
  const flow = suffix === '' ? only : info.flows.indexOf(suffix.trim());
  const [from = '', to = ''] = (info.flows[flow] ?? '').split(' -> ');
  const source = info.nodes.findIndex(({ name }) => name === from);
  const target = info.nodes.findIndex(({ name }) => name === to);
  return flow < 1 || source < 0 || target < 0 ? undefined : { flow, source, target };
}

/**
 * Returns a text that names the command which records a trace of the shown seed: `… leaves the
 * trace`.
 */
export function traceCommand({ report, shown }: StripsData): string {
  return `${repeatSeedCommand(report, shown.seed)} leaves the trace`;
}
