/** The page of the tests: what a real page does with workers, without a view. @module */

import { LabRunner } from '../../lab/run/lab-runner.ts';
import type { LabOutcome, LabProblem, LabProgress, LabTask } from '../../lab/run/lab-task.ts';
import { shippedFiles, startLabWorker } from '../../lab/run/page-data.ts';

/** A task as plain data. */
export interface PlainTask extends Omit<LabTask, 'files'> {
  readonly files: Readonly<Record<string, string>>;
}

/** How a run in the page went. */
export interface PageRun {
  readonly outcome: LabOutcome;
  readonly progress: readonly LabProgress[];
  readonly ms: number;
}

let runner = new LabRunner(startLabWorker, 2);

function taskOf({ files, ...rest }: PlainTask): LabTask {
  const encoder = new TextEncoder();
  const entries = Object.entries(files).map(
    ([path, text]) => [path, encoder.encode(text)] as const,
  );
  return { ...rest, files: new Map(entries) };
}

const page = {
  names: (): readonly string[] => [...shippedFiles().keys()],
  check: (task: PlainTask): Promise<readonly LabProblem[]> => runner.check(taskOf(task)),
  /** Runs a task, and stops it after some time if that is given. */
  async run(task: PlainTask, stopAfterMs?: number): Promise<PageRun> {
    const progress: LabProgress[] = [];
    let began = performance.now();
    const run = runner.run(taskOf(task), (one) => progress.push(one));
    if (stopAfterMs !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, stopAfterMs));
      began = performance.now();
      run.stop();
    }
    const outcome = await run.outcome;
    return { outcome, progress, ms: performance.now() - began };
  },
  /** Replaces the workers by a program. */
  useWorker(program: string): void {
    runner = new LabRunner(() => new Worker(URL.createObjectURL(new Blob([program]))), 2);
  },
};

/** What tests call in the page. */
export type TestPage = typeof page;

(globalThis as { lab?: TestPage }).lab = page;
