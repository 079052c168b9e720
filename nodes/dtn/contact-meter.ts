/**
 * Measures how much of the planned volume of contacts bundles use. A contact counts only if a bundle
 * has left in it: an unused contact is not a waste. Without a rate limit it has no volume to count.
 *
 * @module
 */
import type { Counter, Meter } from '../../engine/host/measure.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { ContactUse } from './agent/outlet.ts';

const BITS = 8;
const NS_PER_S = 1e9;

/** Measures how much of the planned contacts of one node its bundles use. */
export class ContactUseMeter {
  readonly #meter: Pick<Meter, 'counter'>;
  /** Present once a bundle has left in a planned contact. */
  #counters: { readonly bytes: Counter; readonly volume: Counter } | undefined;
  /** By outlet, the beginning of the last contact in which a bundle left. */
  readonly #last = new Map<string, Nanoseconds>();

  constructor(meter: Pick<Meter, 'counter'>) {
    this.#meter = meter;
  }

  /** Counts a bundle that leaves, and the volume of its contact once. */
  note(outlet: string, { contact, bytes }: ContactUse): void {
    if (contact.rateBps === Number.POSITIVE_INFINITY) return;
    this.#counters ??= {
      bytes: this.#meter.counter('dtn.contact.bytes'),
      volume: this.#meter.counter('dtn.contact.volume'),
    };
    this.#counters.bytes.add(bytes);
    if (this.#last.get(outlet) === contact.startNs) return;
    this.#last.set(outlet, contact.startNs);
    const seconds = (contact.endNs - contact.startNs) / NS_PER_S;
    this.#counters.volume.add(Math.floor((seconds * contact.rateBps) / BITS));
  }
}
