/**
 * Measures how late a node was recently: the maximum over the last packets that it sent and over
 * the firings of a timer that exists for this purpose. Timers, the processor and the operating
 * system cause lateness; in virtual time without a CPU model there is none.
 *
 * @module
 */
import type { Nanoseconds, Timer } from '../../../engine/host/time.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { LATENESS_PROBE_INTERVAL_NS, LATENESS_SAMPLES } from '../geometry.ts';

/** The largest recent lateness of one node. */
export class LatenessGauge {
  readonly #latest = new Float64Array(LATENESS_SAMPLES);
  readonly #host: HostPart<'now' | 'after'>;
  #next = 0;
  #timer: Timer | undefined;

  constructor(host: HostPart<'now' | 'after'>) {
    this.#host = host;
  }

  /** Starts the timer, which measures lateness whether packets leave or not. */
  start(): void {
    const host = this.#host;
    let dueNs = host.now() + LATENESS_PROBE_INTERVAL_NS;
    this.#timer = host.after(LATENESS_PROBE_INTERVAL_NS, () => {
      this.enter(host.now() - dueNs);
      dueNs = host.now() + LATENESS_PROBE_INTERVAL_NS;
      this.#timer?.rearm(LATENESS_PROBE_INTERVAL_NS);
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Records how late a packet left or the timer fired. */
  enter(lateNs: Nanoseconds): void {
    this.#latest[this.#next] = lateNs;
    this.#next = (this.#next + 1) % LATENESS_SAMPLES;
  }

  /** The largest lateness that is remembered. */
  get maxNs(): Nanoseconds {
    let max = 0;
    for (const lateNs of this.#latest) if (lateNs > max) max = lateNs;
    return max;
  }
}
