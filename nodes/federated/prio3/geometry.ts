/**
 * Numbers of Prio3 (draft-irtf-cfrg-vdaf-20 sections 6.2, 7.2 and 10): lengths in bytes, and what
 * separates one use of its output function from another.
 *
 * @module
 */

/** Bytes of a seed, of a verify key, and of what a seed of joint randomness is made of. */
export const SEED_LENGTH = 32;
/** Bytes of a nonce. */
export const NONCE_LENGTH = 16;
/** Aggregators: below, nothing is shared; above, their index is no byte. */
export const SHARES_MIN = 2;
export const SHARES_MAX = 255;
/** Proofs in a report: one, since both fields of this folder are large enough. */
export const PROOFS = 1;

/** Version byte: that of the drafts from 18 on. */
export const VERSION = 18;
/** Class of verifiable aggregation, as other classes of the draft have the same output function. */
export const CLASS_VDAF = 0;
/** Bytes of a tag before the context: version, class, algorithm (4), usage (2). */
export const TAG_PREFIX = 8;
/** Longest context: a tag's length is written in two bytes. */
export const CONTEXT_MAX = 0xffff - TAG_PREFIX;
/** Domain byte of TurboSHAKE128 (RFC 9861). */
export const DOMAIN = 1;

/** What output is for. */
export const USAGE = {
  measurementShare: 1,
  proofShare: 2,
  jointRandomness: 3,
  proveRandomness: 4,
  queryRandomness: 5,
  jointSeed: 6,
  jointPart: 7,
} as const;
