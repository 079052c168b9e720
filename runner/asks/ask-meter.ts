/**
 * Measures the questions of a run to its nodes and their answers; questions put during the warm-up do
 * not count.
 *
 * @module
 */
import { LogHistogram } from '../../engine/measure/histogram.ts';
import type { AskAnswer, MetricData } from '../../reports/model.ts';

/** Counts the questions of a run and their answers, and measures the time in between. */
export class AskMeter {
  readonly #warmupNs: number;
  readonly #time = new LogHistogram();
  #asked = 0;
  #answered = 0;

  /** @param warmupNs Questions before this instant do not count. */
  constructor(warmupNs: number) {
    this.#warmupNs = warmupNs;
  }

  /**
   * Records that a question was put at `atNs`.
   * @returns a function that records the answer.
   */
  put(atNs: number): (answer: AskAnswer) => void {
    const isMeasured = atNs >= this.#warmupNs;
    if (isMeasured) this.#asked += 1;
    return ({ outcome, tookNs }): void => {
      if (!isMeasured || outcome !== 'ok') return;
      this.#answered += 1;
      this.#time.record(Math.max(0, Math.floor(tookNs)));
    };
  }

  /** The metrics, by name; none before the first question. */
  metrics(): Readonly<Record<string, MetricData>> {
    if (this.#asked === 0) return {};
    return {
      'ask.time': { kind: 'histogram', data: this.#time.data() },
      'ask.ok': { kind: 'ratio', numerator: this.#answered, denominator: this.#asked },
    };
  }
}
