/**
 * Messages of the calls that are served, by the numbers of their fields (reference proto/daemon/v1/daemon.proto).
 *
 * @module
 */
import { field, map, message, optional, repeated } from '../../nodes/_kit/protobuf.ts';
import {
  bool,
  bytes,
  float,
  int32,
  int53,
  string,
  uint32,
  uint53,
  uint64,
} from '../../nodes/_kit/protobuf-scalars.ts';

/** Most paths of an answer. */
export const PATHS_MAX = 1_000;
/** Most values of a path: it has at most 64 hops. */
const VALUES = { most: 128 };

const UNDERLAY = message({ address: field(1, string) });
const INTERFACE = message({ address: optional(1, UNDERLAY) });
const PATH_INTERFACE = message({ isdAs: field(1, uint64), ifId: field(2, uint53) });
/** google.protobuf.Timestamp and google.protobuf.Duration. */
const TIME = message({ seconds: field(1, int53), nanos: field(2, int32) });
const GEO_COORDINATES = message({
  latitude: field(1, float),
  longitude: field(2, float),
  address: field(3, string),
});
const PATH = message({
  raw: field(1, bytes),
  interface: optional(2, INTERFACE),
  interfaces: repeated(3, PATH_INTERFACE, VALUES),
  mtu: field(4, uint32),
  expiration: optional(5, TIME),
  latency: repeated(6, TIME, VALUES),
  bandwidth: repeated(7, uint53, VALUES),
  geo: repeated(8, GEO_COORDINATES, VALUES),
  linkTypes: repeated(9, int32, VALUES),
  internalHops: repeated(10, uint32, VALUES),
  notes: repeated(11, string, VALUES),
});

/** Asks for the paths to an AS; a source of 0 is the AS of the daemon. */
export const PATHS_REQUEST = message({
  source: field(1, uint64),
  target: field(2, uint64),
  refresh: field(3, bool),
  hidden: field(4, bool),
});
/** Paths, the best first. */
export const PATHS_RESPONSE = message({ paths: repeated(1, PATH, { most: PATHS_MAX }) });
/** Asks about an AS; 0 is the AS of the daemon. */
export const AS_REQUEST = message({ isdAs: field(1, uint64) });
/** The number of an AS, whether it is core, and its MTU in bytes. */
export const AS_RESPONSE = message({
  isdAs: field(1, uint64),
  isCore: field(2, bool),
  mtu: field(3, uint32),
});
/** A message without fields, as the requests for interfaces and ports are. */
export const EMPTY_REQUEST = message({});
/** Underlay addresses by the numbers of interfaces. */
export const INTERFACES_RESPONSE = message({
  interfaces: map(1, uint53, INTERFACE, { most: 65_536 }),
});
/** Ports with direct delivery, inclusive. */
export const PORT_RANGE_RESPONSE = message({ first: field(1, uint32), last: field(2, uint32) });
