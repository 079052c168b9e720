/**
 * The reasons for which bytes are not a bundle, in the order of the checks. In status reports, all of
 * them have the reason "block unintelligible" (RFC 9171 section 9.5).
 *
 * @module
 */

/** The names of the checks, each with the sentence that explains a failure. */
export const BUNDLE_DROP_REASONS = {
  'not-a-bundle': 'the bytes do not begin as a bundle, or are longer than 16 MiB',
  'bad-cbor': 'the bytes are not CBOR in its shortest form, end early or go on after the bundle',
  'bad-primary':
    'a field of the primary block is missing, of the wrong type, out of range or above 255 letters',
  'crc-primary': 'the CRC of the primary block does not match',
  'too-many-blocks': 'the bundle has more than 64 blocks',
  'bad-block':
    'a block is malformed, its number taken or above 2^53, or the payload is not the last',
  'crc-block': 'the CRC of a block does not match',
  'bad-flags': 'an anonymous or administrative bundle asks for reports, or could be fragmented',
  'bad-extension':
    'a previous-node, age or hop-count block is malformed or there twice, or the age is missing',
} as const;

/** A reason for which bytes are not a bundle. */
export type BundleDropReason = keyof typeof BUNDLE_DROP_REASONS;
