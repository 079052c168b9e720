/**
 * Test-and-set of replay tags under one mix key: Bloom filters with a stated probability of false
 * positives (spec/mixnet.md 3.5).
 *
 * The filter lives as long as its key and forgets nothing before: a tag that left it could be
 * replayed. When it has taken what it was made for, a second one of the same size may be grown (the
 * probability stated is for both together); then it refuses. Not persistent: see tag-log.ts.
 *
 * @module
 */
import { Bloom } from './bloom.ts';
import { bloomSize } from './bloom-size.ts';
import { SipHash16 } from './sip-hash.ts';

/** What is expected under one key. */
export interface ReplayFilterOptions {
  /** Packets in the life of the key, >= 1. */
  readonly expectedTags: number;
  /** Probability that a new tag is taken for a replay, when the filter is full; 0..1. */
  readonly falsePositive: number;
  /** 2: a second filter for as many tags is grown when the first is full. 1 when absent. */
  readonly filters?: 1 | 2;
}

/** `full`: the tag is not known, and there is no room to remember it, so that it must be refused. */
export type FilterVerdict = 'new' | 'replay' | 'full';

/** Remembers the tags of one mix key. */
export class ReplayFilter {
  readonly #options: ReplayFilterOptions;
  readonly #filtersMax: number;
  readonly #hash: SipHash16;
  readonly #filters: Bloom[] = [];
  /** The one that new tags are added to. */
  #last: Bloom;
  /** Tags in it. */
  #inLast = 0;

  /** @param key 16 secret bytes, drawn anew for each filter. */
  constructor(options: ReplayFilterOptions, key: Uint8Array) {
    this.#options = options;
    this.#filtersMax = options.filters ?? 1;
    this.#hash = new SipHash16(key);
    this.#last = this.#grow();
  }

  // hot: see bench/mix.ts.
  /**
   * Asks for a tag and remembers it.
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

  /** Tags remembered. */
  get size(): number {
    return (this.#filters.length - 1) * this.#options.expectedTags + this.#inLast;
  }

  /** Memory, bytes. */
  get bytes(): number {
    return this.#filters.reduce((sum, filter) => sum + filter.bytes, 0);
  }

  /** Probability that a new tag is taken for a replay as full as the filter is now. */
  get falsePositiveNow(): number {
    return this.#filters.reduce((sum, filter) => sum + filter.falsePositive, 0);
  }

  #grow(): Bloom {
    const { expectedTags, falsePositive } = this.#options;
    // Spec/mixnet.md 3.5: the probabilities of several filters add up.
    const filter = new Bloom(bloomSize(expectedTags, falsePositive / this.#filtersMax));
    this.#filters.push(filter);
    this.#inLast = 0;
    return filter;
  }
}
