/**
 * TLS on streams of TCPCL (RFC 9174 section 4.4). The end that opened the stream is the client. Both
 * ends compute a pre-shared key, each from its own X25519 secret and the public key of the other; no
 * third node can. RFC 9174 section 4.4.2 describes certificates instead: here knowing the key proves
 * the identity of the neighbour, as a certificate with its node ID would.
 *
 * @module
 */

import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { NetworkView } from '../../../engine/host/network-view.ts';
import type { StreamTlsOptions } from '../../../engine/host/stream.ts';
import { wipe } from '../../_kit/secrets.ts';

/** Name of a node's secret, whose public part all nodes know. */
export const TLS_SECRET_NAME = 'tcpcl-tls';
const KEY_BYTES = 32;
/** Longest plaintext of a TLS 1.3 record; header, type and tag beside it (RFC 8446 section 5.2). */
const PLAINTEXT_MAX = 16_384;
const RECORD_OVERHEAD = 22;

/** Octets that TLS adds to `bytes` octets of plaintext, in records as long as possible. */
export function tlsOverheadBytes(bytes: number): number {
  return RECORD_OVERHEAD * Math.ceil(bytes / PLAINTEXT_MAX);
}

/** The keys of a node and its neighbours. */
export class TlsKeys {
  readonly #own: string;
  readonly #crypto: CryptoProvider;
  readonly #network: NetworkView;

  /** @param own Name of the node. */
  constructor(own: string, crypto: CryptoProvider, network: NetworkView) {
    this.#own = own;
    this.#crypto = crypto;
    this.#network = network;
  }

  /** How this end secures a stream to or from a neighbour. */
  of(neighbour: string, role: 'active' | 'passive'): StreamTlsOptions {
    const ends = [this.#own, neighbour];
    const [client, server] = role === 'active' ? ends : ends.toReversed();
    const identity = `tcpcl ${client} ${server}`;
    const key = this.#keyOf(neighbour, identity);
    return { role: role === 'active' ? 'client' : 'server', psk: { identity, key } };
  }

  /** A key for each direction, so that nobody can replay to an end what this end has said. */
  #keyOf(neighbour: string, identity: string): Uint8Array {
    const crypto = this.#crypto;
    const secret = this.#network.identity(this.#own).secret(TLS_SECRET_NAME);
    const theirs = this.#network.identity(neighbour).publicKey(TLS_SECRET_NAME);
    const common = crypto.x25519(secret, theirs);
    wipe(secret);
    // A public key made from a secret never has a low order, so the key is missing.
    if (common === undefined) throw new Error(`${neighbour} has no public key`);
    const info = new TextEncoder().encode(identity);
    const key = crypto.hkdfSha256({ key: common, info, length: KEY_BYTES });
    wipe(common);
    return key;
  }
}
