/**
 * The two profiles of the radio mesh. `document`: with repairs, relaying with a probability, and
 * friends that keep messages for sleeping nodes. `bitchat`: with the sizes and rules, but not the byte
 * format, of that protocol (permissionlesstech/bitchat, white paper and Services/TransportConfig.swift,
 * 2026-08).
 *
 * @module
 */
import { MESH_HEAD_BYTES } from './mesh-wire.ts';

const NS_PER_MS = 1_000_000;
const HOUR_NS = 3_600_000_000_000;

/** The sizes and rules of a radio mesh. */
export interface MeshProfile {
  /** Longest frame including its head, and length of the head, bytes. */
  readonly frameBytes: number;
  readonly headBytes: number;
  /** Longest message, bytes. */
  readonly messageBytes: number;
  /** Hop limit of frames; nodes with at least `denseLinks` links lower it to `denseTtl`. */
  readonly ttl: number;
  readonly denseLinks: number;
  readonly denseTtl: number;
  /**
   * `relay`: probability that a node relays a frame. `jitterNs`: least and largest random wait before
   * it does, ns.
   */
  readonly relay: number;
  readonly jitterNs: readonly [number, number];
  /** Whether a frame that comes again while it waits to be relayed is not relayed. */
  readonly isSuppressed: boolean;
  /**
   * `blockFragments`: number of fragments of a block. `repair`: number of repairs of a block divided by
   * its fragments; 0 for none.
   */
  readonly blockFragments: number;
  readonly repair: number;
  /** How many frames a node remembers, to relay each only once, and for how long, ns. */
  readonly knownMax: number;
  readonly knownNs: number;
  /** Largest number of incomplete messages, and how long each is kept, ns. */
  readonly assembliesMax: number;
  readonly assemblyNs: number;
  /** Largest number of friends, and of messages kept for each; how long a message is kept, ns. */
  readonly friends: number;
  readonly friendMessages: number;
  readonly friendNs: number;
  /** Time without a frame from a neighbour after which the neighbour is no longer a friend, ns. */
  readonly friendshipNs: number;
}

/** All profiles by name. */
export const MESH_PROFILES = {
  document: {
    frameBytes: 100,
    headBytes: MESH_HEAD_BYTES,
    messageBytes: 1_048_576,
    ttl: 7,
    denseLinks: Number.POSITIVE_INFINITY,
    denseTtl: 7,
    relay: 0.7,
    jitterNs: [50 * NS_PER_MS, 200 * NS_PER_MS],
    isSuppressed: false,
    blockFragments: 16,
    repair: 0.3,
    knownMax: 65_536,
    knownNs: 300_000 * NS_PER_MS,
    assembliesMax: 128,
    assemblyNs: 60_000 * NS_PER_MS,
    friends: 10,
    friendMessages: 50,
    friendNs: HOUR_NS,
    friendshipNs: 24 * HOUR_NS,
  },
  bitchat: {
    frameBytes: 512,
    // Packet head 14, sender 8, recipient 8, fragment head 13.
    headBytes: 43,
    messageBytes: 1_048_576,
    ttl: 7,
    denseLinks: 6,
    denseTtl: 5,
    relay: 1,
    jitterNs: [8 * NS_PER_MS, 25 * NS_PER_MS],
    isSuppressed: true,
    blockFragments: 16,
    repair: 0,
    knownMax: 1_000,
    knownNs: 300_000 * NS_PER_MS,
    assembliesMax: 128,
    assemblyNs: 30_000 * NS_PER_MS,
    friends: 0,
    friendMessages: 0,
    friendNs: 0,
    friendshipNs: 0,
  },
} as const satisfies Readonly<Record<string, MeshProfile>>;
