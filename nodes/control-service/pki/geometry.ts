/**
 * Control-plane PKI: limits, each with its unit and reason.
 *
 * @module
 */

/** Longest certificate that is read, bytes: a certificate with a P-521 key and long names has some 1,200. */
export const CERTIFICATE_BYTES_MAX = 4_096;
/** Longest TRC that is read, with its signatures, bytes: 100 certificates and as many signers fit. */
export const TRC_BYTES_MAX = 131_072;
/** Largest number of certificates of a TRC, over its three kinds; one more than the largest quorum. */
export const TRC_CERTIFICATES_MAX = 256;
/** Largest number of signatures of a TRC: those of voters of its predecessor, and those of new certificates. */
export const TRC_SIGNERS_MAX = 512;
/** Largest number of core ASes of a TRC. */
export const TRC_ASES_MAX = 1_024;
/** Largest quorum (reference pkg/scrypto/cppki/trc.go, Validate). */
export const TRC_QUORUM_MAX = 255;
/** Longest serial number of a certificate, octets (RFC 5280 section 4.1.2.2). */
export const SERIAL_BYTES_MAX = 20;
/** Bytes of an identifier of a key (RFC 7093 section 2, method 1). */
export const KEY_ID_BYTES = 20;
/** Longest identifier of a key that a signature may name, bytes: a digest of SHA-512. */
export const KEY_ID_BYTES_MAX = 64;
/** Largest number of core ASes of an ISD that vote: a TRC has room for the three certificates of each. */
export const VOTERS_MAX = 80;
/** How long the certificate of an AS is valid, s (draft-dekater-scion-pki, "Certification Path"). */
export const CERTIFICATE_LIFETIME_S = 259_200;
/** How long the certificate of a CA is valid, s. */
export const CA_LIFETIME_S = 604_800;
/** Number of TRCs of a series that are kept, so that control services that were away can catch up one by one. */
export const TRCS_KEPT_MAX = 16;
/** Largest number of chains that are kept: one for each AS of which beacons are kept. */
export const CHAINS_KEPT_MAX = 10_000;
/** Largest number of chains of one AS: the chain in use, the next one, and as many for a second control service. */
export const CHAINS_PER_AS_MAX = 4;
/** Largest number of TRCs and chains that are requested because of one message: two for each of 64 entries. */
export const FETCHES_MAX = 128;
/** Largest number of messages that wait at a time for requested TRCs and chains. */
export const FETCHES_WAITING_MAX = 4_096;
/** Largest number of bytes of the waiting messages together: the same as for incomplete messages. */
export const FETCHES_WAITING_BYTES_MAX = 16_777_216;
/** Largest number of TRCs and chains that are being requested: a quarter of the calls that a node may have open. */
export const FETCHES_OPEN_MAX = 1_024;
/** Largest number of TRCs and chains that are being requested from one AS. */
export const FETCHES_PER_AS_MAX = 64;
/** Time between two requests for a certificate, s. */
export const RENEWAL_RETRY_S = 10;
/** Time between two proposals of a TRC, s. */
export const PROPOSAL_RETRY_S = 10;
/** A voter signs no TRC that began longer ago than this: the tolerance of beacons, s. */
export const VOTE_DELAY_S_MAX = 337;
/** A voter signs no TRC that begins later than this, s: clocks differ by less. Until then its predecessor stays in use. */
export const VOTE_AHEAD_S_MAX = 10;
/**
 * Least time between the beginnings of two TRCs of a series, s: an AS that was away for 16 hours still gets all of
 * {@link TRCS_KEPT_MAX}.
 */
export const VOTE_INTERVAL_S_MIN = 3_600;
/** Longest period of grace to which a voter agrees without its operator, s. */
export const GRACE_S_MAX = 604_800;
/**
 * Time by which a certificate's validity begins before its issue, s: as long as hop fields last, so that it covers older
 * beacons.
 */
export const BACKDATED_S = 21_600;
