/**
 * Security of bundles: limits and lengths.
 *
 * @module
 */

/**
 * Largest number of a node's keys, and of its rules (our choice): each received bundle is compared with all
 * rules.
 */
export const RULES_MAX = 64;
/**
 * Number of initialization vectors that a node reserves on its disk by one write (our choice; no RFC sets it).
 */
export const VECTORS_PER_RESERVATION = 65_536;
/** Largest number of inputs of a node that wait for its first reserved vectors (our choice; no RFC sets it). */
export const WAITING_INPUTS_MAX = 1_024;
/**
 * Length of a key for MACs, and of a key that wraps other keys, bytes (RFC 9173 section 3.1 and RFC 3394
 * leave it open; we take that of AES-256).
 */
export const KEY_BYTES = 32;
