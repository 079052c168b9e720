/**
 * Lengths, limits and defaults of the gateway's frames, sessions and replay windows, each with its
 * unit and reason (docs/spec/gateway-frame.md). Numbers only.
 *
 * One frame is one deterministic CBOR array of eight items (RFC 8949 section 4.2.1) without field
 * names:
 *
 * ```text
 *   88                    array of 8                          \
 *   01                    version                              |
 *   type                  FRAME_TYPE, one byte                 |
 *   epoch                 unsigned, 1..5 bytes, below 2^32     |  associated data of the AEAD:
 *   sequence              unsigned, 1..9 bytes, below 2^53     |  every byte before the ciphertext,
 *   timestamp             unsigned, 1..9 bytes, microseconds   |  9..35 of them
 *                         since 1970, sender's clock           |
 *   fragment              unsigned, 1..3 bytes, from 0         |
 *   fragments             unsigned, 1..3 bytes, 1..1024        |
 *   length                head of the byte string, 1..3 bytes  /
 *   ciphertext            body and 16-byte tag
 * ```
 *
 * The array head, the seven integers and the head of the byte string are the associated data,
 * exactly as encoded; no copy is made. The nonce is epoch (4 bytes) and sequence (8 bytes),
 * big-endian. The integers may use 64 bits on the wire; a value of 2^53 or more is refused as
 * `malformed-range`, because hot state keeps sequences as safe integers (at 10^6 frames a second
 * 2^53 lasts 285 years, and an epoch ends long before that).
 *
 * @module
 */

const NS_PER_SECOND = 1_000_000_000;
const US_PER_SECOND = 1_000_000;

/** Version of the frame format, its first element. */
export const FRAME_VERSION = 1;
/** Number of items in the array. */
export const FRAME_CBOR_ITEMS = 8;

/** Second element of a frame: the kind of body. All but `handshake` are sealed by session keys. */
export const FRAME_TYPE = {
  /** A packet of the application, or a fragment of one. */
  data: 0,
  /** A probe, to be answered on the path on which it arrived. */
  probe: 1,
  /** The answer to a probe. */
  probeReply: 2,
  /** A report about what the receiver saw on each path. */
  report: 3,
  /** Messages between gateways; an empty body confirms a new epoch. */
  control: 4,
  /** A Noise message that agrees on a new epoch's keys; not sealed by session keys. */
  handshake: 5,
} as const;

/** A value of {@link FRAME_TYPE}. */
export type FrameType = (typeof FRAME_TYPE)[keyof typeof FRAME_TYPE];

/** Highest known frame type. */
export const FRAME_TYPE_MAX = FRAME_TYPE.handshake;

/** Tag of ChaCha20-Poly1305, bytes (RFC 8439 section 2.8). */
export const TAG_BYTES = 16;
/** Nonce of ChaCha20-Poly1305, bytes: epoch (4) and sequence (8). */
export const NONCE_BYTES = 12;
/** Length of X25519 keys, bytes. */
export const STATIC_KEY_BYTES = 32;

/** Longest header: 1 + 1 + 1 + 5 + 9 + 9 + 3 + 3 + 3 bytes. */
export const HEADER_BYTES_MAX = 35;
/** Largest number of bytes that a frame adds to its body; R-028 allows 64 bytes and the tag. */
export const FRAME_OVERHEAD_BYTES_MAX = HEADER_BYTES_MAX + TAG_BYTES;
/** Longest body with its tag, bytes: the byte-string head then has three bytes. */
export const BODY_BYTES_MAX = 65_535;

/** Largest epoch: it fills four bytes of the nonce. */
export const EPOCH_MAX = 0xffff_ffff;
/** Sequences stay below 2^53, so that they are safe integers. */
export const SEQUENCE_END = Number.MAX_SAFE_INTEGER + 1;

/** Largest packet, bytes: 64 KiB. */
export const PACKET_BYTES_MAX = 65_536;
/** Largest number of fragments of a packet: 64 KiB in fragments of 64 bytes. */
export const FRAGMENTS_MAX = 1024;
/** Smallest room for a body in a frame, bytes; a path with less room cannot be used. */
export const FRAGMENT_BYTES_MIN = 64;

