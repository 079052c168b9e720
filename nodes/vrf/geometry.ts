/**
 * Lengths and numbers of verifiable random functions and what is drawn with them (RFC 9381; project
 * spec mixnet 3.4, A3).
 *
 * @module
 */

/** Of points and public keys, in bytes: `ptLen` (RFC 9381 section 5.5). */
export const POINT_LENGTH = 32;
/** Of a challenge, in bytes: `cLen` (RFC 9381 section 5.5). */
export const CHALLENGE_LENGTH = 16;
/** Of a scalar and of a secret key, in bytes: `qLen` (RFC 9381 section 5.5). */
export const SCALAR_LENGTH = 32;
/** Of a proof: point, challenge, scalar. */
export const PROOF_LENGTH = POINT_LENGTH + CHALLENGE_LENGTH + SCALAR_LENGTH;
/** Of an output, in bytes: `hLen` of SHA-512 (RFC 9381 section 5.5). */
export const OUTPUT_LENGTH = 64;
/** Attempts of try-and-increment: one byte counts them (RFC 9381 section 5.4.1.1). */
export const ATTEMPTS_MAX = 256;

/** Of a replay tag, in bytes (spec 3.4). */
export const TAG_LENGTH = 32;
/** Of a beacon: the shared random value of a directory document, in bytes (spec 3.4). */
export const BEACON_LENGTH = 32;
/** Of a node's identifier, in bytes (spec 3.4). */
export const ID_LENGTH = 32;
/** No delay is longer than this many means: one in 10^12 would be (spec 3.4). */
export const DELAY_CAP_MEANS = 27.63;
/** Audits in virtual time tolerate the last bit of a logarithm, in nanoseconds (spec 3.4). */
export const AUDIT_TOLERANCE_NS = 1_000;
/** Neighbours in one autonomous system while there are enough others (spec 3.4). */
export const MAX_PER_AS_DEFAULT = 1;
/** Candidates that a verifier ranks, one hash each; more than any directory lists. */
export const CANDIDATES_MAX = 4_096;
