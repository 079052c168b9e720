/**
 * Checks whether a replay tag is new under one mix key, and remembers it: Bloom filters with a
 * configured probability of false positives (docs/spec/mixnet.md, "Replay protection").
 *
 * The filter exists as long as its key and forgets no tag, since a packet with a forgotten tag
 * could be replayed. When it contains as many tags as expected, a second filter of the same size
 * may be added (the configured probability covers both together); when the second filter is full
 * too, new tags are refused. The filter is in memory only; tag-log.ts keeps the tags on disk.
 *
 * @module
 */
import { BloomFilter } from './bloom.ts';
import { bloomSize } from './bloom-size.ts';
import { SipHash16 } from './sip-hash.ts';

/** The expected number of tags under one key, and the accepted share of false positives. */
export interface ReplayFilterOptions {
  /** Expected number of packets under the key, at least 1. */
  readonly expectedTags: number;
  /** Probability that a new tag is taken for a replay once the filter is full; 0..1. */
  readonly falsePositive: number;
  /**
   * Largest number of Bloom filters, 1 if absent. With 2, a second filter of the same size is added
   * when the first one is full.
   */
  readonly filters?: 1 | 2;
}

/**
 * The verdict on a tag. `full`: the tag is new, but there is no room to remember it, so its packet
 * must be dropped.
 */
export type FilterVerdict = 'new' | 'replay' | 'full';

/** Remembers the tags of one mix key. */
export class ReplayFilter {
  readonly #options: ReplayFilterOptions;
  readonly #filtersMax: number;
  readonly #hash: SipHash16;
  readonly #filters: BloomFilter[] = [];
  /** The filter to which new tags are added. */
  #last: BloomFilter;
  /** Number of tags in `#last`. */
  #inLast = 0;

  /** @param key 16 secret random bytes; each filter needs its own key. */
  constructor(options: ReplayFilterOptions, key: Uint8Array) {
    this.#options = options;
    this.#filtersMax = options.filters ?? 1;
    this.#hash = new SipHash16(key);
    this.#last = this.#grow();
  }

  // hot: see bench/mix.ts.
  /**
   * Looks up a tag, and remembers it if it is new.
   * @param tag At least 16 bytes, of which the first 16 count.
   */
  enter(tag: Uint8Array): FilterVerdict {
    this.#hash.hash(tag);
    for (const filter of this.#filters) {
      filter.place(this.#hash);
      if (filter.has()) return 'replay';
    }
    if (this.#inLast >= this.#options.expectedTags) {
      if (this.#filters.length === this.#filtersMax) return 'full';
      this.#last = this.#grow();
      this.#last.place(this.#hash);
    }
    this.#last.add();
    this.#inLast += 1;
    return 'new';
  }

  /** Number of tags remembered. */
  get size(): number {
    return (this.#filters.length - 1) * this.#options.expectedTags + this.#inLast;
  }

  /** Memory of the filter, bytes. */
  get bytes(): number {
    return this.#filters.reduce((sum, filter) => sum + filter.bytes, 0);
  }

  /** Probability that a new tag is taken for a replay at the present fill level. */
  get falsePositiveNow(): number {
    return this.#filters.reduce((sum, filter) => sum + filter.falsePositive, 0);
  }

  #grow(): BloomFilter {
    const { expectedTags, falsePositive } = this.#options;
    // The false-positive probabilities of all filters add up, so each filter gets an equal share of the
    // probability that the options allow.
    const filter = new BloomFilter(bloomSize(expectedTags, falsePositive / this.#filtersMax));
    this.#filters.push(filter);
    this.#inLast = 0;
    return filter;
  }
}
