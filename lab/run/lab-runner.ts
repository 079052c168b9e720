/**
 * Runs scenarios in workers of the browser's tab, one seed on each core.
 *
 * @module
 */
import { isCodeName } from '../link/file-name-fault.ts';
import { isAnswerTo } from './answer-check.ts';
import {
  FILES_BYTES_MAX,
  type LabFiles,
  type LabFound,
  type LabOutcome,
  type LabProblem,
  type LabProgress,
  type LabSearch,
  type LabStep,
  type LabTask,
  SHRUNK_NAME,
  TRACES_BYTES_MAX,
} from './lab-task.ts';
import type { DelegatedOrder, LabAnswer, LabDone, LabOrder, LabSearchOrder } from './messages.ts';

/** A run or a search under way. */
export interface LabRun<Outcome = LabOutcome> {
  /** How it ends; never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Ends it at once, with `stopped`. */
  stop(): void;
}

/** A worker that sends nothing for this many ticks is taken to be in an endless loop. */
const SILENT_TICKS_MAX = 60;
/**
 * The same for an attempt of a hunt, which sends nothing before its end: the time that the command line gives the first
 * one.
 */
const SILENT_TRY_TICKS_MAX = 300;
const TICK_MS = 1_000;
/** Most messages of a worker in a tick: code of users could send so many that the page cannot draw. */
const TICK_MESSAGES_MAX = 1_000;
/** Most orders of a search that are not carried out yet. */
const ASKED_MAX = 64;

/** Checks and runs scenarios. Workers stay for the next task, until they are stopped or fail. */
export class LabRunner {
  readonly #worker: () => Worker;
  readonly #cores: number;
  #idle: Worker[] = [];
  /** The code of users that workers have run. */
  readonly #ran = new WeakMap<Worker, readonly Uint8Array[]>();
  #check: Running | undefined;

  /**
   * @param worker Starts one worker, as `startLabWorker` does.
   * @param cores Largest number of workers of a run, and of idle workers.
   */
  constructor(worker: () => Worker, cores: number) {
    this.#worker = worker;
    this.#cores = cores;
  }

  /**
   * Finds the mistakes of a scenario and its files, in the order of the text; none if it can be run. Ends the previous
   * check, which then finds none.
   */
  async check(task: LabTask): Promise<readonly LabProblem[]> {
    this.endCheck();
    const run = new Running({});
    this.#check = run;
    const answer = await this.#ask(run, { kind: 'plan', task });
    this.#endCode();
    if (run.isOver) return [];
    this.endCheck();
    if (answer.kind === 'problems') return answer.problems;
    if (answer.kind !== 'refused') return [];
    const place = { file: task.scenario, line: 1, column: 1, endColumn: 1 };
    return [{ ...place, text: answer.text, hint: null }];
  }

  /** Starts a worker, unless there is one, so that the next task need not wait for its script to be read. */
  warm(): void {
    if (this.#idle.length > 0) return;
    try {
      this.#idle.push(this.#worker());
    } catch {
      // The next task says that no worker can be started.
    }
  }

  /** Ends the check under way, if there is one. */
  endCheck(): void {
    this.#check?.end();
    this.#check = undefined;
  }

  /** Runs all seeds. @param onProgress Called at most ten times a second for each seed. */
  run(task: LabTask, onProgress: (progress: LabProgress) => void): LabRun {
    const run = new Running({ onProgress });
    const made = this.#make(run, task).finally(() => this.#end(run));
    return { outcome: Promise.race([made, run.stopped]), stop: (): void => run.stop() };
  }

  /** Makes a search: one worker leads it, others make its runs. @param onStep Called with each step of its progress. */
  search(
    task: LabTask,
    search: LabSearch,
    onStep: (step: LabStep) => void,
  ): LabRun<LabOutcome | LabFound> {
    let free = Math.max(1, this.#cores);
    const waiting: (() => void)[] = [];
    const delegate = async (asked: DelegatedOrder): Promise<LabAnswer> => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      const answer = await this.#ask(run, delegatedOrder(task, asked));
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
      return answer;
    };
    const run = new Running({ onStep, delegate });
    const made = this.#ask(run, { kind: 'search', task, search })
      .then((answer) => (answer.kind === 'found' ? answer.found : outcomeOf(answer)))
      .finally(() => this.#end(run));
    return { outcome: Promise.race([made, run.stopped]), stop: (): void => run.stop() };
  }

  #end(run: Running): void {
    run.end();
    this.#endCode();
  }

  /** Ends the idle workers that have run code of users, which could go on running. */
  #endCode(): void {
    for (const one of this.#idle) if (this.#ran.has(one)) one.terminate();
    this.#idle = this.#idle.filter((one) => !this.#ran.has(one));
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

  /** Gives an order to a worker. There is always an answer, even if the worker fails. */
  async #ask(run: Running, order: LabOrder | LabSearchOrder): Promise<LabAnswer> {
    const bytes = [...order.task.files.values()].reduce((sum, { length }) => sum + length, 0);
    if (bytes > FILES_BYTES_MAX) {
      const size = (bytes / 1e6).toFixed(1);
      return refused(`the files have ${size} MB, the limit is ${FILES_BYTES_MAX / 1e6} MB`);
    }
    if (run.isOver) return refused('stopped');
    let worker: Worker;
    try {
      worker = this.#take(order.task.files);
    } catch (error) {
      return refused(`no worker could be started: ${String(error)}`);
    }
    const answer = await run.ask(worker, order);
    if (answer.worker !== undefined) this.#rest(answer.worker);
    return answer.answer;
  }

  /** Takes or starts a worker that has run no other code of users: such code can change the worker. */
  #take(files: LabFiles): Worker {
    const code = [...files].flatMap(([name, bytes]) => (isCodeName(name) ? [bytes] : []));
    const isOther = (worker: Worker): boolean => {
      const ran = this.#ran.get(worker) ?? code;
      return ran.length !== code.length || ran.some((bytes, at) => bytes !== code[at]);
    };
    const others = this.#idle.filter(isOther);
    const fitting = this.#idle.filter((one) => !isOther(one));
    const worker = fitting.pop() ?? this.#worker();
    for (const other of others) other.terminate();
    this.#idle = fitting;
    if (code.length > 0) this.#ran.set(worker, code);
    return worker;
  }

