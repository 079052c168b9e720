/**
 * Agreements of X25519 between two nodes of one simulated world, computed once for both: the second node takes the
 * result of the first. An agreement depends on nothing but the keys, so no result changes, and the charged time is that
 * of the job's definition; only the run is faster. Reports mention it.
 *
 * Never for live nodes: the secrets of one would lie in the memory of another.
 *
 * @module
 */
import type { CryptoProvider, X25519Key } from '../host/crypto.ts';

/** Largest number of agreements that wait for their second node, about 20 MB; the oldest is forgotten first. */
const WAITING_MAX = 100_000;

/** Results of X25519 in one world: the second node of an agreement takes the result of the first. */
export class KeyAgreementCache {
  private readonly waiting = new Map<string, Uint8Array>();
  private readonly made = new Map<CryptoProvider, CryptoProvider>();

  /** The given provider, but with opened X25519 secrets that share their agreements. */
  share(crypto: CryptoProvider): CryptoProvider {
    const known = this.made.get(crypto);
    if (known !== undefined) return known;
    const sharing: CryptoProvider = {
      ...crypto,
      x25519Key: (secret) => openSharing(crypto.x25519Key(secret), this.waiting),
    };
    this.made.set(crypto, sharing);
    return sharing;
  }
}

function openSharing(key: X25519Key, waiting: Map<string, Uint8Array>): X25519Key {
  const own = nameOf(key.publicKey);
  let isOpen = true;
  return {
    publicKey: key.publicKey,
    sharedSecret: (publicKey): Uint8Array | undefined => {
      if (!isOpen) return undefined;
      const other = nameOf(publicKey);
      const pair = own < other ? own + other : other + own;
      const found = waiting.get(pair);
      if (found !== undefined) {
        // Both nodes have the result now, so it is removed.
        waiting.delete(pair);
        return found;
      }
      const secret = key.sharedSecret(publicKey);
      if (secret !== undefined) remember(waiting, pair, secret.slice());
      return secret;
    },
    wipe: (): void => {
      isOpen = false;
      key.wipe();
    },
  };
}

function remember(waiting: Map<string, Uint8Array>, pair: string, secret: Uint8Array): void {
  if (waiting.size >= WAITING_MAX) {
    const [oldest] = waiting.keys();
    if (oldest !== undefined) waiting.delete(oldest);
  }
  waiting.set(pair, secret);
}

/** The name of a public key in the map: a string that is quick to make and to compare. */
function nameOf(publicKey: Uint8Array): string {
  let name = '';
  for (const byte of publicKey) name += String.fromCharCode(byte);
  return name;
}
