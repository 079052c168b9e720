/**
 * Messages of the served calls, with the numbers of their fields (reference proto/daemon/v1/daemon.proto).
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

/** Largest number of paths in a response. */
export const PATHS_MAX = 1_000;
/** Largest number of values in each list of a path, which has at most 64 hops. */
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

/** The request for the paths from one AS to another; a source of 0 stands for the AS of the daemon. */
export const PATHS_REQUEST = message({
  source: field(1, uint64),
  target: field(2, uint64),
  refresh: field(3, bool),
  hidden: field(4, bool),
});
/** The response with the paths, the best first. */
export const PATHS_RESPONSE = message({ paths: repeated(1, PATH, { most: PATHS_MAX }) });
/** The request for facts about an AS; 0 stands for the AS of the daemon. */
export const AS_REQUEST = message({ isdAs: field(1, uint64) });
/** The response with the number of an AS, whether it is core, and its MTU in bytes. */
export const AS_RESPONSE = message({
  isdAs: field(1, uint64),
  isCore: field(2, bool),
  mtu: field(3, uint32),
});
/** A message without fields, as the requests for interfaces and ports are. */
export const EMPTY_REQUEST = message({});
/**
 * The response with the underlay address of each interface of the daemon's AS, by the interface's number.
 */
export const INTERFACES_RESPONSE = message({
  interfaces: map(1, uint53, INTERFACE, { most: 65_536 }),
});
/**
 * The response with the range of UDP ports, both ends included, to which routers deliver packets directly.
 */
export const PORT_RANGE_RESPONSE = message({ first: field(1, uint32), last: field(2, uint32) });