  #rest(worker: Worker): void {
    if (this.#idle.length < Math.max(1, this.#cores)) this.#idle.push(worker);
    else worker.terminate();
  }
}

/** Called with the messages of workers that come before their answers. */
interface MessageCallbacks {
  readonly onProgress?: (progress: LabProgress) => void;
  readonly onStep?: (step: LabStep) => void;
  /** Has another worker carry out an order. */
  readonly delegate?: (order: DelegatedOrder) => Promise<LabAnswer>;
}

/** A task under way, and the workers that it has. */
class Running {
  readonly stopped: Promise<LabOutcome>;
  isOver = false;
  readonly #callbacks: MessageCallbacks;
  readonly #busy = new Map<Worker, (answer: LabAnswer) => void>();
  #sayStopped: (outcome: LabOutcome) => void = () => undefined;

  constructor(callbacks: MessageCallbacks) {
    this.#callbacks = callbacks;
    this.stopped = new Promise((resolve) => {
      this.#sayStopped = resolve;
    });
  }

  /** Gives an order to a worker. @returns its answer, and the worker if it can be used again. */
  ask(
    worker: Worker,
    order: LabOrder | LabSearchOrder,
  ): Promise<{ readonly answer: LabAnswer; readonly worker: Worker | undefined }> {
    return new Promise((resolve) => {
      let silent = 0;
      let messages = 0;
      const silentMax = order.kind === 'try' ? SILENT_TRY_TICKS_MAX : SILENT_TICKS_MAX;
      /** Number of delegated orders whose answers the worker awaits. */
      let asked = 0;
      const who = nameOf(order);
      const timer = setInterval(() => {
        silent = asked > 0 ? 0 : silent + 1;
        messages = 0;
        if (silent >= silentMax)
          finish(lost('held', `${who} made no progress for ${silentMax} s: an endless loop`));
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
        finish(lost('crashed', `${who} crashed: ${event.message ?? 'out of memory'}`));
      };
      worker.onmessageerror = (): void => finish(refused(`${who} gave an unreadable answer`));
      const take = (data: LabAnswer): void => {
        const { onProgress, onStep, delegate } = this.#callbacks;
        if (data.kind === 'progress') onProgress?.(data.progress);
        else if (data.kind === 'step') onStep?.(data.step);
        else if (data.kind !== 'ask') finish(data, true);
        else if (asked >= ASKED_MAX) finish(refused(`${who} asked for too much at once`));
        else {
          asked += 1;
          void delegate?.(data.order).then((answer) => {
            asked -= 1;
            worker.postMessage({ kind: 'reply', id: data.id, answer });
          });
        }
      };
      worker.onmessage = ({ data }: MessageEvent<unknown>): void => {
        silent = 0;
        messages += 1;
        if (messages <= TICK_MESSAGES_MAX && isAnswerTo(order, data)) take(data);
        else finish(refused(`${who} gave an unreadable answer`));
      };
      worker.postMessage(order);
    });
  }

  stop(): void {
    if (this.isOver) return;
    this.#sayStopped({ kind: 'stopped' });
    this.end();
  }

  /** Ends the task, with all its workers. */
  end(): void {
    this.isOver = true;
    this.endWorkers();
  }

  endWorkers(): void {
    for (const finish of [...this.#busy.values()]) finish(refused('stopped'));
  }
}

/**
 * The order that another worker carries out for a search. The worker that leads the search may have run code of users:
 * only the description of the run is taken from it, and the files are the page's own.
 */
function delegatedOrder(task: LabTask, asked: DelegatedOrder): LabOrder {
  if (asked.kind === 'run') return { kind: 'run', task, planned: asked.planned, recordBytesMax: 0 };
  const smaller = asked.task.files.get(SHRUNK_NAME);
  const files =
    smaller === undefined ? task.files : new Map([...task.files, [SHRUNK_NAME, smaller]]);
  return { kind: 'try', task: { ...task, files }, job: asked.job };
}

/** The name of an order, as the subject of a sentence. */
function nameOf(order: LabOrder | LabSearchOrder): string {
  if (order.kind === 'search') return `the ${order.search.kind}`;
  if (order.kind === 'try') return 'an attempt';
  return order.kind === 'run' ? `seed ${order.planned.seed}` : 'the check';
}

function lost(how: 'held' | 'crashed', text: string): LabAnswer {
  return { kind: 'lost', how, text };
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
    case 'lost':
      return { kind: 'refused', text: answer.text };
    default:
      return { kind: 'refused', text: `unexpected answer: ${answer.kind}` };
  }
}
