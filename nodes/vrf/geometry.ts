/**
 * Lengths and constants of verifiable random functions and of what is drawn with them (RFC 9381;
 * docs/spec/mixnet.md, "Delays by VRF" and Neighbours by VRF).
 *
 * @module
 */

/** Length of points and public keys, in bytes: `ptLen` (RFC 9381 section 5.5). */
export const POINT_LENGTH = 32;
/** Length of a challenge, in bytes: `cLen` (RFC 9381 section 5.5). */
export const CHALLENGE_LENGTH = 16;
/** Length of a scalar and of a secret key, in bytes: `qLen` (RFC 9381 section 5.5). */
export const SCALAR_LENGTH = 32;
/** Length of a proof, in bytes: point, challenge, scalar. */
export const PROOF_LENGTH = POINT_LENGTH + CHALLENGE_LENGTH + SCALAR_LENGTH;
/** Length of an output, in bytes: `hLen` of SHA-512 (RFC 9381 section 5.5). */
export const OUTPUT_LENGTH = 64;
/** Attempts of try-and-increment: the counter is one byte (RFC 9381 section 5.4.1.1). */
export const ENCODE_ATTEMPTS_MAX = 256;

/** Length of a replay tag, in bytes. */
export const TAG_LENGTH = 32;
/** Length of a beacon, the shared random value of a directory document, in bytes. */
export const BEACON_LENGTH = 32;
/** Length of a node identifier, in bytes. */
export const ID_LENGTH = 32;
/** Longest delay as a multiple of the mean; longer delays, one in 10^12, are cut to it. */
export const DELAY_CAP_MEANS = 27.63;
/** Tolerance of audits in virtual time, nanoseconds: covers the last bit of a logarithm. */
export const AUDIT_TOLERANCE_NS = 1_000;
/** Default of the largest number of neighbours in one autonomous system, if there are enough other candidates. */
export const NEIGHBOURS_PER_AS_MAX_DEFAULT = 1;
/**
 * Largest number of candidates that a verifier ranks, with one hash each; more than any directory
 * lists.
 */
export const CANDIDATES_MAX = 4_096;