/** Largest number of packets in reassembly per peer, interleaved over `max_paths` paths. */
export const REASSEMBLY_PACKETS_MAX = 64;
/** Largest number of bytes in reassembly per peer: 32 of the largest packets. */
export const REASSEMBLY_BYTES_MAX = 32 * PACKET_BYTES_MAX;
/** Time limit for missing fragments, ns: well above any difference between path delays. */
export const REASSEMBLY_TIMEOUT_NS = NS_PER_SECOND;

/**
 * Size of the default replay window, bits: that of WireGuard (`COUNTER_BITS_TOTAL`). The published
 * `anti_replay.window_size` of 1,024 covers 100 ms at 10,000 frames a second; a machine may stall for longer.
 */
export const WINDOW_BITS_DEFAULT = 8192;

/** `anti_replay.max_sequence_age`, microseconds: 1 h. */
export const FRAME_AGE_US_MAX_DEFAULT = 3_600 * US_PER_SECOND;
/** Tolerated difference between two gateways' clocks, microseconds: 5 min either way (R-031). */
export const CLOCK_TOLERANCE_US_DEFAULT = 300 * US_PER_SECOND;
/** `anti_replay.cleanup_ttl`, ns: 24 h. */
export const SILENT_PEER_TTL_NS_DEFAULT = 86_400 * NS_PER_SECOND;
/** `max_connections`: largest number of peers that have replay windows. */
export const PEERS_MAX_DEFAULT = 1000;
/**
 * Number of epochs per peer that can have a window: current, previous during the overlap, next before confirmation.
 */
export const EPOCHS_PER_PEER_MAX = 3;

/** Number of epochs reserved by one write: a crash skips at most this many. */
export const EPOCHS_RESERVED_PER_WRITE = 16;
/** How far a peer may advance our epoch counter in one step: 2^20 hourly rekeys are 120 years. */
export const EPOCH_JUMP_MAX = 0x10_0000;
/** Number of frames held until the receiver's bound is durable: 25 ms of fsync at 40,000 frames a second. */
export const HELD_FRAMES_MAX = 1024;

/** `aead.max_bytes_per_key`: 1 GiB sealed or opened starts a rekey. */
export const REKEY_BYTES_DEFAULT = 0x4000_0000;
/** `aead.max_time_per_key`, ns: 1 h starts a rekey. */
export const REKEY_AGE_NS_DEFAULT = 3_600 * NS_PER_SECOND;
/**
 * A key expires at this multiple of its rekey limits if no rekey succeeded; sealing then stops as
 * `key-exhausted`.
 */
export const KEY_LIFETIME_FACTOR = 2;
/**
 * The responder of the last handshake waits this long past the rekey limits, ns, so that only one
 * side begins a handshake.
 */
export const REKEY_RESPONDER_GRACE_NS = 5 * NS_PER_SECOND;
/** The responder may exceed the byte limit by that limit divided by this: one sixteenth. */
export const REKEY_GRACE_BYTES_DIVISOR = 16;
/**
 * The old epoch is accepted this long after the new one's first frame, ns: longer than any path
 * delay.
 */
export const EPOCH_OVERLAP_NS_DEFAULT = 3 * NS_PER_SECOND;
/** Time after which the initiator opens anew if the peer never used the epoch that it agreed to, ns. */
export const UNCONFIRMED_EPOCH_NS_MAX = 10 * NS_PER_SECOND;
/**
 * Time after which the responder drops an epoch that was never confirmed, ns: longer than an opening is repeated,
 * 15.75 s, so that each of its copies is answered.
 */
export const OFFERED_EPOCH_NS_MAX = 20 * NS_PER_SECOND;

/**
 * First and longest wait for an answer to a handshake message, ns; it doubles with each repetition.
 * Not random: between openings that cross, key order decides, so both sides may repeat in step.
 */
