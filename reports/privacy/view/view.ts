/**
 * The view of an adversary, which is all that attack code gets: instant and size of the packets on the
 * links that it observes, and for corrupt nodes which input became which output
 * (docs/spec/privacy-metrics.md, Two records). It contains no identities of messages, and nothing that
 * only the sender or an honest node knows.
 *
 * @module
 */

/** Packets on observed links in time order; columns have at least `count` entries. */
export interface LinkSightings {
  readonly count: number;
  /** Instant at which the packet's first bit was on the wire, ns. */
  readonly atNs: Float64Array;
  /** Index of the link in `links`. */
  readonly link: Uint16Array;
  /** Bytes on the wire. */
  readonly size: Uint32Array;
}

/** One direction of an observed link. */
export interface WatchedLink {
  readonly from: string;
  readonly to: string;
}

/**
 * The passages that corrupt nodes reveal: which input left as which output. Each array has at least
 * `count` entries.
 */
export interface CorruptNodePassages {
  readonly count: number;
  /** Index of the node in `corrupt`. */
  readonly node: Uint16Array;
  readonly inNs: Float64Array;
  readonly outNs: Float64Array;
}

/** Everything that an adversary observed. */
export interface AdversaryView {
  /** Description of the adversary, for the line under a chart: `global passive, links only`. */
  readonly adversary: string;
  readonly links: readonly WatchedLink[];
  readonly sightings: LinkSightings;
  /** Names of corrupt nodes. */
  readonly corrupt: readonly string[];
  readonly passages: CorruptNodePassages;
  /**
   * When the record was full, ns, so that later packets are missing; undefined if it was never
   * full.
   */
  readonly fullNs?: number;
}
