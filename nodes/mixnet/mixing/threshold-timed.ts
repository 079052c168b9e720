/**
 * Flushing by count and timer together (Serjantov, Dingledine, Syverson 2002). "Threshold or
 * timed": all messages leave when N are in the pool, and at the latest T after the last flush.
 * "Threshold and timed": all messages leave when the timer fires, if at least N are in the pool.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** Flushes all messages when N are in the pool, or when the timer fires. */
export class ThresholdOrTimedRule implements FlushRule {
  readonly #threshold: number;

  /**
   * @param threshold N: number of waiting messages, at least 1.
   */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  isFull(size: number): boolean {
    return size >= this.#threshold;
  }

  mayLeave(size: number): boolean {
    return size > 0;
  }

  leaving(size: number): number {
    return size;
  }
}

/** Flushes all messages when the timer fires, if at least N are in the pool. */
export class ThresholdAndTimedRule implements FlushRule {
  readonly #threshold: number;

  /**
   * @param threshold N: number of waiting messages, at least 1.
   */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  isFull(): boolean {
    return false;
  }

  mayLeave(size: number): boolean {
    return size >= this.#threshold;
  }

  leaving(size: number): number {
    return size >= this.#threshold ? size : 0;
  }
}
