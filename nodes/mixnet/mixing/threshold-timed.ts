/**
 * Flushing by count and timer together (Serjantov, Dingledine, Syverson 2002). "Threshold or
 * timed": everything leaves when N messages are in, or T after the last timed flush. "Threshold and
 * timed": everything leaves at the timer, if N are in by then.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** Flushes everything when N messages are inside, or when the timer fires. */
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

/** Flushes everything when the timer fires, if at least N messages are inside. */
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
