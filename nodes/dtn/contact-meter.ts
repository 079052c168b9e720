/**
 * Measures which part of the planned volume of contacts is used by bundles. Only contacts in which
 * a bundle has left count: an unused contact is not counted as waste. A contact without a rate
 * limit has no volume and is not counted.
 *
 * @module
 */
import type { Counter, Meter } from '../../engine/host/measure.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { ContactUse } from './agent/outlet.ts';

const BITS = 8;
const NS_PER_S = 1e9;

/** Measures which part of the planned volume of one node's contacts is used by its bundles. */
export class ContactUseMeter {
  readonly #meter: Pick<Meter, 'counter'>;
  /** Made when the first bundle leaves in a planned contact. */
  #counters: { readonly bytes: Counter; readonly volume: Counter } | undefined;
  /** By id of the outlet, the start of the last contact in which a bundle left. */
  readonly #last = new Map<string, Nanoseconds>();

  constructor(meter: Pick<Meter, 'counter'>) {
    this.#meter = meter;
  }

  /**
   * Counts the bytes of a bundle that leaves and, for the first bundle of a contact, the volume of
   * that contact.
   */
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
