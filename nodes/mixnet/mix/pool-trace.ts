/**
 * Traces the mean number of packets in a pool. A trace entry is written when a packet arrives or
 * leaves at least a second after the previous entry. The tracer is created only when the run
 * records states. It needs no timer, so that a run has the same events with and without a trace.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { POOL_TRACE } from '../trace-states.ts';

const NS_PER_SECOND = 1_000_000_000;

/** Traces the mean size of one pool. */
export class PoolSizeTracer {
  readonly #host: HostPart<'now' | 'trace'>;
  #toldNs: Nanoseconds;
  #changedNs: Nanoseconds;
  #held = 0;
  /**
   * Integral of the number of packets over time since the last trace entry, in packets times ns.
   */
  #area = 0;
  #arrived = 0;

  constructor(host: HostPart<'now' | 'trace'>) {
    this.#host = host;
    this.#toldNs = host.now();
    this.#changedNs = this.#toldNs;
  }

  /** Records that a packet arrived; `held` packets are now in the pool. */
  arrived(held: number): void {
    this.#change(held);
    this.#arrived += 1;
  }

  /** Records that a packet left; `held` packets remain. */
  left(held: number): void {
    this.#change(held);
  }

  #change(held: number): void {
    const now = this.#host.now();
    this.#area += this.#held * (now - this.#changedNs);
    this.#changedNs = now;
    this.#held = held;
    const elapsedNs = now - this.#toldNs;
    if (elapsedNs < NS_PER_SECOND) return;
    const mean = this.#area / elapsedNs;
    const perSecond = (this.#arrived * NS_PER_SECOND) / elapsedNs;
    this.#host.trace.state(POOL_TRACE.machine, POOL_TRACE.state.write({ mean, perSecond }));
    this.#toldNs = now;
    this.#area = 0;
    this.#arrived = 0;
  }
}
