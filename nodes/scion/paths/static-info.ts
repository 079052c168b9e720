/**
 * Static metadata of an AS entry: what the AS announces of its links and of its inside (reference
 * proto/control_plane/v1/seg_extensions.proto and doc/beacon-metadata.rst). The reference has no carbon; field 7 is
 * that of ETH's branch (github.com/netsec-ethz/scion, commit a803ad1), which others ignore as any unknown field.
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

/** Most interfaces of which an entry says something in one map. */
const INTERFACES_MAX = 1_024;
/** Most peering links of an AS that are read. */
export const PEERS_MAX = 256;
/** Longest note or address that is read, characters. */
const TEXT_LENGTH_MAX = 1_024;
const UINT16_MAX = 0xffff;
const LIMIT = { most: INTERFACES_MAX };

/** Values by the number of an interface. */
export type ByInterface<Value = number> = ReadonlyMap<number, Value>;

/** Values between two interfaces. */
export interface LinkValues {
  /** Between the egress interface of the entry and another of the AS. */
  readonly intra: ByInterface;
  /** Over the link of an interface. */
  readonly inter: ByInterface;
}

/** The location of a router: latitude, longitude and address. */
export interface GeoCoordinates {
  /** Degrees. */
  readonly latitude: number;
  readonly longitude: number;
  readonly address: string;
}

/** Latency, bandwidth, location and notes that an AS announces in a beacon entry. */
export interface StaticInfo {
  /** Microseconds. */
  readonly latencyUs: LinkValues;
  /** kbit/s. */
  readonly bandwidthKbps: LinkValues;
  /** Grams of CO2 per terabyte. */
  readonly carbon: LinkValues;
  readonly geo: ByInterface<GeoCoordinates>;
  /** See {@link LINK_TYPES}. */
  readonly linkTypes: ByInterface;
  /** Hops inside the AS, between the egress interface of the entry and another. */
  readonly internalHops: ByInterface;
  readonly note: string;
}

/** Kind of a link: direct, multihop or open network. */
export type LinkType = 'direct' | 'multihop' | 'opennet';
/** Types of links, by their numbers (seg_extensions.proto, LinkType); 0 is not set. */
export const LINK_TYPES: readonly (LinkType | undefined)[] = [
  undefined,
  'direct',
  'multihop',
  'opennet',
];
/** No values. */
export const NO_LINK_VALUES: LinkValues = { intra: new Map(), inter: new Map() };

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

/** The message of what an AS announces, with the digest of its unsigned extensions; undefined if that is nothing. */
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

/** What an AS announces; `malformed` if a number is out of its range, or a text is too long. */
export function readStaticInfo(
  read: MessageOf<typeof SEGMENT_EXTENSIONS> | undefined,
): StaticInfo | 'malformed' | undefined {
  if (read?.staticInfo === undefined) return undefined;
  const { latency, bandwidth, carbon, ...rest } = read.staticInfo;
  const info: StaticInfo = {
    ...rest,
    latencyUs: latency ?? NO_LINK_VALUES,
    bandwidthKbps: bandwidth ?? NO_LINK_VALUES,
    carbon: carbon ?? NO_LINK_VALUES,
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

function presentValues(values: LinkValues): LinkValues | undefined {
  return values.intra.size + values.inter.size === 0 ? undefined : values;
}
