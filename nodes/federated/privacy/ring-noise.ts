/**
 * Noise on the ring: whole draws added to elements modulo 2^32, and taken away again by whoever has
 * the same words (the rule `add-then-remove`).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { DiscreteGaussian } from './discrete-gaussian.ts';
import { DiscreteGaussianLaw } from './discrete-gaussian-law.ts';
import { rationalAtLeast } from './rational.ts';
import type { Mechanism } from './settings.ts';
import { skellam } from './skellam.ts';
import { uniformFrom, type WordSource } from './uniform-source.ts';

/** Bytes of a key stream that are made at a time. */
const PIECE = 16_384;
const BLOCKS_PER_PIECE = PIECE / 64;
const WORDS_PER_PIECE = PIECE / 4;
const NONCE_LENGTH = 12;
/** From here on the variance is the parameter to the last digit. */
const EXACT_FROM = 10;

/** Noise of one client, or of one level. */
export class RingNoise {
  /** What the account is of: the wanted variance, up to 0.1 % more for the discrete Gaussian. */
  readonly parameter: number;
  /** Variance of a draw in square ring units; a narrow discrete Gaussian has less than its parameter. */
  readonly variance: number;
  readonly #gaussian: DiscreteGaussian | undefined;

  /** @param variance In square ring units, above 0 and below 2^53. */
  constructor(mechanism: Exclude<Mechanism, 'gaussian'>, variance: number) {
    if (mechanism === 'skellam') {
      this.parameter = variance;
      this.variance = variance;
      return;
    }
    const parameter = rationalAtLeast(variance);
    this.#gaussian = new DiscreteGaussian(parameter);
    this.parameter = Number(parameter.over) / Number(parameter.under);
    const isExact = this.parameter >= EXACT_FROM;
    this.variance = isExact ? this.parameter : new DiscreteGaussianLaw(this.parameter).variance;
  }

  /**
   * Adds a draw to each element.
   * @param ring Changed in place.
   * @param words Secret; a stream of their own.
   */
  addTo(ring: Uint32Array, words: WordSource): void {
    const draw = this.#drawFrom(words);
    for (let at = 0; at < ring.length; at += 1) ring[at] = (ring[at] as number) + draw();
  }

  /** The inverse of {@link RingNoise.addTo}, for the same words. */
  removeFrom(ring: Uint32Array, words: WordSource): void {
    const draw = this.#drawFrom(words);
    for (let at = 0; at < ring.length; at += 1) ring[at] = (ring[at] as number) - draw();
  }

  #drawFrom(words: WordSource): () => number {
    const gaussian = this.#gaussian;
    if (gaussian === undefined) return (): number => skellam(words, this.parameter);
    const uniform = uniformFrom(words);
    return (): number => gaussian.draw(uniform);
  }
}

/**
 * Words of the ChaCha20 key stream of a key, from block 0 with a nonce of zeros.
 * @param key 32 bytes, used for nothing else.
 */
export function keyWords(key: Uint8Array, crypto: Pick<CryptoProvider, 'chacha20'>): WordSource {
  const zeros = new Uint8Array(PIECE);
  const nonce = new Uint8Array(NONCE_LENGTH);
  let piece: DataView = new DataView(new ArrayBuffer(0));
  let next = WORDS_PER_PIECE;
  let blocks = 0;
  return {
    u32: (): number => {
      if (next === WORDS_PER_PIECE) {
        const bytes = crypto.chacha20(key, nonce, blocks, zeros);
        piece = new DataView(bytes.buffer, bytes.byteOffset, PIECE);
        blocks += BLOCKS_PER_PIECE;
        next = 0;
      }
      next += 1;
      return piece.getUint32(4 * (next - 1), true);
    },
  };
}
