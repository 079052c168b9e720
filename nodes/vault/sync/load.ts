/**
 * Vault: the operations that a replica makes without an application, as its option `load` says.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { VaultLoadOptions } from '../config.ts';
import type { VaultRequest } from './effects.ts';

const NS_PER_S = 1_000_000_000;
const encoder = new TextEncoder();
/** Number of different elements of a set: few, so that removals find some. */
const ELEMENTS = 8;

/** Makes requests at random instants. */
export class VaultLoad {
  readonly #options: VaultLoadOptions;
  readonly #random: Random;
  #made = 0;
  #nextAt: Nanoseconds;

  constructor(options: VaultLoadOptions, random: Random, now: Nanoseconds) {
    this.#options = options;
    this.#random = random;
    this.#nextAt = Math.max(now, options.start) + this.#gap();
  }

  /** When the next request is due; Infinity after the last. */
  get nextAt(): Nanoseconds {
    return this.#nextAt > (this.#options.stop ?? Number.POSITIVE_INFINITY)
      ? Number.POSITIVE_INFINITY
      : this.#nextAt;
  }

  /** Makes the request that is due. */
  take(): VaultRequest {
    const { kinds, keys, size } = this.#options;
    const kind = kinds[this.#made % kinds.length] ?? 'put';
    const key = `${nounOf(kind)}-${this.#random.below(keys)}`;
    const round = this.#made;
    this.#made += 1;
    this.#nextAt += this.#gap();
    const element = `element-${this.#random.below(ELEMENTS)}`;
    const isField = kind === 'put-field' || kind === 'remove-field';
    const target = isField ? `${key}/${element}` : key;
    return { kind, target, body: bodyOf(kind, element, `value ${round}`, size) };
  }

  #gap(): Nanoseconds {
    return Math.ceil(this.#random.exponential(NS_PER_S / this.#options.rate));
  }
}

function nounOf(kind: VaultLoadOptions['kinds'][number]): string {
  if (kind === 'increment') return 'counter';
  if (kind === 'add' || kind === 'remove') return 'set';
  return kind === 'put' || kind === 'erase' ? 'register' : 'map';
}

function bodyOf(
  kind: VaultLoadOptions['kinds'][number],
  element: string,
  text: string,
  size: number,
): Uint8Array {
  if (kind === 'add' || kind === 'remove') return encoder.encode(element);
  if (kind === 'increment' || kind === 'erase' || kind === 'remove-field') return new Uint8Array(0);
  return encoder.encode(text.padEnd(size, '.').slice(0, size));
}
