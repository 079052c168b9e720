/**
 * Lengths, limits and defaults of the gateway's frames, sessions and replay windows, each with its
 * unit and reason (spec/seed-systems.md 2.3 to 2.5; spec/scion.md 5.4 and 6). Numbers only.
 *
 * One frame is one deterministic CBOR array of eight items (RFC 8949 4.2.1), no names on the wire:
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
 * The array head, the seven integers and the head of the byte string are the associated data, as
 * they stand on the wire and without a copy in another form. The nonce is epoch (4 bytes) and
 * sequence (8 bytes), big-endian. The integers may use 64 bits on the wire; a value of 2^53 or more
 * is refused by name, because hot state keeps sequences as safe integers (at 10^6 frames a second
 * 2^53 lasts 285 years, and an epoch ends long before).
 *
 * @module
 */

const NS_PER_SECOND = 1_000_000_000;
const US_PER_SECOND = 1_000_000;

/** First element of every frame. */
export const FRAME_VERSION = 1;
/** Items of the array. */
export const FRAME_ITEMS = 8;

/** Second element of a frame: what the body is. All but `handshake` are sealed by session keys. */
export const FRAME_TYPE = {
  /** A packet of the application, or a fragment of one. */
  data: 0,
  /** Asks for an answer on the path it came by. */
  probe: 1,
  /** Answers a probe. */
  probeReply: 2,
  /** What the receiver saw, per path. */
  report: 3,
  /** Messages between gateways; an empty body confirms a new epoch. */
  control: 4,
  /** A Noise message that agrees on the keys of a new epoch; not sealed by session keys. */
  handshake: 5,
} as const;

/** One of {@link FRAME_TYPE}. */
export type FrameType = (typeof FRAME_TYPE)[keyof typeof FRAME_TYPE];

/** Highest known frame type. */
export const FRAME_TYPE_MAX = FRAME_TYPE.handshake;

/** Tag of ChaCha20-Poly1305, bytes (RFC 8439 2.8). */
export const TAG_BYTES = 16;
/** Nonce of ChaCha20-Poly1305, bytes: epoch (4) and sequence (8). */
export const NONCE_BYTES = 12;
/** X25519 keys, bytes. */
export const STATIC_KEY_BYTES = 32;

/** Longest header: 1 + 1 + 1 + 5 + 9 + 9 + 3 + 3 + 3 bytes. */
export const HEADER_BYTES_MAX = 35;
/** What a frame adds to its body at most, bytes; R-028 asks for 64 + tag. */
export const FRAME_OVERHEAD_MAX = HEADER_BYTES_MAX + TAG_BYTES;
/** Longest body with its tag, bytes: the byte-string head then has three bytes. */
export const BODY_BYTES_MAX = 65_535;

/** Largest epoch: it fills four bytes of the nonce. */
export const EPOCH_MAX = 0xffff_ffff;
/** Sequences stay below it (2^53), so that they are safe integers. */
export const SEQUENCE_END = Number.MAX_SAFE_INTEGER + 1;

/** Largest packet, bytes: 64 KiB. */
export const PACKET_BYTES_MAX = 65_536;
/** Fragments of one packet at most: 64 KiB at the smallest room of 64 bytes. */
export const FRAGMENTS_MAX = 1024;
/** Least room for a body in a frame, bytes; a path that offers less cannot be used. */
export const FRAGMENT_BYTES_MIN = 64;

/** Packets in reassembly per peer: 64 of 64 KiB arriving interleaved over `max_paths` paths. */
export const REASSEMBLY_PACKETS_MAX = 64;
/** Bytes in reassembly per peer: 32 of the largest packets. */
export const REASSEMBLY_BYTES_MAX = 32 * PACKET_BYTES_MAX;
/** Time for the missing fragments, ns: well above any difference of path delays. */
export const REASSEMBLY_TIMEOUT_NS = NS_PER_SECOND;

/** Default replay window, bits (2.3 `anti_replay.window_size`). */
export const WINDOW_BITS_DEFAULT = 1024;
/** Smallest replay window, bits: two words, and what RFC 4303 3.4.3 recommends. */
export const WINDOW_BITS_MIN = 64;
/** Largest replay window, bits (2.3). */
export const WINDOW_BITS_MAX = 65_536;

/** `anti_replay.max_sequence_age`, microseconds: 1 h. */
export const SEQUENCE_AGE_US_DEFAULT = 3_600 * US_PER_SECOND;
/** Clock tolerance between two gateways, microseconds: 5 min to either side. */
export const CLOCK_TOLERANCE_US_DEFAULT = 300 * US_PER_SECOND;
/** `anti_replay.cleanup_ttl`, ns: 24 h. */
export const CLEANUP_TTL_NS_DEFAULT = 86_400 * NS_PER_SECOND;
/** Peers with window state at most (2.3 `max_connections`). */
export const PEERS_MAX_DEFAULT = 1000;
/** Epochs per peer with a window: current, previous during overlap, next before confirmation. */
export const EPOCHS_PER_PEER_MAX = 3;

