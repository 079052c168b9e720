/**
 * How the main thread of a pipeline waits without blocking: its event loop keeps running, and a
 * worker with results wakes it up.
 *
 * There are two methods. `port`: the worker sends a message, one per wake-up and never one per packet. `wait-async`: a
 * promise that waits on a word of shared memory (`Atomics.waitAsync`). docs/PERFORMANCE.md has the cost of each.
 *
 * @module
 */
import { SIGNAL_WORD_INDICES } from './memory.ts';
import type { WakeUpKind } from './messages.ts';

/** `Atomics.waitAsync`, which the ES2023 library does not declare. */
type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: boolean; readonly value: unknown };

/**
 * Calls the main thread of a pipeline when a worker has results, while its event loop keeps
 * running.
 */
export class MainThreadWakeUp {
  readonly #signals: Int32Array;
  readonly #kind: WakeUpKind;
  readonly #wake: () => void;
  #isPromised = false;

  /** @param wake Called in a later turn of the event loop, possibly when no results wait. */
  constructor(signals: Int32Array, kind: WakeUpKind, wake: () => void) {
    this.#signals = signals;
    this.#kind = kind;
    this.#wake = wake;
  }

  /**
   * Requests that the next wake-up calls `wake`. The caller must look for results afterwards, because results that came
   * before this call wake nobody.
   */
  arm(): void {
    Atomics.store(this.#signals, SIGNAL_WORD_INDICES.mainSleeps, 1);
    if (this.#kind === 'port' || this.#isPromised) return;
    const { waitAsync } = Atomics as unknown as { readonly waitAsync: WaitAsync };
    const waiting = waitAsync(this.#signals, SIGNAL_WORD_INDICES.mainSleeps, 1);
    this.#isPromised = true;
    void Promise.resolve(waiting.value).then(() => {
      this.#isPromised = false;
      this.#wake();
    });
  }

  /** Ends the promise, if there is one. */
  stop(): void {
    Atomics.store(this.#signals, SIGNAL_WORD_INDICES.mainSleeps, 0);
    Atomics.notify(this.#signals, SIGNAL_WORD_INDICES.mainSleeps);
  }
}
