/**
 * The input of the strips of a fault, and what all of them derive from it.
 *
 * @module
 */
import { seedCommand } from '../../../../reports/kpi-text.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';
import type { Material } from './material.ts';
import type { FaultCase } from './story.ts';

/** The input of the strips. */
export interface Scene {
  readonly report: Report;
  readonly info: TraceInfo | undefined;
  readonly material: Material;
  readonly shown: FaultCase;
  /** The same fault of all seeds, the shown one included. */
  readonly same: readonly FaultCase[];
  /** All faults of the shown seed. */
  readonly ofSeed: readonly FaultCase[];
  /** Suffix of the series' names: empty, or ` a -> b`. */
  readonly suffix: string;
  readonly fromNs: number;
  readonly toNs: number;
}

/** The flow by its name; empty for the only one. */
export function flowOf({ suffix }: Pick<Scene, 'suffix'>): string {
  return suffix.trim();
}

/** Ends of a flow as numbers of the trace; undefined without a trace that knows it. */
export function endsOf(
  info: TraceInfo | undefined,
  suffix: string,
): { readonly flow: number; readonly source: number; readonly target: number } | undefined {
  if (info === undefined) return undefined;
  const flow = suffix === '' ? 1 : info.flows.indexOf(suffix.trim());
  const [from = '', to = ''] = (info.flows[flow] ?? '').split(' -> ');
  const source = info.nodes.findIndex(({ name }) => name === from);
  const target = info.nodes.findIndex(({ name }) => name === to);
  return flow < 1 || source < 0 || target < 0 ? undefined : { flow, source, target };
}

/** What would provide the missing data. */
export function traceCommand({ report, shown }: Scene): string {
  return `${seedCommand(report, shown.seed)} leaves the trace`;
}
