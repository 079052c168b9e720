/**
 * Which delay a packet gets at a mix that leaves it to sender or VRF (project spec mixnet 1.7, 3.4).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Unwrapped } from '../../sphinx/index.ts';
import type { MixnetOptions } from '../config.ts';

const NS_PER_MS = 1_000_000;
/** 1.7: a delay of 0 is raised to 1 ms. */
const DELAY_MS_MIN = 1;

/** What a packet that goes on asks for, in ns. */
export interface DelayLaw {
  delayNs(packet: Extract<Unwrapped, { readonly kind: 'forward' }>, askedMs: number): Nanoseconds;
}

/** The sender's delay, as it stands in the packet. */
export class SenderDelay implements DelayLaw {
  readonly #factor: number;

  constructor(double: MixnetOptions['double']) {
    this.#factor = double === 'eager' ? 0.5 : double === 'late' ? 1.5 : 1;
  }

  delayNs(_packet: unknown, askedMs: number): Nanoseconds {
    return Math.floor(this.#factor * Math.max(DELAY_MS_MIN, askedMs) * NS_PER_MS);
  }
}
