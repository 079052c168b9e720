/**
 * Lengths, labels and limits of the secure aggregation suite `orrery-secagg-1`: X25519 (RFC 7748),
 * ChaCha20 and Poly1305 (RFC 8439), Ed25519 (RFC 8032), Shamir's sharing (CACM 1979);
 * docs/spec/secure-aggregation.md.
 *
 * @module
 */

/** Length of an X25519 key, of a mask seed, and of a secret that is split into shares, bytes. */
export const KEY_BYTES = 32;
/** Bytes of a session identifier, a SHA-256. */
export const SESSION_ID_BYTES = 32;
/** Random bytes that make a session unique. */
export const SESSION_RANDOM_BYTES = 16;
/** Length of the hash of the model with which a round starts, bytes. */
export const MODEL_HASH_BYTES = 32;
/** Bytes of a signature of Ed25519. */
export const SIGNATURE_BYTES = 64;
/** Bytes of the nonce of ChaCha20. */
export const CHACHA20_NONCE_BYTES = 12;
/** Bytes inside a box: from, to, share of the masking secret, share of the client's own mask. */
export const BOX_PLAINTEXT_BYTES = 8 + 2 * KEY_BYTES;
/** Bytes of a box: its content and the tag. */
export const BOX_BYTES = BOX_PLAINTEXT_BYTES + 16;

/** Largest number of clients: index + 1 is the point of a share, an element of GF(2^16) other than 0. */
export const SESSION_CLIENTS_MAX = 65_534;
/** Largest number of bits of an element: its mask is cut from a 32-bit word of the key stream. */
export const ELEMENT_BITS_MAX = 32;
/** Largest number of elements of a vector: 1 GiB on the wire at 32 bits. */
export const VECTOR_ELEMENTS_MAX = 268_435_456;
/** Least threshold: with it, no single holder can rebuild a secret. */
export const SHARE_THRESHOLD_MIN = 2;

/** Version of the suite, in the parameters of each session. */
export const SUITE_VERSION = 1;
/** The text with which all labels of the suite begin. */
export const SUITE_LABEL_PREFIX = 'orrery/secagg/1/';

/**
 * Number of elements of one piece of key stream: 128 kB. OpenSSL is fastest between 64 and 512 kB; at 4 MB the stream
 * leaves the caches and the rate falls to less than half.
 */
export const KEY_STREAM_PIECE_ELEMENTS = 32_768;
/** Number of elements in a block of ChaCha20. */
export const CHACHA20_BLOCK_ELEMENTS = 16;
