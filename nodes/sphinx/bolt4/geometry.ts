/**
 * Lengths of BOLT-4 onions (BOLT 4 "Packet Structure", "Returning Errors").
 *
 * ```
 * onion = version (1) || public key (33) || hop payloads (1300) || HMAC (32)
 * hop   = length of the payload (BigSize) || payload || HMAC of the next onion (32)
 * error = HMAC (32) || failure length (2) || failure || pad length (2) || pad
 * ```
 *
 * @module
 */

/** Length of the version, in bytes; it is 0 (BOLT 4 "Packet Structure"). */
export const ONION_VERSION_LENGTH = 1;
/** Length of a compressed point of secp256k1, in bytes (BOLT 4 "Conventions"). */
export const POINT_LENGTH = 33;
/** Length of a secret key or scalar of secp256k1, in bytes (BOLT 4 "Conventions"). */
export const SCALAR_LENGTH = 32;
/** Length of all hop payloads together, in bytes (BOLT 4 "Packet Structure"). */
export const HOPS_LENGTH = 1300;
/** Length of an HMAC-SHA256, in bytes (BOLT 4 "Conventions"). */
export const HMAC_LENGTH = 32;
/** Length of an onion, in bytes: 1366 (BOLT 4 "Packet Structure"). */
export const ONION_LENGTH: number = ONION_VERSION_LENGTH + POINT_LENGTH + HOPS_LENGTH + HMAC_LENGTH;
/** Shortest payload of a hop, in bytes: lengths 0 and 1 are reserved (BOLT 4 "Payload Format"). */
export const HOP_PAYLOAD_LENGTH_MIN = 2;
/** Length of failure and pad together, in bytes (BOLT 4 "Returning Errors"). */
export const FAILURE_LENGTH = 256;
/** Length of each of the two lengths in an error, in bytes (BOLT 4 "Returning Errors"). */
export const FAILURE_FIELD_LENGTH = 2;
/** Length of an error, in bytes: 292 (BOLT 4 "Returning Errors"). */
export const ERROR_LENGTH: number = HMAC_LENGTH + 2 * FAILURE_FIELD_LENGTH + FAILURE_LENGTH;
/**
 * How often an error is decrypted, whichever hop made it: the longest path (BOLT 4 "Returning
 * Errors").
 */
export const ERROR_ROUNDS = 27;
