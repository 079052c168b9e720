/**
 * Memory that a running seed shares with its caller on another thread: its progress, whether it must
 * stop, and the number of its thread.
 *
 * @module
 */

const STOP_NONE = 0;
const STOP_INTERRUPT = 1;
const STOP_TIME_LIMIT = 2;
const STOP_ABORTED = 3;
/** Index of the word with the number of the thread; word 0 says whether to stop. */
const THREAD = 1;
const WORDS = 2;
const FLOATS = 4;

/** Why a seed must stop; `aborted` if a limit cannot be met any more. */
export type StopReason = 'interrupted' | 'time-limit' | 'aborted';

/** Progress of one seed. */
export interface SeedProgress {
  /** The instant of the run's clock that was reached, ns: virtual time, in live runs wall time. */
  readonly nowNs: number;
  readonly events: number;
  /** Wall time that the events took, without loading and recording, ms. */
  readonly engineMs: number;
}

/**
 * What a run uses of its {@link RunControl}: it reports its progress and asks whether it must stop.
 */
export interface RunSteering {
  report(progress: SeedProgress): void;
  readonly stopReason: StopReason | undefined;
}

/**
 * Memory that a running seed shares with its caller on another thread; each thread has an object
 * over the same buffer.
 */
export class RunControl implements RunSteering {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #progress: Float64Array;

  constructor(shared = new SharedArrayBuffer(8 + 8 * FLOATS)) {
    this.shared = shared;
    this.#words = new Int32Array(shared, 0, WORDS);
    this.#progress = new Float64Array(shared, 8, FLOATS);
  }

  /** Called by the run a few times per second of wall time. */
  report({ nowNs, events, engineMs }: SeedProgress): void {
    this.#progress[0] = nowNs;
    this.#progress[1] = events;
    this.#progress[2] = engineMs;
  }

  get progress(): SeedProgress {
    const [nowNs = 0, events = 0, engineMs = 0] = this.#progress;
    return { nowNs, events, engineMs };
  }

  /** Records the thread of the run, because a watchdog may have to ask it for its stack. */
  noteThread(thread: number): void {
    this.#words[THREAD] = thread;
  }

  /** Number of the thread of the run; 0 before {@link noteThread}. */
  get thread(): number {
    return this.#words[THREAD] as number;
  }

  /** The scenario's time 0 on the clock by which calls of nodes are recorded, ns. */
  get zeroNs(): number {
    return this.#progress[3] as number;
  }

  set zeroNs(zeroNs: number) {
    this.#progress[3] = zeroNs;
  }

  interrupt(): void {
    Atomics.compareExchange(this.#words, 0, STOP_NONE, STOP_INTERRUPT);
  }

  timeIsUp(): void {
    Atomics.compareExchange(this.#words, 0, STOP_NONE, STOP_TIME_LIMIT);
  }

  /** Makes the seed stop, because another seed has missed a limit for good. */
  abort(): void {
    Atomics.compareExchange(this.#words, 0, STOP_NONE, STOP_ABORTED);
  }

  /** Why the run must end, or undefined. */
  get stopReason(): StopReason | undefined {
    const value = Atomics.load(this.#words, 0);
    if (value === STOP_NONE) return undefined;
    if (value === STOP_ABORTED) return 'aborted';
    return value === STOP_INTERRUPT ? 'interrupted' : 'time-limit';
  }
}
