/**
 * Vault: why a message of a peer, or a record of the disk, is not used.
 *
 * @module
 */

/** Drop reasons of the exchange between replicas, each with a sentence that explains it. */
export const SYNC_DROP_REASONS = {
  'malformed-message': 'not a message of replicas in deterministic CBOR',
  'other-vault': 'a message of another vault',
  'unknown-replica': 'a message of a node with which this one exchanges nothing',
  'no-consent': 'a message of a node about which the owner is asked',
  'message-too-large':
    'a message that the carrier does not take: an operation or a snapshot is longer than it carries',
  denied: 'a message of a node that may not take part',
  'too-soon': 'a snapshot of a peer whose last one came less than 1 s, or half a round, before',
  'disk-failed': 'operations of a peer, while this disk takes no writes',
  'bad-record': 'a record of this disk that cannot be decoded or does not fit the others',
} as const;

/** See {@link SYNC_DROP_REASONS}. */
export type SyncDropReason = keyof typeof SYNC_DROP_REASONS;
