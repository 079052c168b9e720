/**
 * Collects the properties that the ASes of a path announce (reference
 * private/path/combinator/staticinfo_accumulator.go). If several entries announce different values,
 * the worse value counts. A value that no AS announces is unknown, and so is a total that includes
 * it.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import {
  formatInterface,
  type PathInterface,
  type PathMetadata,
  type ValuesAlongPath,
} from './path.ts';
import type { AsEntry } from './segment.ts';
import {
  type GeoCoordinates,
  LINK_TYPES,
  NO_PROPERTY_VALUES,
  type PropertyValues,
  type StaticInfo,
  TEXT_LENGTH_MAX,
} from './static-info.ts';

/**
 * The announced properties of a path as a whole; each is undefined if its value for some part of
 * the path is unknown.
 */
export interface PathTotals {
  readonly latencyUs: number | undefined;
  /** The least bandwidth of all links and ASes on the path. */
  readonly bandwidthKbps: number | undefined;
  readonly carbon: number | undefined;
  /** Number of hops inside those ASes that the path enters and leaves. */
  readonly internalHops: number | undefined;
}

/** An entry of a segment that a path uses, with announced properties. */
type AnnouncingEntry = AsEntry & { readonly staticInfo: StaticInfo };

/**
 * Collects the announced properties of a path; undefined if there are none.
 * @param entries The entries that the path uses, in any order.
 */
export function collectPathMetadata(
  interfaces: readonly PathInterface[],
  entries: readonly AsEntry[],
): PathMetadata | undefined {
  const announcing = entries.filter((one): one is AnnouncingEntry => one.staticInfo !== undefined);
  if (announcing.length === 0 || interfaces.length === 0) return undefined;
  const path = new AnnouncedPath(interfaces, announcing);
  return {
    latencyUs: path.values((info) => info.latencyUs, Math.max),
    // A bandwidth of 0 means that it is unknown (reference, addHopBandwidth).
    bandwidthKbps: path.values((info) => withoutZeros(info.bandwidthKbps), Math.min),
    carbon: path.values((info) => info.carbon, Math.max),
    internalHops: path
      .values(({ internalHops }) => ({ ...NO_PROPERTY_VALUES, intra: internalHops }), Math.min)
      .filter((_, slot) => slot % 2 === 1),
    linkTypes: path.linkTypes(),
    geo: path.geo(),
    notes: path.notes(),
  };
}

/** Computes the totals of a path: the least bandwidth, and the sums of all other values. */
export function computePathTotals(metadata: PathMetadata): PathTotals {
  const { latencyUs, bandwidthKbps, carbon, internalHops } = metadata;
  const known = knownValues(bandwidthKbps);
  return {
    latencyUs: sumOf(latencyUs),
    bandwidthKbps: known && leastOf(known),
    carbon: sumOf(carbon),
    internalHops: sumOf(internalHops),
  };
}

function sumOf(values: ValuesAlongPath): number | undefined {
  return knownValues(values)?.reduce((sum, value) => sum + value, 0);
}

function knownValues(values: ValuesAlongPath): readonly number[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

function withoutZeros({ intra, inter }: PropertyValues): PropertyValues {
  const positive = (values: PropertyValues['intra']): PropertyValues['intra'] =>
    new Map([...values].filter(([, value]) => value > 0));
  return { intra: positive(intra), inter: positive(inter) };
}

/**
 * The interfaces of a path, by their index in the order of travel. Slot i is between the interfaces
 * i and i + 1: a link if i is even, the inside of an AS if i is odd.
 */
class AnnouncedPath {
  readonly #interfaces: readonly PathInterface[];
  readonly #entries: readonly AnnouncingEntry[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(interfaces: readonly PathInterface[], entries: readonly AnnouncingEntry[]) {
    this.#interfaces = interfaces;
    this.#entries = entries;
    this.#places = new Map(interfaces.map((one, place) => [formatInterface(one), place]));
  }

  /**
   * Returns a value for each slot; of two values for one slot, `worse` returns the one that counts.
   */
  values(
    of: (info: StaticInfo) => PropertyValues,
    worse: (left: number, right: number) => number,
  ): ValuesAlongPath {
    const bySlot = new Map<number, number>();
    const put = (slot: number, value: number): void => {
      bySlot.set(slot, worse(bySlot.get(slot) ?? value, value));
    };
    for (const { isdAs, hop, staticInfo } of this.#entries) {
      const { intra, inter } = of(staticInfo);
      for (const [ifId, value] of intra) {
        const slot = this.#slotBetween({ isdAs, ifId: hop.consEgress }, { isdAs, ifId });
        if (slot !== undefined) put(slot, value);
      }
      for (const [ifId, value] of inter) {
        const place = this.#place({ isdAs, ifId });
        if (place !== undefined) put(place - (place % 2), value);
      }
    }
    return this.#interfaces.slice(1).map((_, slot) => bySlot.get(slot));
  }

  /** Returns the type of each link; unknown if its two ends announce different types. */
  linkTypes(): PathMetadata['linkTypes'] {
    const byLink = new Map<number, number>();
    for (const { isdAs, staticInfo } of this.#entries) {
      for (const [ifId, type] of staticInfo.linkTypes) {
        const place = this.#place({ isdAs, ifId });
        if (place === undefined) continue;
        const link = Math.floor(place / 2);
        byLink.set(link, (byLink.get(link) ?? type) === type ? type : 0);
      }
    }
    return this.#links.map((_, link) => LINK_TYPES[byLink.get(link) ?? 0]);
  }

  geo(): PathMetadata['geo'] {
    const byPlace = new Map<number, GeoCoordinates>();
    for (const { isdAs, staticInfo } of this.#entries) {
      for (const [ifId, geo] of staticInfo.geo) {
        const place = this.#place({ isdAs, ifId });
        if (place !== undefined) byPlace.set(place, geo);
      }
    }
    return this.#interfaces.map((_, place) => byPlace.get(place));
  }

  /** The notes of each AS, one below the other, cut at {@link TEXT_LENGTH_MAX}. */
  notes(): readonly string[] {
    const first = this.#interfaces.slice(0, 1);
    const entered = this.#interfaces.filter((_, place) => place % 2 === 1);
    return [...first, ...entered].map(({ isdAs }) => {
      const own = this.#entries.filter((one) => one.isdAs === isdAs);
      const notes = new Set(own.map(({ staticInfo }) => staticInfo.note));
      const text = [...notes].filter((note) => note !== '').join('\n');
      return text.slice(0, TEXT_LENGTH_MAX);
    });
  }

  /**
   * Returns the slot inside an AS between two of its interfaces; undefined unless they are
   * consecutive on the path.
   */
  #slotBetween(one: PathInterface, other: PathInterface): number | undefined {
    const [near, far] = [this.#place(one), this.#place(other)];
    if (near === undefined || far === undefined || Math.abs(near - far) !== 1) return undefined;
    const slot = Math.min(near, far);
    return slot % 2 === 1 ? slot : undefined;
  }

  get #links(): readonly PathInterface[] {
    return this.#interfaces.filter((_, place) => place % 2 === 0);
  }

  #place(at: PathInterface): number | undefined {
    return this.#places.get(formatInterface(at));
  }
}
