/**
 * Messages of the published gRPC service of a gateway (package betanet.gateway), with the numbers of their fields.
 *
 * @module
 */
import { field, map, message, optional, repeated } from '../../nodes/_kit/protobuf.ts';
import {
  bool,
  bytes,
  float,
  string,
  uint32,
  uint53,
  uint64,
} from '../../nodes/_kit/protobuf-scalars.ts';

/** Largest number of paths in a response. */
export const PATHS_MAX = 100;

const HOP = message({
  asId: field(1, string),
  interfaceId: field(2, uint32),
  hopType: field(3, string),
  mtu: field(4, uint32),
});
const QUALITY = message({
  rttMs: field(1, float),
  jitterMs: field(2, float),
  lossRate: field(3, float),
  bandwidthMbps: field(4, float),
  stability: field(5, float),
});
const PATH = message({
  pathId: field(1, string),
  source: field(2, string),
  destination: field(3, string),
  /** Seconds since 1970. */
  expiresAt: field(4, uint53),
  hops: repeated(5, HOP, { most: 128 }),
  quality: optional(6, QUALITY),
});
const NAMES = { most: 64 };
const PREFERENCES = message({
  avoidAses: repeated(4, string, NAMES),
  preferAses: repeated(5, string, NAMES),
});

/** A packet to be sent; `destination` is the field `egress_ia`. */
export const SEND_REQUEST = message({
  packet: field(1, bytes),
  destination: field(2, string),
  preferences: optional(7, PREFERENCES),
  correlationId: field(8, string),
});
/** What became of a packet. */
export const SEND_RESPONSE = message({
  success: field(1, bool),
  error: field(2, string),
  processingUs: field(5, uint53),
});
/** Asks for the paths to an AS. */
export const PATHS_REQUEST = message({
  destination: field(1, string),
  limit: field(3, uint32),
});
/** Paths, the best first; times in ns since 1970. */
export const PATHS_RESPONSE = message({
  paths: repeated(1, PATH, { most: PATHS_MAX }),
  queryTime: field(2, uint64),
  nextRefresh: field(3, uint64),
  total: field(4, uint32),
});
/** Asks how the gateway is: 0 for the process, 1 for its peers, 2 with a probe. */
export const HEALTH_REQUEST = message({ level: field(1, uint32) });
/** How the gateway is. */
export const HEALTH_RESPONSE = message({
  /** 0 healthy, 1 degraded, 2 unhealthy, 3 offline. */
  status: field(1, uint32),
  components: map(2, string, string, { most: 1_000 }),
  timestamp: field(3, uint64),
  uptimeSeconds: field(4, uint53),
  isConnected: field(5, bool),
  activePaths: field(6, uint32),
});
/** A packet that came from a peer; its time in ns since 1970. */
export const RECEIVED_PACKET = message({
  packet: field(1, bytes),
  source: field(2, string),
  timestamp: field(5, uint64),
});
