/**
 * Agreements of X25519 between two nodes of one simulated world, computed once for both: the second
 * end takes what the first one found. Agreements are pure, so that no result changes, and jobs cost
 * what their definitions say; only the run is faster. Reports say so.
 *
 * Never for live nodes: the secrets of one would lie in the memory of another.
 *
 * @module
 */
import type { CryptoProvider, X25519Key } from '../host/crypto.ts';

/** Agreements that wait for their other end; the oldest are forgotten first. About 20 MB. */
const WAITING_MAX = 100_000;

/** Results of X25519 in one world: the second end of an agreement takes what the first has computed. */
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
        // Both ends have it now.
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

/** A text for each key, short to make and to compare. */
function nameOf(publicKey: Uint8Array): string {
  let name = '';
  for (const byte of publicKey) name += String.fromCharCode(byte);
  return name;
}
