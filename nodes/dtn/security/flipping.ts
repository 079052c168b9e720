/**
 * A hostile node: passes bundles on as it should, but flips a bit in the payload of every tenth
 * bundle of other nodes, and corrects the CRC.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { BundleSecurity } from '../agent/security.ts';
import type { DtnDropReason } from '../drops.ts';
import { writeCrc } from '../wire/crc.ts';
import type { Eid } from '../wire/eid.ts';
import { BundleView } from '../wire/view.ts';

/** The last of every `FLIPPED_EVERY` bundles of other nodes is changed. */
const FLIPPED_EVERY = 10;
const BITS = 8;

/** What a {@link BitFlippingSecurity} is made from. */
export interface BitFlippingParts {
  readonly random: Random;
  readonly isOwn: (source: Eid) => boolean;
  readonly onFlip: () => void;
}

/** Replaces the security of an attacking node: does the same, and flips bits. */
export class BitFlippingSecurity implements BundleSecurity {
  readonly #honest: BundleSecurity;
  readonly #flipping: BitFlippingParts;
  readonly #view = new BundleView();
  #passed = 0;

  constructor(honest: BundleSecurity, flipping: BitFlippingParts) {
    this.#honest = honest;
    this.#flipping = flipping;
  }

  made(bundle: Uint8Array): Uint8Array | DtnDropReason {
    return this.#honest.made(bundle);
  }

  received(view: BundleView): Uint8Array | DtnDropReason {
    return this.#honest.received(view);
  }

  leaving(copy: Uint8Array, neighbour: string): Uint8Array | DtnDropReason {
    const secured = this.#honest.leaving(copy, neighbour);
    if (typeof secured === 'string' || !this.#isVictim(secured)) return secured;
    const changed = secured.slice();
    this.#flip(changed);
    this.#flipping.onFlip();
    return changed;
  }

  #isVictim(bundle: Uint8Array): boolean {
    const view = this.#view;
    view.open(bundle, 0, bundle.length);
    if (this.#flipping.isOwn(view.source) || view.payloadLength === 0) return false;
    this.#passed += 1;
    return this.#passed % FLIPPED_EVERY === 0;
  }

  #flip(bundle: Uint8Array): void {
    const { payloadStart, payloadLength, blocks, blockStart, blockEnd, blockCrcType } = this.#view;
    const bit = this.#flipping.random.below(BITS * payloadLength);
    const at = payloadStart + Math.floor(bit / BITS);
    bundle[at] = (bundle[at] as number) ^ (1 << (bit % BITS));
    const last = blocks - 1;
    const [start, end] = [blockStart[last] as number, blockEnd[last] as number];
    writeCrc(bundle, start, end, blockCrcType[last] as number);
  }
}
