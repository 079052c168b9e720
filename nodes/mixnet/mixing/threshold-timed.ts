/**
 * Flushing by count and timer together (spec/mixnet.md 3.1). "Threshold or timed": everything leaves
 * when N are in, or T after the last such flush. "Threshold and timed": everything leaves at the
 * timer, when N are in by then.
 *
 * @module
 */
import type { FlushRule } from './batch.ts';

/** Everything leaves at once when N are in, or by the timer. */
export class ThresholdOrTimedRule implements FlushRule {
  readonly #threshold: number;

  /** @param threshold N, >= 1. */
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

/** Everything leaves by the timer, when at least N are in. */
export class ThresholdAndTimedRule implements FlushRule {
  readonly #threshold: number;

  /** @param threshold N, >= 1. */
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
