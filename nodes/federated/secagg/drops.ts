/**
 * Why a message of secure aggregation is not used.
 *
 * @module
 */

/** Drop reasons of secure aggregation, each with a sentence that explains it. */
export const SECAGG_DROP_REASONS = {
  'bad-cbor': 'not CBOR, or not a message of this version',
  'not-canonical': 'CBOR that is not in the one form that the suite allows, or an unsorted list',
  'wrong-session': 'belongs to another session',
  'wrong-round': 'a message that this phase does not expect',
  'unknown-client': 'from or about a client that does not take part',
  duplicate: 'the second message of its kind',
  'duplicate-key': 'a public key that another key of the session equals',
  'own-key-changed': "the roster's entry of its receiver is not what it sent",
  'low-order-key': 'a public key whose every shared secret is zero (RFC 7748 section 6.1)',
  'too-few': 'fewer clients than the threshold',
  'box-failed': 'a box of shares that does not open',
  'box-misaddressed': 'a box from or for somebody else than its envelope says',
  'input-length': 'a masked input of another length than the session has',
  'late-input': 'a masked input after its phase',
  'list-overlap': 'a client both among the survivors and among the lost',
  'list-not-subset': 'a list that names clients which sent no shares, or were not asked about',
  'self-not-survivor': 'a list of survivors without its receiver',
  'asked-twice': 'a second request for shares in one session',
  'bad-signature': 'a signature that does not verify, or too few that do',
  'share-length': 'a share of another length than 32 bytes',
  'share-inconsistent': 'a share beyond the threshold that does not fit the others',
  'reconstruct-mismatch': "a rebuilt masking secret whose public key is not the client's",
  'padding-not-zero': 'bits behind the last element of a masked input',
} as const;

/** Name of a drop reason; see {@link SECAGG_DROP_REASONS}. */
export type SecaggDropReason = keyof typeof SECAGG_DROP_REASONS;
