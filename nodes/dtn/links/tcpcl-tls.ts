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
/** Longest plaintext of a TLS 1.3 record, octets (RFC 8446 section 5.2). */
const PLAINTEXT_MAX = 16_384;
/** Octets of a record besides its plaintext: header, type and tag. */
const RECORD_OVERHEAD = 22;

/** Octets that TLS adds to `bytes` octets of plaintext, in records as long as possible. */
export function tlsOverheadBytes(bytes: number): number {
  return RECORD_OVERHEAD * Math.ceil(bytes / PLAINTEXT_MAX);
}

/** The pre-shared keys of a node with its neighbours. */
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

  /** The TLS options of this end for a stream to (`active`) or from (`passive`) a neighbour. */
  of(neighbour: string, role: 'active' | 'passive'): StreamTlsOptions {
    const ends = [this.#own, neighbour];
    const [client, server] = role === 'active' ? ends : ends.toReversed();
    const identity = `tcpcl ${client} ${server}`;
    const key = this.#keyOf(neighbour, identity);
    return { role: role === 'active' ? 'client' : 'server', psk: { identity, key } };
  }

  /**
   * Derives the key for streams that one of the two ends opened; the other end's streams have
   * another key, so that messages cannot be reflected to their sender.
   */
  #keyOf(neighbour: string, identity: string): Uint8Array {
    const crypto = this.#crypto;
    const secret = this.#network.identity(this.#own).secret(TLS_SECRET_NAME);
    const theirs = this.#network.identity(neighbour).publicKey(TLS_SECRET_NAME);
    const common = crypto.x25519(secret, theirs);
    wipe(secret);
    // X25519 fails only for a public key of low order, which no secret yields, so the neighbour's
    // public key is missing.
    if (common === undefined) throw new Error(`${neighbour} has no public key`);
    const info = new TextEncoder().encode(identity);
    const key = crypto.hkdfSha256({ key: common, info, length: KEY_BYTES });
    wipe(common);
    return key;
  }
}
