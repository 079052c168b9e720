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

/** A run of one seed, and its results. */
export interface LabDone {
  readonly planned: PlannedRun;
  readonly result: SeedResult;
  readonly trace: Uint8Array | null;
}

/** An order to a worker. A worker carries out one order at a time. */
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

/** The orders that the worker which leads a search may delegate to others. */
export type DelegatedOrder = Extract<LabOrder, { kind: 'run' | 'try' }>;

/** The order to lead a search, whose runs other workers of the page make. */
export interface LabSearchOrder {
  readonly kind: 'search';
  readonly task: LabTask;
  readonly search: LabSearch;
}

/** The answer to an order that the worker which leads a search has delegated. */
export interface LabReply {
  readonly kind: 'reply';
  readonly id: number;
  readonly answer: LabAnswer;
}

/** A message of a worker: any number of the first three kinds, then one of the others. */
export type LabAnswer =
  | { readonly kind: 'progress'; readonly progress: LabProgress }
  | { readonly kind: 'step'; readonly step: LabStep }
  /** Another worker is to carry out an order; a {@link LabReply} brings its answer. */
  | { readonly kind: 'ask'; readonly id: number; readonly order: DelegatedOrder }
  | { readonly kind: 'found'; readonly found: LabFound }
  | { readonly kind: 'planned'; readonly runs: readonly PlannedRun[] }
  | { readonly kind: 'ran'; readonly done: LabDone }
  | { readonly kind: 'tried'; readonly outcome: AttemptOutcome | undefined }
  /** The worker sent nothing for too long, or it crashed: its run did not end. */
  | { readonly kind: 'lost'; readonly how: 'held' | 'crashed'; readonly text: string }
  | { readonly kind: 'judged'; readonly verdict: LabVerdict }
  | { readonly kind: 'problems'; readonly problems: readonly LabProblem[] }
  | { readonly kind: 'refused'; readonly text: string };
