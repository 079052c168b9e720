/**
 * Bundle Protocol version 7: numbers of the format (RFC 9171).
 *
 * @module
 */

/** RFC 9171 section 9.3. */
export const BUNDLE_VERSION = 7;
/** A bundle is a CBOR array of indefinite length (RFC 9171 section 4.1). */
export const BUNDLE_START = 0x9f;
/** Bundle processing control flags (RFC 9171 section 4.2.3). */
export const BUNDLE_FLAG = {
  isFragment: 0x1,
  isAdministrative: 0x2,
  mustNotFragment: 0x4,
  wantsAcknowledgement: 0x20,
  wantsStatusTime: 0x40,
  reportReception: 0x4000,
  reportForwarding: 0x1_0000,
  reportDelivery: 0x2_0000,
  reportDeletion: 0x4_0000,
} as const;
/** All requests for status reports. */
export const REPORT_FLAGS: number =
  BUNDLE_FLAG.reportReception |
  BUNDLE_FLAG.reportForwarding |
  BUNDLE_FLAG.reportDelivery |
  BUNDLE_FLAG.reportDeletion;

/** Block processing control flags (RFC 9171 section 4.2.4). */
export const BLOCK_FLAG = {
  replicate: 0x1,
  reportIfUnprocessed: 0x2,
  deleteBundleIfUnprocessed: 0x4,
  discardIfUnprocessed: 0x10,
} as const;

/** Block types (RFC 9171 section 9.1, RFC 9172 section 11.1). */
export const BLOCK_TYPE = {
  payload: 1,
  previousNode: 6,
  bundleAge: 7,
  hopCount: 10,
  integrity: 11,
  confidentiality: 12,
} as const;
/** The payload block has this number (RFC 9171 section 4.3.2). */
export const PAYLOAD_NUMBER = 1;

/** CRC types (RFC 9171 section 4.2.1). */
export const CRC_TYPE = { none: 0, x25: 1, castagnoli: 2 } as const;
/** Bytes of the CRC by type. */
export const CRC_LENGTH: readonly number[] = [0, 2, 4];

/** Elements of the primary block without fragment fields and CRC (RFC 9171 section 4.3.1). */
export const PRIMARY_ELEMENTS = 8;
/** Elements of a canonical block without CRC (RFC 9171 section 4.3.2). */
export const BLOCK_ELEMENTS = 5;
/** Hop limits are 1 to 255 (RFC 9171 section 4.4.3). */
export const HOP_LIMIT_MAX = 255;

/** Levels of arrays in a bundle: bundle, block, EID, its specific part. The rest is slack. */
export const DEPTH_MAX = 8;
/** Most blocks of a bundle; all peers write below ten. */
export const BLOCKS_MAX = 64;
/** Largest bundle, bytes. */
export const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;
