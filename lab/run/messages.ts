/**
 * Messages between a page and its workers.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { PlannedRun } from '../../runner/run/planned-runs.ts';
import type { LabProblem, LabProgress, LabTask, LabVerdict } from './lab-task.ts';

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
    };

/** What a worker answers: any number of `progress`, then one other. */
export type LabAnswer =
  | { readonly kind: 'progress'; readonly progress: LabProgress }
  | { readonly kind: 'planned'; readonly runs: readonly PlannedRun[] }
  | { readonly kind: 'ran'; readonly done: LabDone }
  | { readonly kind: 'judged'; readonly verdict: LabVerdict }
  | { readonly kind: 'problems'; readonly problems: readonly LabProblem[] }
  | { readonly kind: 'refused'; readonly text: string };
