/**
 * Interfaces that routers say are down, by SCMP: paths over them are not used for a while (reference
 * private/revcache; SCMP 5 and 6). They are hints: nobody signs them, so each is believed for 10 s only.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { formatInterface, type PathInterface } from '../../scion/index.ts';
import { REVOCATION_NS, REVOCATIONS_MAX } from '../geometry.ts';

/** The interfaces that were said to be down. */
export class Revocations {
  readonly #now: () => Nanoseconds;
  /** When each is believed to be up again, the oldest first. */
  readonly #untilNs = new Map<string, Nanoseconds>();

  constructor(now: () => Nanoseconds) {
    this.#now = now;
  }

  /** Number of interfaces that are believed to be down. */
  get count(): number {
    const now = this.#now();
    return [...this.#untilNs.values()].filter((untilNs) => untilNs > now).length;
  }

  /** An interface is said to be down. */
  note(item: PathInterface): void {
    const name = formatInterface(item);
    this.#untilNs.delete(name);
    this.#untilNs.set(name, this.#now() + REVOCATION_NS);
    const [oldest] = this.#untilNs.keys();
    if (this.#untilNs.size > REVOCATIONS_MAX && oldest !== undefined) this.#untilNs.delete(oldest);
  }

  /** True if one of the interfaces is believed to be down. */
  has(interfaces: readonly PathInterface[]): boolean {
    if (this.#untilNs.size === 0) return false;
    const now = this.#now();
    return interfaces.some((item) => (this.#untilNs.get(formatInterface(item)) ?? 0) > now);
  }
}
