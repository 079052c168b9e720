/**
 * Lengths and limits of the routing of IP packets, each with its unit and reason. Numbers only.
 *
 * @module
 */

const NS_PER_SECOND = 1_000_000_000;

/** Bits of an address, by the version of IP. */
export const ADDRESS_BITS = { ipv4: 32, ipv6: 128 } as const;

/** Largest number of prefixes that a gateway announces, and that one peer can have in the routing table. */
export const PREFIXES_PER_PEER_MAX = 64;
/** Time between two announcements, ns: if one is lost, packets may be refused for this long. */
export const ANNOUNCE_NS = NS_PER_SECOND;
/** How long a prefix stays in use without a new announcement, s (scionproto/scion, `gateway/gateway.go`). */
export const PREFIX_LIFE_SECONDS = 30;
/**
 * Largest rate and burst of frames with announcements that are read from one peer. A peer announces
 * once per second, and on the narrowest path this takes 22 frames.
 */
export const ANNOUNCEMENT_FRAME_RATE_MAX = { perSecond: 24, burst: 48 } as const;

/** Limits of a routing policy; the reference gateway has no such limits. */
export const ROUTING_POLICY_LIMITS = {
  /** Longest text, characters. */
  text: 65_536,
  /** Largest number of rules. */
  rules: 256,
  /**
   * Largest number of prefixes of all rules together: each announced prefix is compared with all of
   * them.
   */
  prefixes: 1_024,
  /** Largest number of comparisons of two prefixes for one announcement: some milliseconds. */
  comparisons: 65_536,
} as const;

/**
 * Largest number of traffic classes, of policies in a class, and of entries in a list of a class.
 */
export const TRAFFIC_CLASS_LIMITS = { classes: 32, policies: 8, entries: 64 } as const;
