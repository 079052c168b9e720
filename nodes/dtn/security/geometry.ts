/**
 * Security of bundles: numbers.
 *
 * @module
 */

/** Most keys, and rules, of a node (ours): each received bundle is compared with all rules. */
export const RULES_MAX = 64;
/** Initialization vectors that a node reserves at once on its disk (ours). */
export const VECTORS_PER_RESERVATION = 65_536;
/** Requests and bundles that wait for the first reservation (ours). */
export const WAITING_INPUTS_MAX = 1_024;
/**
 * Bytes of a key for message authentication, and of a key that encrypts other keys (RFC 9173 section
 * 3.1 and RFC 3394 leave the length to the network; ours is that of AES-256).
 */
export const KEY_BYTES = 32;
