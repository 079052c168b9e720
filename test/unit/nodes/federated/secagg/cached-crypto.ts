/**
 * A provider that computes each agreement and signature once, for many sessions with the same keys.
 *
 * @module
 */
import type { CryptoProvider, X25519Key } from '../../../../../engine/host/crypto.ts';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';

/** Remembers by all arguments; a result is copied, because its owner may wipe it. */
function remember<Result>(
  known: Map<string, Result>,
  parts: readonly Uint8Array[],
  compute: () => Result,
): Result {
  const name = parts.map(toHex).join();
  const found = known.get(name) ?? compute();
  known.set(name, found);
  return found;
}

/** Wraps a provider; pure functions stay pure. */
export function cachedCrypto(crypto: CryptoProvider): CryptoProvider {
  const secrets = new Map<string, Uint8Array | undefined>();
  const keys = new Map<string, Uint8Array>();
  const signatures = new Map<string, Uint8Array>();
  const verified = new Map<string, boolean>();
  const agree = (secret: Uint8Array, key: Uint8Array): Uint8Array | undefined =>
    remember(secrets, [secret, key], () => crypto.x25519(secret, key))?.slice();
  return {
    ...crypto,
    x25519: agree,
    x25519PublicKey: (secret) =>
      remember(keys, [secret], () => crypto.x25519PublicKey(secret)).slice(),
    x25519Key: (secret): X25519Key => {
      const copy = secret.slice();
      return {
        publicKey: remember(keys, [copy], () => crypto.x25519PublicKey(copy)).slice(),
        sharedSecret: (key) => agree(copy, key),
        wipe: () => undefined,
      };
    },
    ed25519Sign: (secret, text) =>
      remember(signatures, [secret, text], () => crypto.ed25519Sign(secret, text)).slice(),
    ed25519Verify: (key, text, signature) =>
      remember(verified, [key, text, signature], () => crypto.ed25519Verify(key, text, signature)),
  };
}
