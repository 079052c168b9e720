/**
 * The layout of the linear memory of the fast AEAD. All offsets in bytes.
 *
 * ```
 * STATE      64  ChaCha20 state: constants 16, key 32, counter 4, nonce 12 (RFC 8439 section 2.3)
 * POLY       36  Poly1305: r as 4 words, then the accumulator h as 5 words of 32 bits
 * LENGTHS    16  lengths of associated data and ciphertext (RFC 8439 section 2.8)
 * ASSOCIATED     associated data and up to 16 bytes of padding
 * INPUT          64 zero bytes, then the data to seal or open
 * OUTPUT         key stream block 0, then the result: block i of the stream covers OUTPUT + 64 i
 * ```
 *
 * @module
 */

/** Offset of the ChaCha20 state, bytes. */
export const STATE_OFFSET = 0;
/** Offset of the key in the ChaCha20 state. */
export const STATE_KEY_OFFSET: number = STATE_OFFSET + 16;
/** Offset of the block counter in the ChaCha20 state. */
export const STATE_COUNTER_OFFSET: number = STATE_OFFSET + 48;
/** Offset of the nonce in the ChaCha20 state. */
export const STATE_NONCE_OFFSET: number = STATE_OFFSET + 52;
/** Offset of the key part r of Poly1305, bytes. */
export const POLY_R_OFFSET = 64;
/** Offset of the accumulator h of Poly1305, bytes. */
export const POLY_H_OFFSET: number = POLY_R_OFFSET + 16;
/** Offset of the two lengths that Poly1305 authenticates. */
export const LENGTHS_OFFSET = 128;
/** Offset of the associated data; follows the lengths immediately, so that one wipe covers both. */
export const ASSOCIATED_DATA_OFFSET = 144;
/** Offset of the input, which begins with 64 zero bytes. */
export const INPUT_OFFSET = 8_192;
/** Offset of the output, which begins with key stream block 0. */
export const OUTPUT_OFFSET = 81_920;

/** Bytes of key stream block 0; its first 32 are the Poly1305 key, the rest is unused (RFC 8439 section 2.6). */
export const FIRST_BLOCK_BYTES = 64;

/** Longest associated data that fits; longer data go to the fallback. */
export const ASSOCIATED_DATA_LENGTH_MAX = 4_096;

/** Longest plaintext that fits, in bytes: 64 KiB, more than the largest datagram, and 1 KiB for headers. */
export const DATA_LENGTH_MAX = 66_560;

/** Number of pages of 64 KiB that the module's memory has. */
export const MEMORY_PAGES = 3;
