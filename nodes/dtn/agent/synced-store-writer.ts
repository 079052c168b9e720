/**
 * Writes an agent's records to its durable store, and remembers which requests wait until the
 * records are on disk. Only one sync runs at a time; records written meanwhile belong to the next
 * sync.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { EffectSink } from './effects.ts';

/** The writes of one agent. A `Waiting` is handed back when the sync that it waits for has ended. */
export class SyncedStoreWriter<Waiting> {
  readonly #effects: EffectSink;
  /**
   * Time from the first write to the sync, ns. If it is above 0 (in a double), no request waits for
   * the sync.
   */
  readonly #lateNs: Nanoseconds;
  /** Requests that wait for the sync under way; `#waiting`: requests that wait for the next one. */
  #covered: Waiting[] = [];
  #waiting: Waiting[] = [];
  #isBusy = false;
  /** When the next sync may begin; undefined if nothing was written since the last sync began. */
  #dueNs: Nanoseconds | undefined;

  constructor(effects: EffectSink, lateNs: Nanoseconds) {
    this.#effects = effects;
    this.#lateNs = lateNs;
  }

  /** True if everything written is on disk. */
  get isSettled(): boolean {
    return !this.#isBusy && this.#dueNs === undefined;
  }

  put(now: Nanoseconds, key: string, value: Uint8Array): void {
    this.#effects.push({ kind: 'put', key, value });
    this.#dueNs ??= now + this.#lateNs;
  }

  erase(now: Nanoseconds, key: string): void {
    this.#effects.push({ kind: 'erase', key });
    this.#dueNs ??= now + this.#lateNs;
  }

  /**
   * Keeps `waiting` until everything written so far is on disk; {@link ended} then returns it.
   * @returns false if it need not wait.
   */
  wait(waiting: Waiting): boolean {
    if (this.isSettled || this.#lateNs > 0) return false;
    // Nothing was written since the sync under way began, so that sync covers everything.
    if (this.#dueNs === undefined) this.#covered.push(waiting);
    else this.#waiting.push(waiting);
    return true;
  }

  /** True if a sync would begin now. */
  isDue(now: Nanoseconds): boolean {
    return !this.#isBusy && this.#dueNs !== undefined && this.#dueNs <= now;
  }

  /** Begins a sync of all that was written so far. */
  sync(): void {
    this.#isBusy = true;
    this.#dueNs = undefined;
    this.#covered = this.#waiting;
    this.#waiting = [];
    this.#effects.push({ kind: 'sync' });
  }

  /** Called when the sync under way has ended. @returns everything that waited for it. */
  ended(): readonly Waiting[] {
    const covered = this.#covered;
    this.#covered = [];
    this.#isBusy = false;
    return covered;
  }

  /** When the next sync is due; Infinity if none is, or one is under way. */
  nextAt(): Nanoseconds {
    return this.#isBusy ? Number.POSITIVE_INFINITY : (this.#dueNs ?? Number.POSITIVE_INFINITY);
  }
}