export const HANDSHAKE_RETRY_BACKOFF = {
  firstNs: NS_PER_SECOND / 4,
  mostNs: 4 * NS_PER_SECOND,
} as const;
/** Wait before an opening that found no path is tried again, ns: half of the time between two requests for paths. */
export const HANDSHAKE_NO_PATH_NS: number = NS_PER_SECOND / 2;
/** Largest number of copies of an opening, each on its own path, since routers may be down unnoticed. */
export const OPENING_COPIES_MAX = 3;
/** Number of transmissions of one message before a new attempt with new ephemeral keys begins. */
export const HANDSHAKE_SENDINGS_MAX = 8;

/**
 * Offset in a frame of the 8 bytes that identify a quoted packet: they are in the ciphertext or tag. If the header has
 * the maximum of 35 bytes, the first of the 8 is still its last byte, which leaves an attacker 56 bits to guess. With
 * an offset one byte higher, the first probes of a session, frames of 42 bytes, could not be identified.
 */
export const SCMP_QUOTE_ID_OFFSET = HEADER_BYTES_MAX - 1;
/**
 * Number of the bytes that identify a quoted packet: an attacker who has not seen the packet has to guess 64 bits of
 * ciphertext or tag.
 */
export const SCMP_QUOTE_ID_BYTES = 8;
/**
 * Least time between two data frames that are marked, ns: enough, since a router whose link is down reports each
 * packet.
 */
export const SCMP_QUOTE_ID_SPACING_NS = NS_PER_SECOND / 250;
/** Number of marks kept per path: one second of data, probes, replies and reports at their rates; 6 kB in all. */
export const SCMP_QUOTE_IDS_PER_PATH_MAX = 384;
/** A quoted packet must have left within this time, ns: far above any round trip. */
export const SCMP_QUOTE_AGE_NS_MAX = NS_PER_SECOND;

/** `security.rate_limiting.requests_per_second` per peer. */
export const FRAMES_PER_SECOND_DEFAULT = 1000;
/** `security.rate_limiting.burst_capacity` per peer. */
export const FRAME_BURST_DEFAULT = 5000;
/** Handshake messages of one kind, per second and peer, that may cost Diffie-Hellman work. */
export const HANDSHAKE_RATE_PER_SECOND = 10;
/** Burst of handshake messages of one kind. */
export const HANDSHAKE_RATE_BURST = 20;
/**
 * Number of handshake openings per second and peer that are answered without a cookie: half of all; the other half is
 * for openings with a cookie.
 */
export const UNPROVEN_OPENINGS_PER_SECOND = 5;
/** Burst of one peer's openings without a cookie. */
export const UNPROVEN_OPENINGS_BURST = 10;
/** Number of openings per second, over all peers, that need no cookie: 8 ms of Diffie-Hellman work. */
export const ALL_PEERS_UNPROVEN_PER_SECOND = 50;
/** Burst of openings without a cookie from all peers, since all may start together. */
export const ALL_PEERS_UNPROVEN_BURST = 1000;

/** Length of a handshake message's MAC, bytes. */
export const MAC_BYTES = 16;
/** Length of a cookie, bytes. */
export const COOKIE_BYTES = 16;
/** The cookie secret changes after this time, ns (WireGuard, NDSS 2017, section 5.4.7). */
export const COOKIE_LIFE_NS = 120 * NS_PER_SECOND;
/** First message of Noise IK without its payload: e, s with its tag, and the payload's tag. */
export const OPENING_NOISE_BYTES = 2 * STATIC_KEY_BYTES + 2 * TAG_BYTES;
/** Second message of Noise IK without its payload: e, and the payload's tag. */
export const ANSWER_NOISE_BYTES = STATIC_KEY_BYTES + TAG_BYTES;

/** Largest number of keys that check signed SCMP messages: two epochs for each AS on the paths to a few peers. */
export const SCMP_KEYS_MAX = 512;
/** Time before an epoch at which its key is requested, s; the control service has the key by then. */
export const SCMP_KEY_AHEAD_SECONDS = 300;
/** Time between two requests for a key that is not known, s. */
export const SCMP_KEY_RETRY_SECONDS = 5;
