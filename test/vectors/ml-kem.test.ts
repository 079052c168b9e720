/**
 * ML-KEM-768 on the published vectors of Wycheproof, NIST (ACVP) and CCTV, for the functions that
 * the port offers: keys from seeds, encapsulation with given coins, decapsulation with a key from
 * its seed.
 * All providers share one implementation; the conformance suite runs each of them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { provider } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

const { mlKem768 } = provider('noble');

interface Key {
  readonly seed: string;
  readonly publicKey: string;
  readonly result: 'valid' | 'invalid';
}

interface Encapsulation {
  readonly publicKey: string;
  readonly coins: string;
  readonly ciphertext: string;
  readonly sharedSecret: string;
  readonly result?: 'valid' | 'invalid';
}

interface Decapsulation {
  readonly seed: string;
  readonly ciphertext: string;
  readonly sharedSecret: string;
  readonly result: 'valid' | 'invalid';
}

interface Acvp {
  readonly keygen: readonly {
    readonly d: string;
    readonly z: string;
    readonly publicKey: string;
  }[];
  readonly encapsulation: readonly Encapsulation[];
}

interface Edge {
  readonly modulusInvalidPublicKeys: readonly { readonly publicKey: string }[];
}

function checkKey(seed: string, publicKey: string | undefined): void {
  const key = mlKem768.openKey(fromHex(seed));
  expect(key && toHex(key.publicKey)).toBe(publicKey);
}

function checkEncapsulation(vector: Encapsulation): void {
  const made = mlKem768.encapsulate(fromHex(vector.publicKey), fromHex(vector.coins));
  if (vector.result === 'invalid') expect(made).toBeUndefined();
  else {
    expect(toHex(made!.ciphertext)).toBe(vector.ciphertext);
    expect(toHex(made!.secret)).toBe(vector.sharedSecret);
  }
}

function checkDecapsulation({ seed, ciphertext, sharedSecret, result }: Decapsulation): void {
  const secret = mlKem768.openKey(fromHex(seed))?.decapsulate(fromHex(ciphertext));
  if (result === 'invalid') expect(secret).toBeUndefined();
  else expect(toHex(secret!)).toBe(sharedSecret);
}

describe.runIf(hasVectors)('ML-KEM-768', () => {
  it('makes the published keys from their seeds', () => {
    const keys = vectors<readonly Key[]>('pq/mlkem768-keygen.json');
    const { keygen } = vectors<Acvp>('pq/mlkem768-acvp.json');
    expect([keys.length, keygen.length]).toEqual([67, 17]);
    for (const { seed, publicKey, result } of keys) {
      checkKey(seed, result === 'valid' ? publicKey : undefined);
    }
    for (const { d, z, publicKey } of keygen) checkKey(d + z, publicKey);
  });

  it('encapsulates as published, and refuses keys that are malformed', () => {
    const all = vectors<readonly Encapsulation[]>('pq/mlkem768-encapsulate.json');
    const { encapsulation } = vectors<Acvp>('pq/mlkem768-acvp.json');
    expect([all.length, encapsulation.length]).toEqual([177, 17]);
    for (const vector of [...all, ...encapsulation]) checkEncapsulation(vector);
    const { modulusInvalidPublicKeys } = vectors<Edge>('pq/mlkem768-edge.json');
    expect(modulusInvalidPublicKeys).toHaveLength(13);
    for (const { publicKey } of modulusInvalidPublicKeys) {
      expect(mlKem768.encapsulate(fromHex(publicKey), new Uint8Array(32))).toBeUndefined();
    }
  });

  it('decapsulates as published, rejected ciphertexts to the published secrets too', () => {
    const all = vectors<readonly Decapsulation[]>('pq/mlkem768-decapsulate.json');
    expect(all).toHaveLength(129);
    for (const vector of all) checkDecapsulation(vector);
  });
});
