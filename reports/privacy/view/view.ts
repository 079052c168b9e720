/**
 * What a stated adversary sees of a run, and all that attack code gets: packets on the links it
 * watches (instant, size), and of corrupt nodes which input became which output.
 *
 * Spec: mixnet.md 4 (two records, apart by type), 4.5. Holds no identity of any message: nothing in
 * here was known to the sender or to an honest node alone.
 *
 * @module
 */

/** Packets on watched links in the order of time; columns are at least `count` long. */
export interface LinkSightings {
  readonly count: number;
  /** Instant at which the packet's first bit was on the wire, ns. */
  readonly atNs: Float64Array;
  /** Index in `links`. */
  readonly link: Uint16Array;
  /** Bytes on the wire. */
  readonly size: Uint32Array;
}

/** One direction of a link. */
export interface WatchedLink {
  readonly from: string;
  readonly to: string;
}

/** What corrupt nodes tell: this input left as that output. Columns are at least `count` long. */
export interface Passages {
  readonly count: number;
  /** Index in `corrupt`. */
  readonly node: Uint16Array;
  readonly inNs: Float64Array;
  readonly outNs: Float64Array;
}

/** An adversary's record. */
export interface View {
  /** Who sees this, for the line under a chart: `global passive, links only`. */
  readonly adversary: string;
  readonly links: readonly WatchedLink[];
  readonly sightings: LinkSightings;
  /** Names of corrupt nodes. */
  readonly corrupt: readonly string[];
  readonly passages: Passages;
  /** From when on nothing was recorded because the record was full; undefined when it never was. */
  readonly fullNs?: number;
}
