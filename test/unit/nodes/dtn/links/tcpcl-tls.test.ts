import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../../../../../engine/core/random.ts';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { NetworkView } from '../../../../../engine/host/network-view.ts';
import type { StreamTlsOptions } from '../../../../../engine/host/stream.ts';
import { sealRecord } from '../../../../../engine/net/stream/secure-records.ts';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { TlsKeys, tlsOverheadBytes } from '../../../../../nodes/dtn/links/tcpcl-tls.ts';
import { viewWith } from '../../../../fixtures/views.ts';

const crypto = createCryptoProvider('noble');
const HONEST: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3 };
const RECORD_MAX = 16_384;

const secretOf = (host: string): Uint8Array => new Uint8Array(32).fill(HONEST[host] as number);

/** What `own` sees, who has this secret and whom the others know by its honest public key. */
function viewOf(own: string, secret: Uint8Array): NetworkView {
  return {
    ...viewWith({ hosts: [], links: [], areas: [] }),
    identity: (host) => ({
      publicKey: (): Uint8Array => crypto.x25519PublicKey(secretOf(host)),
      secret: (): Uint8Array => {
        expect(host).toBe(own);
        return secret.slice();
      },
    }),
  };
}

function keyOf(
  own: string,
  neighbour: string,
  role: 'active' | 'passive',
  secret: Uint8Array = secretOf(own),
): StreamTlsOptions {
  return new TlsKeys(own, crypto, viewOf(own, secret)).of(neighbour, role);
}

const hexOf = ({ psk }: StreamTlsOptions): string => toHex(psk!.key);

describe('the key of a stream', () => {
  it('is the same at both ends, and the end that opened the stream is the client', () => {
    const [client, server] = [keyOf('a', 'b', 'active'), keyOf('b', 'a', 'passive')];
    expect([client.role, server.role]).toEqual(['client', 'server']);
    expect(server.psk).toEqual(client.psk);
    expect(client.psk!.key.length).toBe(32);
  });

  it('differs between neighbours and between directions', () => {
    const keys = [
      keyOf('a', 'b', 'active'),
      keyOf('a', 'b', 'passive'),
      keyOf('a', 'c', 'active'),
      keyOf('b', 'c', 'active'),
    ];
    expect(new Set(keys.map(hexOf)).size).toBe(4);
    expect(new Set(keys.map(({ psk }) => psk!.identity)).size).toBe(4);
  });

  // A key made of names and public keys alone would let anybody in.
  it.each([
    ['a', 'b', 'active'],
    ['b', 'a', 'passive'],
  ] as const)('cannot be made without the secret of one of both: %s to %s', (own, far, role) => {
    const honest = keyOf(own, far, role);
    const stolen = keyOf(own, far, role, new Uint8Array(32).fill(9));
    expect(stolen.psk!.identity).toBe(honest.psk!.identity);
    expect(hexOf(stolen)).not.toBe(hexOf(honest));
  });
});

describe('what TLS adds', () => {
  it.each([1, RECORD_MAX - 1, RECORD_MAX, RECORD_MAX + 1, 3 * RECORD_MAX + 1])(
    'to %i octets is what their records have more',
    (bytes) => {
      let onLink = 0;
      for (let left = bytes; left > 0; left -= RECORD_MAX) {
        const record = new Uint8Array(Math.min(left, RECORD_MAX));
        onLink += sealRecord(new Xoshiro128([1, 2, 3, 4]), record).length;
      }
      expect(tlsOverheadBytes(bytes)).toBe(onLink - bytes);
    },
  );
});
