/**
 * Attacks on keys and signatures: what remains of a secret after its use, and input on which
 * cryptographic libraries disagree (the cases themselves run with every provider in
 * `test/conformance/crypto-hostile-cases.ts` and `test/vectors/wycheproof.slow.test.ts`).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { areSecretsEqual, isSecretAt, wipe, wipeRange } from '../../engine/core/secrets.ts';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { AeadKey, CryptoProvider } from '../../engine/host/crypto.ts';
import type { Host } from '../../engine/host/host.ts';
import { KeyRing } from '../../nodes/mixnet/mix/key-ring.ts';
import type { ReplayGuardsByEpoch } from '../../nodes/mixnet/mix/replay-guards-by-epoch.ts';
import type { NodePrivateKey, PacketFormat } from '../../nodes/sphinx/index.ts';
import { advance, HOUR, Pair, SECOND, sealed } from '../unit/nodes/gateway/session-pair.ts';

/** Records every secret that passes through the port, by the array that holds it. */
class Watch {
  readonly secrets: { readonly what: string; readonly bytes: Uint8Array }[] = [];
  readonly aeads: { isWiped: boolean }[] = [];
  readonly #publicKeys = new Set<Uint8Array>();

  keep(what: string, bytes: Uint8Array): Uint8Array {
    this.secrets.push({ what, bytes });
    return bytes;
  }

  /** The recorded arrays that still contain bytes other than zero, each listed once. */
  get left(): readonly string[] {
    const left = this.secrets.filter(({ bytes }) => bytes.some((byte) => byte !== 0));
    return [...new Set(left.map(({ what }) => what))].sort();
  }

  provider(inner: CryptoProvider): CryptoProvider {
    return {
      ...inner,
      x25519: (secret, publicKey): Uint8Array | undefined => {
        this.keep('secret of an exchange', secret);
        const shared = inner.x25519(secret, publicKey);
        return shared && this.keep('shared secret', shared);
      },
      sha256: (data): Uint8Array => {
        const digest = inner.sha256(data);
        this.#publicKeys.add(digest);
        return digest;
      },
      hmacSha256: (key, data): Uint8Array => {
        const output = inner.hmacSha256(key, data);
        // Keys for MACs that go over the wire are hashes of public keys, so they are not secret.
        return this.#publicKeys.has(key) ? output : this.keep('output of HKDF', output);
      },
      aead: (name, key): AeadKey => {
        this.keep('key of an AEAD', key);
        const made = inner.aead(name, key);
        const state = { isWiped: false };
        this.aeads.push(state);
        return {
          seal: (...input) => made.seal(...input),
          open: (...input) => made.open(...input),
          wipe: (): void => {
            state.isWiped = true;
            made.wipe();
          },
        };
      },
    };
  }
}

