/**
 * Static metadata of an AS entry: the properties that the AS announces of its links and of its
 * internal network (reference proto/control_plane/v1/seg_extensions.proto and
 * doc/beacon-metadata.rst). The reference has no field for carbon emissions; field 7 is that of
 * ETH's branch (github.com/netsec-ethz/scion, commit a803ad1), which others ignore like any unknown
 * field.
 *
 * @module
 */
import {
  encodeProtobuf,
  field,
  type MessageOf,
  map,
  message,
  optional,
} from '../../_kit/protobuf.ts';
import { bytes, float, int32, string, uint32, uint53 } from '../../_kit/protobuf-scalars.ts';

/** Largest number of interfaces in one map of an entry. */
const INTERFACES_MAX = 1_024;
/** Largest number of peering links in an entry that is read. */
export const PEERS_MAX = 256;
/**
 * Longest note and longest address of a location in a received entry, and longest text of all notes of one AS on
 * a path, characters.
 */
export const TEXT_LENGTH_MAX = 1_024;
const UINT16_MAX = 0xffff;
const LIMIT = { most: INTERFACES_MAX };

/** Values by the number of an interface. */
export type ByInterface<Value = number> = ReadonlyMap<number, Value>;

/** Values of one property: between interfaces of an AS, and of its links. */
export interface PropertyValues {
  /**
   * Values between the egress interface of the entry and another interface of the AS, by that other
   * interface.
   */
  readonly intra: ByInterface;
  /** Values of links to other ASes, such as their latencies, by the interface at which the link begins. */
  readonly inter: ByInterface;
}

/** The location of a router: latitude, longitude and address. */
export interface GeoCoordinates {
  /** Latitude and longitude in degrees. */
  readonly latitude: number;
  readonly longitude: number;
  readonly address: string;
}

/** The properties that an AS announces in its entry of a beacon. */
export interface StaticInfo {
  /** Latencies, microseconds. */
  readonly latencyUs: PropertyValues;
  /** Bandwidths, kbit/s. */
  readonly bandwidthKbps: PropertyValues;
  /** Emissions, grams of CO2 per terabyte. */
  readonly carbon: PropertyValues;
  readonly geo: ByInterface<GeoCoordinates>;
  /** Number of the type of an interface's link, see {@link LINK_TYPES}. */
  readonly linkTypes: ByInterface;
  /**
   * Number of hops inside the AS between the egress interface of the entry and another interface,
   * by that other interface.
   */
  readonly internalHops: ByInterface;
  readonly note: string;
}

/** Kind of a link: direct, multihop or open network. */
export type LinkType = 'direct' | 'multihop' | 'opennet';
/**
 * Types of links, by their numbers (seg_extensions.proto, LinkType); undefined for 0, which means
 * that the type is not set.
 */
export const LINK_TYPES: readonly (LinkType | undefined)[] = [
  undefined,
  'direct',
  'multihop',
  'opennet',
];
/** A property without any values. */
export const NO_PROPERTY_VALUES: PropertyValues = { intra: new Map(), inter: new Map() };

const LATENCIES = message({
  intra: map(1, uint53, uint32, LIMIT),
  inter: map(2, uint53, uint32, LIMIT),
});
const LARGE_VALUES = message({
  intra: map(1, uint53, uint53, LIMIT),
  inter: map(2, uint53, uint53, LIMIT),
});
const GEO = message({
  latitude: field(1, float),
  longitude: field(2, float),
  address: field(3, string),
});
const STATIC_INFO = message({
  latency: optional(1, LATENCIES),
  bandwidth: optional(2, LARGE_VALUES),
  geo: map(3, uint53, GEO, LIMIT),
  linkTypes: map(4, uint53, int32, LIMIT),
  internalHops: map(5, uint53, uint32, LIMIT),
  note: field(6, string),
  carbon: optional(7, LARGE_VALUES),
});
/** The message PathSegmentExtensions, as far as it is read. */
export const SEGMENT_EXTENSIONS = message({
  staticInfo: optional(1, STATIC_INFO),
  digests: optional(
    1_000,
    message({ epic: optional(1_000, message({ digest: field(1, bytes) })) }),
  ),
});

/**
 * Makes the message of the signed extensions: static metadata, and the digest of the unsigned ones; undefined if both
 * are absent.
 */
export function makeExtensionsMessage(
  info: StaticInfo | undefined,
  epicDigest: Uint8Array | undefined,
): MessageOf<typeof SEGMENT_EXTENSIONS> | undefined {
  const staticInfo = makeStaticInfoMessage(info);
  const digests = epicDigest && { epic: { digest: epicDigest } };
  return staticInfo === undefined && digests === undefined ? undefined : { staticInfo, digests };
}

function makeStaticInfoMessage(
  info: StaticInfo | undefined,
): MessageOf<typeof STATIC_INFO> | undefined {
  if (info === undefined) return undefined;
  const { latencyUs, bandwidthKbps, carbon, ...rest } = info;
  const staticInfo = {
    ...rest,
    latency: presentValues(latencyUs),
    bandwidth: presentValues(bandwidthKbps),
    carbon: presentValues(carbon),
  };
  return encodeProtobuf(STATIC_INFO, staticInfo).length === 0 ? undefined : staticInfo;
}

/**
 * Reads the properties that an AS announces; undefined if there are none, `malformed` if a number
 * is out of its range or a text is too long.
 */
export function readStaticInfo(
  read: MessageOf<typeof SEGMENT_EXTENSIONS> | undefined,
): StaticInfo | 'malformed' | undefined {
  if (read?.staticInfo === undefined) return undefined;
  const { latency, bandwidth, carbon, ...rest } = read.staticInfo;
  const info: StaticInfo = {
    ...rest,
    latencyUs: latency ?? NO_PROPERTY_VALUES,
    bandwidthKbps: bandwidth ?? NO_PROPERTY_VALUES,
    carbon: carbon ?? NO_PROPERTY_VALUES,
  };
  return isWithinBounds(info) ? info : 'malformed';
}

function isWithinBounds(info: StaticInfo): boolean {
  const values = [info.latencyUs, info.bandwidthKbps, info.carbon];
  const maps: readonly ByInterface<unknown>[] = [
    ...values.flatMap(({ intra, inter }) => [intra, inter]),
    ...[info.geo, info.linkTypes, info.internalHops],
  ];
  const isOfInterfaces = maps.every((one) => [...one.keys()].every((ifId) => ifId <= UINT16_MAX));
  const isOnEarth = [...info.geo.values()].every(
    ({ latitude, longitude, address }) =>
      Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && address.length <= TEXT_LENGTH_MAX,
  );
  return isOfInterfaces && isOnEarth && info.note.length <= TEXT_LENGTH_MAX;
}

function presentValues(values: PropertyValues): PropertyValues | undefined {
  return values.intra.size + values.inter.size === 0 ? undefined : values;
}
