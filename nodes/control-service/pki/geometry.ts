/**
 * Control-plane PKI: limits, each with its unit and reason.
 *
 * @module
 */

/** Longest certificate that is read, bytes: one with a P-521 key and long names has some 1,200. */
export const CERTIFICATE_BYTES_MAX = 4_096;
/** Longest TRC that is read, with its signatures, bytes: 100 certificates and as many signers fit. */
export const TRC_BYTES_MAX = 131_072;
/** Most certificates of a TRC: three kinds, of which a quorum has at most 255. */
export const TRC_CERTIFICATES_MAX = 256;
/** Most signatures of a TRC: voters of its predecessor, and certificates that are new. */
export const TRC_SIGNERS_MAX = 512;
/** Most core ASes of a TRC. */
export const TRC_ASES_MAX = 1_024;
/** Largest quorum (reference pkg/scrypto/cppki/trc.go, Validate). */
export const TRC_QUORUM_MAX = 255;
/** Longest serial number of a certificate, octets (RFC 5280 section 4.1.2.2). */
export const SERIAL_BYTES_MAX = 20;
/** Bytes of an identifier of a key (RFC 7093 section 2, method 1). */
export const KEY_ID_BYTES = 20;
