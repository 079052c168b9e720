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
/** Longest identifier of a key that a signature may name, bytes: a digest of SHA-512. */
export const KEY_ID_BYTES_MAX = 64;
/** Most core ASes of an ISD that vote: three certificates each fit a TRC. */
export const VOTERS_MAX = 80;
/** How long the certificate of an AS is valid, s (draft-dekater-scion-pki, "Certification Path"). */
export const CERTIFICATE_LIFETIME_S = 259_200;
/** How long that of a CA is valid, s. */
export const CA_LIFETIME_S = 604_800;
/** TRCs of a series that are kept, so that those who were away can follow. */
export const TRCS_KEPT_MAX = 16;
/** Chains that are kept: of as many ASes as beacons are kept of. */
export const CHAINS_KEPT_MAX = 10_000;
/** Of these, most of one AS: the one in use, the next, and two for more than one control service. */
export const CHAINS_PER_AS_MAX = 4;
/** What is asked for because of one message: two things for each of 64 entries. */
export const FETCHES_MAX = 128;
/** Messages that wait at a time for something that is asked for. */
export const FETCHES_WAITING_MAX = 4_096;
/** Bytes of these messages: as many as of incomplete ones. */
export const FETCHES_WAITING_BYTES_MAX = 16_777_216;
/** Things that are asked for at a time: a quarter of the calls that a node may have open. */
export const FETCHES_OPEN_MAX = 1_024;
/** Of these, most that one AS is asked for. */
export const FETCHES_PER_AS_MAX = 64;
/** Time between two requests for a certificate, s. */
export const RENEWAL_RETRY_S = 10;
/** Time between two proposals of a TRC, s. */
export const PROPOSAL_RETRY_S = 10;
/** How far from now a TRC may begin on which others vote: the tolerance of beacons, s. */
export const VOTE_DELAY_S_MAX = 337;
/** Longest period of grace that a voter agrees to by itself, s. */
export const GRACE_S_MAX = 604_800;
/** A certificate that is issued now was valid so long ago, s: it covers beacons that are older, as long as hop fields last. */
export const BACKDATED_S = 21_600;
