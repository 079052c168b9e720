/**
 * Vault: what a replica is created from.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';

/** Decisions that defective doubles make wrongly; all absent in a correct replica. */
export interface ReplicaBehaviour {
  /** Verifies an operation with the key that its own unprotected header carries. */
  readonly believesCarriedKey?: boolean;
  /** Encrypts all values under one data key, and so repeats the nonce. */
  readonly oneNonce?: boolean;
  /** Skips an operation whose actor and millisecond are known. */
  readonly dedupesByMillisecond?: boolean;
}

/** What a replica is created from. */
export interface ReplicaSetup {
  readonly vaultId: string;
  /** Name of this replica, a key of `actors`. */
  readonly actor: string;
  /** Ed25519 public keys of all replicas, by name. */
  readonly actors: ReadonlyMap<string, Uint8Array>;
  /** Ed25519 secret of this replica, 32 bytes; the caller may wipe it afterwards. */
  readonly secretKey: Uint8Array;
  /** Key that all replicas share, 32 bytes; copied. */
  readonly vaultKey: Uint8Array;
  readonly crypto: CryptoProvider;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Largest number of operations in the log; `LOG_MAX_DEFAULT` if absent. */
  readonly logMax?: number;
  readonly behaviour?: ReplicaBehaviour;
  /** Called with each data key before it is used; for measurements only. */
  readonly sealing?: (dataKey: Uint8Array) => void;
}
