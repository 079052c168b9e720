/**
 * Measures the lookups of a control service: when the first path to an AS was found, and how often later lookups
 * found none.
 *
 * @module
 */
import type { HostPart } from '../_kit/host-part.ts';
import type { IsdAs } from '../scion/index.ts';
import { ASES_KEPT_MAX } from './geometry.ts';

/** Which lookups are measured. */
export interface FoundAsesOptions {
  /** ASes of the option `watch`: the time until a first path is measured. */
  readonly watched: readonly IsdAs[];
  /**
   * Time after the start in which no lookup counts as lost, ns: the first packets over links that just come up make
   * errors, and paths over them are avoided until the next beacons.
   */
  readonly startNs: number;
}

/** The ASes to which paths were found. */
export class FoundAses {
  readonly #host: HostPart<'meter' | 'now'>;
  readonly #startNs: number;
  readonly #beganNs: number;
  readonly #watched: ReadonlySet<IsdAs>;
  readonly #found = new Set<IsdAs>();
  /** Watched ASes to which the last lookup found no path. */
  readonly #lost = new Set<IsdAs>();

  /** Made when the service starts. */
  constructor(host: HostPart<'meter' | 'now'>, { watched, startNs }: FoundAsesOptions) {
    this.#host = host;
    this.#startNs = startNs;
    this.#watched = new Set(watched);
    this.#beganNs = host.now();
  }

  /** Number of ASes to which a path was found. */
  get count(): number {
    return this.#found.size;
  }

  /** Number of watched ASes to which the last lookup found a path. */
  get watchedCount(): number {
    let count = 0;
    for (const one of this.#watched) if (this.#found.has(one) && !this.#lost.has(one)) count += 1;
    return count;
  }

  /** True if a path to the AS was found before. */
  has(target: IsdAs): boolean {
    return this.#found.has(target);
  }

  /**
   * Called when a lookup begins.
   * @returns the function to call at its end; lookups may overlap.
   */
  lookUp(target: IsdAs): (hasPath: boolean) => void {
    const wasFound = this.#found.has(target);
    return (hasPath): void => this.#lookedUp(target, hasPath, wasFound);
  }

  #lookedUp(target: IsdAs, hasPath: boolean, wasFound: boolean): void {
    const { meter } = this.#host;
    meter.counter('control.lookups').add(1);
    if (this.#watched.has(target)) {
      if (hasPath) this.#lost.delete(target);
      else this.#lost.add(target);
      meter.gauge('control.watched_lost').set(this.#lost.size);
    }
    if (this.#found.has(target)) {
      const isStarting = this.#host.now() - this.#beganNs < this.#startNs;
      if (!hasPath && wasFound && !isStarting) meter.counter('control.lookups_lost').add(1);
      return;
    }
    if (!hasPath || this.#found.size >= ASES_KEPT_MAX) return;
    this.#found.add(target);
    if (!this.#watched.has(target)) return;
    meter.histogram('control.discovery').record(this.#host.now() - this.#beganNs);
  }
}
