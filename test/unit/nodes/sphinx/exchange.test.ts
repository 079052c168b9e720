/** Key exchanges: both kinds of X25519, ML-KEM-768, and X25519 combined with ML-KEM-768. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import {
  createKeyExchange,
  type Kem,
  type KeyExchangeOption,
  x25519Kem,
  x25519Nike,
} from '../../../../nodes/sphinx/index.ts';
import { accepted, labelledBytes, TestNetwork } from './network.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
const kemOf = (name: KeyExchangeOption): Kem => createKeyExchange(crypto, name) as Kem;
const x25519 = x25519Kem(crypto);
const hybrid = kemOf('mlkem768-x25519');
const bytes = (label: string, length: number): Uint8Array => labelledBytes(crypto, label, length);

describe.each([
  ['x25519-kem', x25519],
  ['mlkem768', kemOf('mlkem768')],
  ['mlkem768-x25519', hybrid],
] as readonly (readonly [string, Kem])[])('key encapsulation by %s', (_, kem) => {
  const key = kem.openKey(bytes('private', kem.privateKeyLength));
  const { secret, ciphertext } = kem.encapsulate(key.publicKey, bytes('coins', kem.coinsLength))!;

  it('gives both sides the same secret, and lengths as it says', () => {
    expect(key.publicKey).toHaveLength(kem.publicKeyLength);
    expect(ciphertext).toHaveLength(kem.elementLength);
    expect(secret).toHaveLength(32);
    expect(key.secretOf(ciphertext)).toEqual(secret);
  });

  it('gives another secret for another ciphertext or another key', () => {
    const other = kem.openKey(bytes('other', kem.privateKeyLength));
    expect(other.secretOf(ciphertext)).not.toEqual(secret);
    for (const offset of [0, ciphertext.length - 2]) {
      const changed = ciphertext.slice();
      changed[offset]! ^= 1;
      expect(key.secretOf(changed)).not.toEqual(secret);
    }
  });

  it('17: carries packets over five hops, and a random ciphertext is mac-mismatch', () => {
    const network = new TestNetwork(crypto, kem, true);
    const packet = network.packet(5, network.payload());
    const forged = packet.slice();
    forged.set(bytes('random', kem.elementLength), 2);
    expect(network.receive(0, forged)).toEqual({ drop: 'mac-mismatch' });
    network.forward(packet, 0, 4);
    const arrived = accepted(network.arrive(packet, 5));
    expect(arrived).toMatchObject({ kind: 'deliver', payload: network.payload() });
  });
});

describe('two key encapsulations', () => {
  const low = new Uint8Array(32);

  it('give no secret where either gives none', () => {
    const key = hybrid.openKey(bytes('private', 96));
    const ciphertext = new Uint8Array(hybrid.elementLength);
    expect(key.secretOf(ciphertext)).toBeUndefined();
    const publicKey = new Uint8Array(hybrid.publicKeyLength);
    expect(hybrid.encapsulate(publicKey, bytes('coins', hybrid.coinsLength))).toBeUndefined();
  });

  it('stand in the order first, second, in keys and ciphertexts', () => {
    const key = hybrid.openKey(bytes('private', 96));
    expect(key.publicKey.slice(0, 32)).toEqual(
      x25519.openKey(bytes('private', 96).slice(0, 32)).publicKey,
    );
    const made = hybrid.encapsulate(key.publicKey, bytes('coins', hybrid.coinsLength))!;
    const coins = bytes('coins', hybrid.coinsLength).slice(0, 32);
    expect(made.ciphertext.slice(0, 32)).toEqual(crypto.x25519PublicKey(coins));
  });

  it('give nothing for a ciphertext or key of ML-KEM that is malformed', () => {
    const kem = kemOf('mlkem768');
    const key = kem.openKey(bytes('private', 64));
    expect(key.secretOf(new Uint8Array(1087))).toBeUndefined();
    // FIPS 203 section 7.2: a coefficient of 4,095 is not reduced, so the key is invalid.
    const unreduced = key.publicKey.slice().fill(0xff, 0, 3);
    expect(kem.encapsulate(unreduced, bytes('coins', 32))).toBeUndefined();
    key.wipe();
    expect(key.secretOf(new Uint8Array(1088))).toBeUndefined();
    expect(() => kem.openKey(bytes('private', 63))).toThrow(RangeError);
  });

  it('refuse the all-zero key as every X25519 here does', () => {
    expect(x25519.encapsulate(low, bytes('coins', 32))).toBeUndefined();
  });
});

describe('a wiped key', () => {
  it.each([
    ['NIKE', x25519Nike(crypto)],
    ['KEM', x25519],
  ] as const)(
    'shares no secrets, X25519 %s: its own bytes are gone, the given ones stay',
    (__, exchange) => {
      const given = bytes('private', 32);
      const key = exchange.openKey(given);
      const element = crypto.x25519PublicKey(bytes('peer', 32));
      expect(key.secretOf(element)).toHaveLength(32);
      key.wipe();
      expect(key.secretOf(element)).toBeUndefined();
      expect(given).toEqual(bytes('private', 32));
    },
  );
});