/** Least reserve of the receiver's bound, sequences (spec/scion.md 6.4). */
export const RESERVE_MIN = 1024;
/** Epochs reserved by one write: a crash skips at most so many. */
export const EPOCH_RESERVE = 16;
/** How far a peer may move our epoch counter at once: 2^20 rekeys of an hour are 120 years. */
export const EPOCH_JUMP_MAX = 0x10_0000;
/** Frames held until the receiver's bound is durable: 25 ms of fsync at 40,000 frames a second. */
export const HELD_FRAMES_MAX = 1024;

/** `aead.max_bytes_per_key`: 1 GiB sealed or opened starts a rekey. */
export const REKEY_BYTES_DEFAULT = 0x4000_0000;
/** `aead.max_time_per_key`, ns: 1 h starts a rekey. */
export const REKEY_AGE_NS_DEFAULT = 3_600 * NS_PER_SECOND;
/** A key dies at so many times its rekey limits when no rekey succeeded; sealing stops by name. */
export const KEY_LIFETIME_FACTOR = 2;
/** The responder of the last handshake waits so long past the limits, so that one side begins. */
export const REKEY_RESPONDER_GRACE_NS = 5 * NS_PER_SECOND;
/** And so many times its bytes: a sixteenth more, out of 16. */
export const REKEY_RESPONDER_GRACE_SHARE = 16;
/** The old epoch is accepted so long after the first frame of the new one, ns: > path delays. */
export const EPOCH_OVERLAP_NS_DEFAULT = 3 * NS_PER_SECOND;
/** A keyed but never confirmed epoch of the responder is forgotten after it, ns. */
export const UNCONFIRMED_NS = 10 * NS_PER_SECOND;

/** First wait for an answer to a handshake message, ns; doubles at each repetition. */
export const HANDSHAKE_RETRY_NS = NS_PER_SECOND / 4;
/** Longest wait between two repetitions, ns. */
export const HANDSHAKE_RETRY_NS_MAX = 4 * NS_PER_SECOND;
/** Copies of an opening at most, each on a path of its own: one of three routers may be down. */
export const OPENING_COPIES_MAX = 3;
/** Sendings of one message before a fresh attempt with fresh ephemeral keys begins. */
export const HANDSHAKE_SENDINGS_MAX = 8;

/** Where in a frame the bytes begin by which a quoted packet is known: behind the longest header. */
export const MARK_AT = HEADER_BYTES_MAX - 1;
/** How many they are: 64 bits that a stranger would have to guess. */
export const MARK_BYTES = 8;
/** Of data, one frame in this time is marked, ns: a router that is cut off reports each packet. */
export const MARK_SPACING_NS = NS_PER_SECOND / 250;
/** Marks of a path: a second of data, and of probes, replies and reports at their pace; 6 kB. */
export const MARKS_MAX = 384;
/** A packet that is quoted left within this time, ns: far above any round trip. */
export const QUOTE_AGE_NS_MAX = NS_PER_SECOND;

/** `security.rate_limiting.requests_per_second` per peer. */
export const RATE_PER_SECOND_DEFAULT = 1000;
/** `security.rate_limiting.burst_capacity` per peer. */
export const RATE_BURST_DEFAULT = 5000;
/** Handshake messages of one sort per second and peer that may cost Diffie-Hellman work. */
export const HANDSHAKE_RATE_PER_SECOND = 10;
/** Handshake messages of one sort accepted at once. */
export const HANDSHAKE_RATE_BURST = 20;
/** Openings per second and peer that need no cookie: half, so that the rest is left for who has one. */
export const UNPROVEN_PER_SECOND = 5;
/** Openings of a peer at once that need none. */
export const UNPROVEN_BURST = 10;
/** Openings per second of all peers together that need no cookie: 8 ms of Diffie-Hellman work. */
export const UNPROVEN_GATEWAY_PER_SECOND = 50;
/** And at once: as many as there may be peers, which may start together. */
export const UNPROVEN_GATEWAY_BURST = 1000;

/** MACs of handshake messages, bytes. */
export const MAC_BYTES = 16;
/** A cookie, bytes. */
export const COOKIE_BYTES = 16;
/** The secret behind cookies changes after it, ns (WireGuard, NDSS 2017, section 5.4.7). */
export const COOKIE_LIFE_NS = 120 * NS_PER_SECOND;
/** First message of Noise IK without its payload: e, s with its tag, and the payload's tag. */
export const OPENING_NOISE_BYTES = 2 * STATIC_KEY_BYTES + 2 * TAG_BYTES;
/** Second message of Noise IK without its payload: e, and the payload's tag. */
export const ANSWER_NOISE_BYTES = STATIC_KEY_BYTES + TAG_BYTES;
