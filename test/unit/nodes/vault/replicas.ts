/**
 * Replicas of one vault for tests, with keys and random bytes that follow from their names.
 *
 * @module
 */

import { openRandomStream } from '../../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { openSigningKey, openVerifyingKey } from '../../../../engine/crypto/signing-key.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { concatBytes, equalBytes } from '../../../../nodes/_kit/bytes.ts';
import type { Change, Item, VaultRefusal } from '../../../../nodes/vault/changes.ts';
import { Replica } from '../../../../nodes/vault/replica.ts';
import type { ReplicaSetup } from '../../../../nodes/vault/replica-setup.ts';

export const VAULT = 'twin:alice';
export const NOW_MS = 1_800_000_000_000;
export const CRYPTO: CryptoProvider = createCryptoProvider('node', { timing: 'simulation' });
/** AEAD and signatures without their cost: a signature is a hash of public key and message. */
export const MODELLED: CryptoProvider = {
  ...createCryptoProvider('modelled'),
  ed25519PublicKey: CRYPTO.sha256,
  ed25519Key: (secret) =>
    openSigningKey(
      {
        publicKey: CRYPTO.sha256,
        sign: (own, message) => CRYPTO.sha512(concatBytes(CRYPTO.sha256(own), message)),
      },
      secret,
    ),
  ed25519Verifier: (publicKey) =>
    openVerifyingKey(
      (key, message, signature) => equalBytes(CRYPTO.sha512(concatBytes(key, message)), signature),
      publicKey,
    ),
};
export const ACTORS = ['a', 'b', 'c'] as const;

const encoder = new TextEncoder();

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function secretOf(actor: string): Uint8Array {
  return CRYPTO.sha256(bytesOf(`secret of ${actor}`));
}

/** Public keys of all actors. */
function actorsOf(crypto: CryptoProvider = CRYPTO): ReadonlyMap<string, Uint8Array> {
  return new Map(ACTORS.map((actor) => [actor, crypto.ed25519PublicKey(secretOf(actor))]));
}

/** The setup of the replica of an actor. */
export function setupOf(actor: string, more: Partial<ReplicaSetup> = {}): ReplicaSetup {
  const crypto = more.crypto ?? CRYPTO;
  const random = openRandomStream(1, actor, 'vault');
  return {
    vaultId: VAULT,
    actor,
    actors: actorsOf(crypto),
    secretKey: secretOf(actor),
    vaultKey: CRYPTO.sha256(bytesOf('key of the vault')),
    crypto,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => random.below(256)),
    ...more,
  };
}

export function replicaOf(actor: string, more: Partial<ReplicaSetup> = {}): Replica {
  return new Replica(setupOf(actor, more));
}

/** The change that a local operation made. @throws Error if it was refused. */
export function done(change: Change | VaultRefusal): Change {
  if (typeof change === 'string') throw new Error(`refused: ${change}`);
  return change;
}

/** Gives one replica what another one has. @returns the outcomes. */
export function sync(from: Replica, to: Replica, nowMs: number = NOW_MS): readonly string[] {
  const items = from.itemsFor(to.clock(), Number.POSITIVE_INFINITY);
  if (items === 'cut') return [to.join(from.snapshot(), nowMs).outcome];
  return items.map((item) => to.receive(item, nowMs).outcome);
}

/** The operation alone, without its key. */
export function withoutKey({ operation }: Item): Item {
  return { operation, wrappedKey: null };
}

export function textOf(value: Uint8Array | null | 'erased'): string | null {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}
