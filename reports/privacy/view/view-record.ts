/**
 * Builds an {@link AdversaryView}: columns that grow, up to a bound.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import type { AdversaryView, WatchedLink } from './view.ts';

/** Largest number of recorded packets, of 14 bytes each. */
const SIGHTINGS_MAX = 12_000_000;
const AT_FIRST = 65_536;
const LINKS_MAX = 65_536;

/** An adversary: the links that it observes, and the nodes that it has corrupted. */
export interface AdversaryViewSpec {
  readonly adversary: string;
  readonly links: readonly WatchedLink[];
  readonly corrupt?: readonly string[];
  /** Largest number of packets; later ones are dropped. */
  readonly limit?: number;
}

/** A view that is being recorded. */
export class AdversaryViewRecorder {
  readonly #spec: AdversaryViewSpec;
  readonly #limit: number;
  #atNs = new Float64Array(AT_FIRST);
  #link = new Uint16Array(AT_FIRST);
  #size = new Uint32Array(AT_FIRST);
  #count = 0;
  #node = new Uint16Array(0);
  #inNs = new Float64Array(0);
  #outNs = new Float64Array(0);
  #passages = 0;
  #fullNs: number | undefined;

  constructor(spec: AdversaryViewSpec) {
    assert(spec.links.length <= LINKS_MAX, `an adversary watches at most ${LINKS_MAX} links`);
    this.#spec = spec;
    this.#limit = spec.limit ?? SIGHTINGS_MAX;
  }

  /** Records that a packet started on an observed link; instants must not decrease. */
  addSighting(link: number, atNs: number, size: number): void {
    if (this.#count >= this.#limit) {
      this.#fullNs ??= atNs;
      return;
    }
    if (this.#count === this.#link.length) this.#growSightings();
    const at = this.#count;
    this.#count += 1;
    this.#atNs[at] = atNs;
    this.#link[at] = link;
    this.#size[at] = size;
  }

  /** Records a passage that a corrupt node reveals: which input left it as which output. */
  addPassage(passage: {
    readonly node: number;
    readonly inNs: number;
    readonly outNs: number;
  }): void {
    if (this.#passages >= this.#limit) return;
    if (this.#passages === this.#node.length) this.#growPassages();
    const at = this.#passages;
    this.#passages += 1;
    this.#node[at] = passage.node;
    this.#inNs[at] = passage.inNs;
    this.#outNs[at] = passage.outNs;
  }

  /** The record so far; it shares its columns with this builder. */
  view(): AdversaryView {
    const { adversary, links, corrupt = [] } = this.#spec;
    return {
      adversary,
      links,
      sightings: { count: this.#count, atNs: this.#atNs, link: this.#link, size: this.#size },
      corrupt,
      passages: {
        count: this.#passages,
        node: this.#node,
        inNs: this.#inNs,
        outNs: this.#outNs,
      },
      ...(this.#fullNs === undefined ? {} : { fullNs: this.#fullNs }),
    };
  }

  #growSightings(): void {
    const length = this.#link.length * 2;
    this.#atNs = grown(this.#atNs, new Float64Array(length));
    this.#link = grown(this.#link, new Uint16Array(length));
    this.#size = grown(this.#size, new Uint32Array(length));
  }

  #growPassages(): void {
    const length = Math.max(AT_FIRST, this.#node.length * 2);
    this.#node = grown(this.#node, new Uint16Array(length));
    this.#inNs = grown(this.#inNs, new Float64Array(length));
    this.#outNs = grown(this.#outNs, new Float64Array(length));
  }
}

function grown<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
