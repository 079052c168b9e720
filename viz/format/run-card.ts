/**
 * The card of a run: what the gallery shows of a run without opening it. The server makes the card
 * from a `report.json`, and the app makes it from a report that was dropped on the page.
 *
 * @module
 */
import { type VerdictWord, verdictWord } from '../../reports/kpi-text.ts';
import type { Report } from '../../reports/report-schema.ts';

/** A KPI on a card. */
export interface CardKpi {
  readonly metric: string;
  readonly aggregation: string;
  readonly value: number | null;
  readonly unit: string;
  readonly comparison: string;
  readonly limit: number;
  readonly status: 'pass' | 'fail' | 'not-applicable' | 'inconclusive';
  /** The value for each seed, in the order of the seeds; at most {@link SPARK_MAX}. */
  readonly perSeed: readonly (number | null)[];
}

/** The card of a run whose report can be read. */
export interface RunCard {
  readonly kind: 'run';
  /**
   * The folder of the run below `runs/`, with slashes: `failover/1-30`. The page's address names
   * the run by it, too.
   */
  readonly id: string;
  readonly name: string;
  readonly question: string;
  readonly verdict: VerdictWord;
  readonly ending: string;
  readonly mode: 'sim' | 'emulate' | 'live';
  readonly seeds: number;
  readonly fingerprint: string;
  readonly commit: string;
  readonly durationNs: number;
  /**
   * Number of faults that were injected from pages while the run was in progress. If it is not 0,
   * the run differs from its scenario file.
   */
  readonly injected: number;
  /** The values that `--set` has changed, as `path=value`; at most {@link CHANGES_MAX}. */
  readonly changes: readonly string[];
  readonly kpis: readonly CardKpi[];
  /** When the report was written, ms since 1970; absent for the demo and dropped files. */
  readonly writtenMs?: number;
  /** Size of `trace.orr` in bytes; 0 if the run has no trace. */
  readonly traceBytes: number;
  /** Names of the other files of the run that a page may download. */
  readonly files: readonly string[];
}

/** The card of a folder whose report cannot be read. */
export interface BrokenCard {
  readonly kind: 'broken';
  readonly id: string;
  /** One sentence that says why the report cannot be read. */
  readonly reason: string;
  readonly writtenMs?: number;
}

/** The card of a trace without a report. */
export interface TraceCard {
  readonly kind: 'trace';
  readonly id: string;
  readonly name: string;
}

/** A cell of a sweep's table: the result for one combination of parameters. */
export interface HeatCell {
  readonly value: number | null;
  readonly status: CardKpi['status'];
  /** Id of the run of this combination; absent if its report was not kept. */
  readonly run?: string;
  /** The command that repeats the run of this combination; absent in results of older versions. */
  readonly command?: string;
}

/**
 * The table of one KPI over two parameters of a sweep; all other parameters have their first value,
 * which is listed in `fixed`.
 */
export interface HeatGrid {
  readonly kpi: string;
  readonly unit: string;
  readonly limits: readonly { readonly comparison: string; readonly limit: number }[];
  readonly x: { readonly name: string; readonly values: readonly string[] };
  readonly y: { readonly name: string; readonly values: readonly string[] };
  readonly fixed: Readonly<Record<string, string>>;
  /** Indexed as `cells[y][x]`; null if the sweep has no such combination. */
  readonly cells: readonly (readonly (HeatCell | null)[])[];
}

/** The card of a sweep. */
export interface SweepCard {
  readonly kind: 'sweep';
  readonly id: string;
  readonly name: string;
  readonly question: string;
  /** Number of seeds of each combination. */
  readonly seeds: number;
  /** Number of combinations that met all limits. */
  readonly met: number;
  readonly total: number;
  readonly grids: readonly HeatGrid[];
  readonly writtenMs: number;
}

/** The card of the run that the server's process is executing; its URL is `/api/live`. */
export interface LiveCard {
  readonly kind: 'live';
  readonly id: 'live';
  readonly name: string;
  readonly seed: number;
  readonly phase: 'waiting' | 'running' | 'ended';
  readonly nowNs: number;
  readonly durationNs: number;
  /** Number of faults injected so far. */
  readonly injected: number;
}

/** A card of the gallery. */
export type GalleryCard = RunCard | BrokenCard | TraceCard | SweepCard | LiveCard;

/** The answer to a request for `api/runs`. */
export interface RunIndex {
  readonly version: 1;
  readonly cards: readonly GalleryCard[];
  /** Number of runs that are not listed because there are too many. */
  readonly leftOut: number;
  /** True if the server also has the Lab, at `lab/`; absent in answers of older versions. */
  readonly hasLab?: boolean;
}

/** Largest number of values of a KPI on a card; its small chart has a dot for each. */
const SPARK_MAX = 60;

/** Largest number of changes on a card. */
const CHANGES_MAX = 6;
/** Largest length of a change, characters. */
const CHANGE_LENGTH_MAX = 40;

/** The part of a card that does not come from the report. */
export type CardFacts = Pick<RunCard, 'id' | 'traceBytes' | 'files'> & {
  readonly writtenMs?: number;
};

/** Makes the card of a run from its report. */
export function makeRunCard(report: Report, facts: CardFacts): RunCard {
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
    changes: Object.entries(report.overrides)
      .slice(0, CHANGES_MAX)
      .map(([path, value]) => shortened(`${path}=${value}`)),
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

function shortened(text: string): string {
  return text.length <= CHANGE_LENGTH_MAX ? text : `${text.slice(0, CHANGE_LENGTH_MAX - 1)}…`;
}
