/**
 * Messages between a page and its workers.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { AttemptOutcome } from '../../runner/hunt/attempt.ts';
import type { HuntJob } from '../../runner/hunt/hunt-jobs.ts';
import type { PlannedRun } from '../../runner/run/planned-runs.ts';
import type {
  LabFound,
  LabProblem,
  LabProgress,
  LabSearch,
  LabStep,
  LabTask,
  LabVerdict,
} from './lab-task.ts';

/** A run of one seed, and what it left. */
export interface LabDone {
  readonly planned: PlannedRun;
  readonly result: SeedResult;
  readonly trace: Uint8Array | null;
}

/** What a worker is asked to do. A worker does one thing at a time. */
export type LabOrder =
  /** Check the files, and say which runs the scenario asks for. */
  | { readonly kind: 'plan'; readonly task: LabTask }
  | {
      readonly kind: 'run';
      readonly task: LabTask;
      readonly planned: PlannedRun;
      readonly recordBytesMax: number;
    }
  | {
      readonly kind: 'judge';
      readonly task: LabTask;
      readonly done: readonly LabDone[];
      readonly wallMs: number;
    }
  | { readonly kind: 'try'; readonly task: LabTask; readonly job: HuntJob };

/** What a worker that makes a search may ask others to do. */
export type LentOrder = Extract<LabOrder, { kind: 'run' | 'try' }>;

/** The order to make many runs, by other workers that the page lends. */
export interface LabSearchOrder {
  readonly kind: 'search';
  readonly task: LabTask;
  readonly search: LabSearch;
}

/** What a worker that makes a search is told of an order that it has asked for. */
export interface LabReply {
  readonly kind: 'reply';
  readonly id: number;
  readonly answer: LabAnswer;
}

/** What a worker answers: any number of the first three, then one other. */
export type LabAnswer =
  | { readonly kind: 'progress'; readonly progress: LabProgress }
  | { readonly kind: 'step'; readonly step: LabStep }
  /** Another worker is to carry out an order; a {@link LabReply} says how it went. */
  | { readonly kind: 'ask'; readonly id: number; readonly order: LentOrder }
  | { readonly kind: 'found'; readonly found: LabFound }
  | { readonly kind: 'planned'; readonly runs: readonly PlannedRun[] }
  | { readonly kind: 'ran'; readonly done: LabDone }
  | { readonly kind: 'tried'; readonly outcome: AttemptOutcome | undefined }
  /** The worker said nothing for too long, or it ended: what it ran did not end. */
  | { readonly kind: 'lost'; readonly how: 'held' | 'crashed'; readonly text: string }
  | { readonly kind: 'judged'; readonly verdict: LabVerdict }
  | { readonly kind: 'problems'; readonly problems: readonly LabProblem[] }
  | { readonly kind: 'refused'; readonly text: string };
