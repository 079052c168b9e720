/**
 * The card of a run: what a gallery shows before anything is opened. The server makes it of each
 * `report.json`, the app of a report that was dropped on the page.
 *
 * @module
 */
import { verdictWord } from '../../reports/kpi-text.ts';
import type { Report } from '../../reports/report-schema.ts';

/** One KPI on a card. */
export interface CardKpi {
  readonly metric: string;
  readonly aggregation: string;
  readonly value: number | null;
  readonly unit: string;
  readonly comparison: string;
  readonly limit: number;
  readonly status: 'pass' | 'fail' | 'not-applicable' | 'inconclusive';
  /** Values of the seeds in their order, at most {@link SPARK_MAX}. */
  readonly perSeed: readonly (number | null)[];
}

/** The word on the card; `STOP`: it ended early. */
export type Verdict = 'PASS' | 'FAIL' | 'STOP' | 'INCONCLUSIVE';

/** A run that could be read. */
export interface RunCard {
  readonly kind: 'run';
  /** Folder below `runs/` with slashes, e.g. `failover/1-30`; in the address. */
  readonly id: string;
  readonly name: string;
  readonly question: string;
  readonly verdict: Verdict;
  readonly ending: string;
  readonly mode: 'sim' | 'emulate' | 'live';
  readonly seeds: number;
  readonly fingerprint: string;
  readonly commit: string;
  readonly durationNs: number;
  /** Faults that somebody injected while it went on: with them it is not the run of its file. */
  readonly injected: number;
  readonly kpis: readonly CardKpi[];
  /** When the report was written, ms since 1970; absent for the demo and for dropped files. */
  readonly writtenMs?: number;
  /** Length of `trace.orr`; 0 when there is none. */
  readonly traceBytes: number;
  /** Other files that can be downloaded. */
  readonly files: readonly string[];
}

/** A folder without a readable report. */
export interface BrokenCard {
  readonly kind: 'broken';
  readonly id: string;
  /** One sentence. */
  readonly reason: string;
  readonly writtenMs?: number;
}

/** A trace that came without its report. */
export interface TraceCard {
  readonly kind: 'trace';
  readonly id: string;
  readonly name: string;
}

/** One combination of a sweep. */
export interface HeatCell {
  readonly value: number | null;
  readonly status: CardKpi['status'];
  /** The run of this combination, when its report was kept. */
  readonly run?: string;
  /** Runs it; absent in results of older versions. */
  readonly command?: string;
}

/** One KPI over two parameters of a sweep, the others at their first value. */
export interface HeatGrid {
  readonly kpi: string;
  readonly unit: string;
  readonly comparison: string;
  readonly limit: number;
  readonly x: { readonly name: string; readonly values: readonly string[] };
  readonly y: { readonly name: string; readonly values: readonly string[] };
  readonly fixed: Readonly<Record<string, string>>;
  /** `cells[y][x]`; null where the sweep has no such combination. */
  readonly cells: readonly (readonly (HeatCell | null)[])[];
}

/** The result of a sweep. */
export interface SweepCard {
  readonly kind: 'sweep';
  readonly id: string;
  readonly name: string;
  readonly question: string;
  /** Of each combination. */
  readonly seeds: number;
  /** Combinations that met all limits. */
  readonly met: number;
  readonly total: number;
  readonly grids: readonly HeatGrid[];
  readonly writtenMs: number;
}

/** The run in progress in the server's process; its address is `/api/live`. */
export interface LiveCard {
  readonly kind: 'live';
  readonly id: 'live';
  readonly name: string;
  readonly seed: number;
  readonly phase: 'waiting' | 'running' | 'ended';
  readonly nowNs: number;
  readonly durationNs: number;
  /** Faults that somebody injected so far. */
  readonly injected: number;
}

/** A card of the gallery. */
export type Card = RunCard | BrokenCard | TraceCard | SweepCard | LiveCard;

/** The answer of `api/runs`. */
export interface RunIndex {
  readonly version: 1;
  readonly cards: readonly Card[];
  /** Runs that are there but not listed because there are too many. */
  readonly leftOut: number;
}

/** Points of a sparkline. */
const SPARK_MAX = 60;

/** What is known besides the report. */
export type CardFacts = Pick<RunCard, 'id' | 'traceBytes' | 'files'> & {
  readonly writtenMs?: number;
};

/** The card of a report. */
export function cardOf(report: Report, facts: CardFacts): RunCard {
  const { scenario, kpis } = report;
  return {
    kind: 'run',
    ...facts,
    name: scenario.name,
    question: scenario.question,
    verdict: verdictWord(report),
    ending: report.ending,
    mode: report.mode,
    seeds: report.seeds.length,
    fingerprint: report.fingerprint,
    commit: report.environment.commit,
    durationNs: scenario.durationNs,
    injected: report.interactive?.faults ?? 0,
    kpis: kpis.map((kpi) => ({
      metric: kpi.metric,
      aggregation: kpi.aggregation,
      value: kpi.value,
      unit: kpi.unit,
      comparison: kpi.comparison,
      limit: kpi.limit,
      status: kpi.status,
      perSeed: kpi.perSeed.slice(0, SPARK_MAX).map(({ value }) => value),
    })),
  };
}
