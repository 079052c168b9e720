/**
 * Tells the trace what a pool holds: at most once a second, and when it runs empty. Made only where
 * somebody keeps the states. Needs no timer, so that a run with a trace has the same events.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { POOL, writePool } from '../viz-states.ts';

const NS_PER_SECOND = 1_000_000_000;

/** See the module. */
export class PoolPicture {
  readonly #host: Pick<Host, 'now' | 'trace'>;
  #toldNs: Nanoseconds;
  #told = -1;
  #arrived = 0;
  #perSecond = 0;

  constructor(host: Pick<Host, 'now' | 'trace'>) {
    this.#host = host;
    this.#toldNs = host.now();
  }

  /** A packet came; `held` are inside now. */
  arrived(held: number): void {
    this.#arrived += 1;
    this.#look(held);
  }

  /** A packet is gone; `held` are left. */
  left(held: number): void {
    this.#look(held);
  }

  #look(held: number): void {
    const now = this.#host.now();
    const elapsedNs = now - this.#toldNs;
    if (elapsedNs >= NS_PER_SECOND || this.#told < 0) {
      this.#perSecond = elapsedNs === 0 ? 0 : (this.#arrived * NS_PER_SECOND) / elapsedNs;
      this.#arrived = 0;
      this.#toldNs = now;
    } else if (held > 0 || this.#told === 0) return;
    this.#told = held;
    this.#host.trace.state(POOL, writePool({ held, perSecond: this.#perSecond }));
  }
}
