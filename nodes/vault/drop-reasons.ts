/**
 * Vault: why an operation, a key or a snapshot is not used.
 *
 * @module
 */

/** Drop reasons of the replica, each with a sentence that explains it. */
export const VAULT_DROP_REASONS = {
  malformed: 'not an operation in deterministic CBOR, or one with a field out of range',
  'wrong-vault': 'an operation of another vault',
  'unknown-actor': 'an operation of an actor, or about an actor, whose key is not configured',
  'bad-signature': 'an operation that its actor has not signed',
  'broken-chain': 'the operation before it is not the one that is known',
  equivocation: 'a second, different operation with a sequence number that its actor has used',
  'stamp-in-future': 'the stamp is more than 60 s ahead of the clock of this node',
  'counter-backwards': 'an actor has counted backwards, which no correct one does',
  'state-full': 'the vault holds as many keys, elements and dots, or bytes, as it may',
  'bad-key': 'the wrapped key of an entry does not open; the operation itself is kept',
  'bad-snapshot': 'not a snapshot in deterministic CBOR, or one larger than allowed',
} as const;

/** See {@link VAULT_DROP_REASONS}. */
export type VaultDropReason = keyof typeof VAULT_DROP_REASONS;