describe('R-169: what is left of a secret', () => {
  it('is nothing of a handshake, and of session keys their two AEAD keys alone', () => {
    const watch = new Watch();
    const pair = Pair.connected({ crypto: watch.provider(createCryptoProvider('noble')) });
    expect(
      pair.b.receive(sealed(pair.a, 'hello'), { nowNs: 1, clockUs: 1_700_000_000_000_000 }),
    ).toBe('ok hello');
    expect(watch.secrets.length).toBeGreaterThan(20);
    expect(watch.left).toEqual([]);
    expect(watch.aeads.filter(({ isWiped }) => !isWiped)).toHaveLength(4);
  });

  it('is nothing of an epoch whose overlap is over, nor of a session that has closed', () => {
    const watch = new Watch();
    const pair = Pair.connected({ crypto: watch.provider(createCryptoProvider('noble')) });
    const open = (): number => watch.aeads.filter(({ isWiped }) => !isWiped).length;
    advance(pair, 0, HOUR + 20 * SECOND);
    expect(pair.a.retired.length).toBeGreaterThan(0);
    // Keys for two directions on either side, in the present epoch.
    expect(open()).toBe(4);
    pair.a.session.close();
    expect(open()).toBe(2);
    pair.b.session.close();
    expect(open()).toBe(0);
    expect(watch.left).toEqual([]);
  });

  it('is nothing of a handshake that nobody answered', () => {
    const watch = new Watch();
    const pair = new Pair({ crypto: watch.provider(createCryptoProvider('noble')) });
    pair.a.session.connect({ nowNs: 0, clockUs: 1_700_000_000_000_000 });
    expect(watch.left).not.toEqual([]);
    pair.a.session.close();
    expect(watch.left).toEqual([]);
  });

  it('is nothing in the key ring of a mix but keys that are open, and those are wiped', () => {
    const made: Uint8Array[] = [];
    const wiped: number[] = [];
    const disk = new Map<string, Uint8Array>();
    const store = {
      put: (name: string, value: Uint8Array): void => void disk.set(name, value.slice()),
      get: (name: string): Uint8Array | undefined => disk.get(name)?.slice(),
      delete: (name: string): void => void disk.delete(name),
      sync: (done: (error?: string) => void): void => done(),
    };
    const randomBytes = (length: number): Uint8Array => {
      made.push(new Uint8Array(length).fill(made.length + 1));
      return made.at(-1)!;
    };
    const openKey = ([first = 0]: Uint8Array): NodePrivateKey => ({
      publicKey: Uint8Array.of(first),
      secretOf: (): undefined => undefined,
      wipe: (): void => void wiped.push(first),
    });
    const ring = new KeyRing({
      host: { store: () => store, randomBytes } as unknown as Host,
      format: { privateKeyLength: 32, openKey } as unknown as PacketFormat,
      tags: { retire: () => undefined } as unknown as ReplayGuardsByEpoch,
      epochNs: 1_000_000_000,
    });
    ring.prepare(100, () => undefined);
    expect(made).toEqual([1, 2, 3].map(() => new Uint8Array(32)));
    ring.forgetBefore(102);
    expect(wiped).toEqual([1, 2]);
  });
});

describe('R-169: secrets are compared', () => {
  it('by content and length, wherever the difference is', () => {
    const secret = Uint8Array.from({ length: 33 }, (_, index) => index * 7);
    expect(areSecretsEqual(secret, secret.slice())).toBe(true);
    expect(areSecretsEqual(new Uint8Array(0), new Uint8Array(0))).toBe(true);
    expect(areSecretsEqual(secret, secret.subarray(1))).toBe(false);
    expect(areSecretsEqual(new Uint8Array(3), new Uint8Array(4))).toBe(false);
    for (let bit = 0; bit < 8 * secret.length; bit++) {
      const other = secret.slice();
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(areSecretsEqual(secret, other)).toBe(false);
      expect(isSecretAt(secret, 33, Uint8Array.of(9, ...other), 1)).toBe(false);
    }
    expect(isSecretAt(secret, 6, Uint8Array.of(9, ...secret), 1)).toBe(true);
    expect(isSecretAt(secret, 6, Uint8Array.of(9, ...secret), 2)).toBe(false);
  });

  it('and read to their end: a difference at the start ends nothing early', () => {
    let reads = 0;
    const counting = (bytes: Uint8Array): Uint8Array =>
      new Proxy(bytes, {
        get: (target, name) => {
          if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
          return Reflect.get(target, name, target) as unknown;
        },
      });
    const secret = new Uint8Array(16).fill(1);
    const readsOf = (other: Uint8Array): number => {
      reads = 0;
      areSecretsEqual(counting(secret), counting(other));
      return reads;
    };
    const all = [secret, secret.with(0, 0), secret.with(15, 0), new Uint8Array(16)].map(readsOf);
    expect(all).toEqual([32, 32, 32, 32]);
  });

  it('wipe leaves zeros, of the part that was named', () => {
    const [bytes, words] = [new Uint8Array(5).fill(9), new Int32Array(2).fill(-1)];
    wipe(bytes, undefined, words);
    expect([...bytes, ...words]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    const part = new Uint8Array(5).fill(9);
    wipeRange(part, 1, 3);
    expect([...part]).toEqual([9, 0, 0, 9, 9]);
  });
});
