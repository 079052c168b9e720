/**
 * Runs scenarios in workers of the browser's tab, one seed on each core.
 *
 * @module
 */
import {
  FILES_BYTES_MAX,
  type LabOutcome,
  type LabProblem,
  type LabProgress,
  type LabTask,
} from './lab-task.ts';
import type { LabAnswer, LabDone, LabOrder } from './messages.ts';

/** A run under way. */
export interface LabRun {
  /** How it ends; never rejects. */
  readonly outcome: Promise<LabOutcome>;
  /** Ends it at once, with `stopped`. */
  stop(): void;
}

/** Largest size of all traces of a run together, bytes. */
const TRACES_BYTES_MAX = 128e6;
/** A worker that says nothing for as many ticks is in an endless loop, or as good as that. */
const SILENT_TICKS_MAX = 60;
const TICK_MS = 1_000;

/** Checks and runs scenarios. Workers stay for the next task, until they are stopped or fail. */
export class LabRunner {
  readonly #worker: () => Worker;
  readonly #cores: number;
  readonly #idle: Worker[] = [];
  #check: Running | undefined;

  /**
   * @param worker Starts one worker, as `startLabWorker` does.
   * @param cores Most workers of a run, and most that wait for the next.
   */
  constructor(worker: () => Worker, cores: number) {
    this.#worker = worker;
    this.#cores = cores;
  }

  /**
   * Finds the mistakes of a scenario and its files, in the order of the text; none if it can be run. Ends the check
   * before it, which then finds none.
   */
  async check(task: LabTask): Promise<readonly LabProblem[]> {
    this.endCheck();
    const run = new Running();
    this.#check = run;
    const answer = await this.#ask(run, { kind: 'plan', task });
    if (run.isOver) return [];
    this.endCheck();
    if (answer.kind === 'problems') return answer.problems;
    if (answer.kind !== 'refused') return [];
    const place = { file: task.scenario, line: 1, column: 1, endColumn: 1 };
    return [{ ...place, text: answer.text, hint: null }];
  }

  /** Ends the check under way, if there is one. */
  endCheck(): void {
    this.#check?.end();
    this.#check = undefined;
  }

  /** Runs all seeds. @param onProgress Called at most ten times a second for each seed. */
  run(task: LabTask, onProgress: (progress: LabProgress) => void): LabRun {
    const run = new Running(onProgress);
    const made = this.#make(run, task).finally(() => run.end());
    return { outcome: Promise.race([made, run.stopped]), stop: (): void => run.stop() };
  }

  async #make(run: Running, task: LabTask): Promise<LabOutcome> {
    const began = performance.now();
    const planned = await this.#ask(run, { kind: 'plan', task });
    if (planned.kind !== 'planned') return outcomeOf(planned);
    const waiting = [...planned.runs];
    const recordBytesMax = TRACES_BYTES_MAX / Math.max(1, waiting.length);
    const done: LabDone[] = [];
    let failed: LabAnswer | undefined;
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const answer = await this.#ask(run, { kind: 'run', task, planned: next, recordBytesMax });
        if (answer.kind === 'ran') done.push(answer.done);
        else {
          failed ??= answer;
          waiting.length = 0;
          run.endWorkers();
        }
      }
    };
    const lanes = Math.min(waiting.length, Math.max(1, this.#cores));
    await Promise.all(Array.from({ length: lanes }, lane));
    if (failed !== undefined) return outcomeOf(failed);
    const wallMs = performance.now() - began;
    return outcomeOf(await this.#ask(run, { kind: 'judge', task, done, wallMs }));
  }

  /** Asks a worker; whatever happens to the worker, there is an answer. */
  async #ask(run: Running, order: LabOrder): Promise<LabAnswer> {
    const bytes = [...order.task.files.values()].reduce((sum, { length }) => sum + length, 0);
    if (bytes > FILES_BYTES_MAX) {
      const size = (bytes / 1e6).toFixed(1);
      return refused(`the files have ${size} MB, the limit is ${FILES_BYTES_MAX / 1e6} MB`);
    }
    if (run.isOver) return refused('stopped');
    let worker: Worker;
    try {
      worker = this.#idle.pop() ?? this.#worker();
    } catch (error) {
      return refused(`no worker could be started: ${String(error)}`);
    }
    const answer = await run.ask(worker, order);
    if (answer.worker !== undefined) this.#rest(answer.worker);
    return answer.answer;
  }

  #rest(worker: Worker): void {
    if (this.#idle.length < Math.max(1, this.#cores)) this.#idle.push(worker);
    else worker.terminate();
  }
}

/** A task under way, and the workers that it has. */
class Running {
  readonly stopped: Promise<LabOutcome>;
  isOver = false;
  readonly #onProgress: ((progress: LabProgress) => void) | undefined;
  readonly #busy = new Map<Worker, (answer: LabAnswer) => void>();
  #sayStopped: (outcome: LabOutcome) => void = () => undefined;

  constructor(onProgress?: (progress: LabProgress) => void) {
    this.#onProgress = onProgress;
    this.stopped = new Promise((resolve) => {
      this.#sayStopped = resolve;
    });
  }

  /** Gives an order to a worker. @returns its answer, and the worker if it can be used again. */
  ask(
    worker: Worker,
    order: LabOrder,
  ): Promise<{ readonly answer: LabAnswer; readonly worker: Worker | undefined }> {
    return new Promise((resolve) => {
      let silent = 0;
      const who = order.kind === 'run' ? `seed ${order.planned.seed}` : 'the check';
      const timer = setInterval(() => {
        silent += 1;
        if (silent >= SILENT_TICKS_MAX)
          finish(refused(`${who} made no progress for ${SILENT_TICKS_MAX} s: an endless loop`));
      }, TICK_MS);
      const finish = (answer: LabAnswer, isUsable = false): void => {
        clearInterval(timer);
        this.#busy.delete(worker);
        worker.onmessage = null;
        worker.onerror = null;
        if (!isUsable) worker.terminate();
        resolve({ answer, worker: isUsable ? worker : undefined });
      };
      this.#busy.set(worker, finish);
      worker.onerror = (event): void => {
        event.preventDefault();
        finish(refused(`${who} crashed: ${event.message ?? 'out of memory'}`));
      };
      worker.onmessageerror = (): void => finish(refused(`${who} gave an unreadable answer`));
      worker.onmessage = ({ data }: MessageEvent<LabAnswer>): void => {
        silent = 0;
        if (data.kind !== 'progress') finish(data, true);
        else this.#onProgress?.(data.progress);
      };
      worker.postMessage(order);
    });
  }

  stop(): void {
    if (this.isOver) return;
    this.#sayStopped({ kind: 'stopped' });
    this.end();
  }

  /** Ends what is left. */
  end(): void {
    this.isOver = true;
    this.endWorkers();
  }

  endWorkers(): void {
    for (const finish of [...this.#busy.values()]) finish(refused('stopped'));
  }
}

function refused(text: string): LabAnswer {
  return { kind: 'refused', text };
}

function outcomeOf(answer: LabAnswer): LabOutcome {
  switch (answer.kind) {
    case 'judged':
      return answer.verdict;
    case 'problems':
    case 'refused':
      return answer;
    default:
      return { kind: 'refused', text: `unexpected answer: ${answer.kind}` };
  }
}
