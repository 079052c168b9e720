/**
 * Opened X25519 secrets for providers without key objects: a copy of the secret, and its public key.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { CryptoProvider, X25519Key } from '../host/crypto.ts';

/** Opens an X25519 secret for a provider without key objects. */
export function openX25519Key(
  crypto: Pick<CryptoProvider, 'x25519' | 'x25519PublicKey'>,
  secret: Uint8Array,
): X25519Key {
  const own = new Uint8Array(secret);
  const publicKey = crypto.x25519PublicKey(own);
  let isOpen = true;
  return {
    publicKey,
    sharedSecret: (remote): Uint8Array | undefined =>
      isOpen ? crypto.x25519(own, remote) : undefined,
    wipe(): void {
      isOpen = false;
      wipe(own);
    },
  };
}
