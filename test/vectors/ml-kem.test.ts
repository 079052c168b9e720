/**
 * ML-KEM-768 on the published vectors of Wycheproof, NIST (ACVP) and CCTV, for the functions that
 * the port offers: keys from seeds, encapsulation with given coins, decapsulation with a key from
 * its seed.
 * All providers share one implementation; the conformance suite runs each of them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { itWhole, vectorSets, vectors } from '../vectors-root.ts';

const { mlKem768 } = createCryptoProvider('noble');

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

/** From `testvectors_v1/mlkem_768_encaps_test.json` of C2SP/wycheproof. */
const ENCAPSULATIONS: readonly Encapsulation[] = [
  {
    publicKey:
      '8cf433e5048465359fd4d279ca333837969417ac794204bb3a3aa7cb512b5233758d803032bc6f9d01acb879' +
      '946bb0a4fae73f19e9b999f6910f724415411e6dc3a97058957ba2091ae87886695801d60144463acb555e63' +
      'd4975c6ca215b1cc4fd36e2796354bf33a1be40f2e8908f3014b5e881042623bd874617945',
    coins: '2ab0bfab14e3287e1512f002927672c6229b6adbf1c8f31b72ee90dc4f96a584',
    ciphertext: '',
    sharedSecret: '',
    result: 'invalid',
  },
];

/**
 * From `mlkem_768_test.json` of the same. To accept a ciphertext its key is made from the seed, and it is
 * encrypted again: a figure for both.
 */
const DECAPSULATIONS: readonly Decapsulation[] = [
  {
    seed:
      'cbfc4405d1b2a3a386c94c25e0f2d5f5ee92cb0388ff4d6aa04223086d51c3fd24752da14c9fc3b8ae0d9e4a' +
      '8b1016b8d8fc69e229c03ea2ef08a4ae0cffc37f',
    ciphertext:
      '00e96c44eb5f5380d80b4cb05d608971a28fbe838b912b558bf9676c6c67c9692ed6ea063fc47b70d5d60048' +
      '25c269b9cb8e68b5728d67f44844d97686a11154e3cbd4a6f9e47524d93d851bdce480d7762ded09be53d17c' +
      'ce3ee28dc5a06911c062b99b218355dd5822108c55e2c67f7ea0b74b6189b33b4589d8ff9d0c867d13edaaf1' +
      'c5f724675320beda3e6acc673c048fa04a1b30f899227d5a555e08a412a47b7db75eb118a8844a71b1868804' +
      '26f6bb6e77186d18e753cbcce93c9fb76c729875b4d473eeca8dab9941969faef04df9ce3178e7341eab416d' +
      '28bb7aee12bfb8f4c3df814eff45a0187329079acfc41a8e8dba7b08d111f02e37a1d2b69e57eef808fcc6ae' +
      '23385534a420a93dfb6a95c73e2f1016177c4fe9d3ced769e277293aaceded6d07efc7890eaa885bd1e73f9e' +
      '5da2b9cfda0d44cbc9090705ac2ce3e7bcd7775b593c706e45ddc97d3a65d9b7e73673f9473df5bfec689671' +
      'f73e7f6ee77c730a8ebda1f0b2c112a71904d6f28a51d8d479f8323fb485e722f5c4d5857e95989a9cbaf273' +
      'efd04fc3cbde98baa9969e095e88accecfbd12ef2155497a5b15fe91a70d1106b91a568363bfc2d6736cc813' +
      '8cbc41ddf1e54fd40511e27d89e2c26c027b63c156e2bbb998faaed3d72186f0cc626dad39a782dcda2087fd' +
      '13a9498e10b41b685646a227ea1166a5632c195983f4aba2b718b4074030d57126d34c38349892007acbea9e' +
      '393b967dc3146b270f080a1f0bee90d65a095a6352a7718ed1717a8025a2bd38c66d120baf4247676a1fe044' +
      'a57ce268c078f8ff46cc26fe4f9c7a03d6467adacb8418d26273662bce1f7bc00b906e0088e95dc0fb419e22' +
      '32e85aac77b9e7cd563e604de5e1d3e9693dcd3b19865cf4250773691e7e0af9c2755cd31f49d1f96708f3ba' +
      '2f0b98184525abb869e12d5cea0ac1740181a875035300b05a54b8d42ee3b4ae92b06e43cd807e2b096c977f' +
      '23c61ef8c989c52ed83754076dea1323f639250bef61bdf903bf7961cec89ba6942d9d0647ac9c8195d93ed8' +
      'abcedf25754644035719a5a0a1c8c0798912726a9a8258e4c10ae7485322ed9ba331f6f090c4b492a4fcf53d' +
      '753cd34f28ec0443fce0724f43c89a3942169d5099a8f7430f38691ebce2e3fe4f600d82c7ccedf60673f8e5' +
      'd4c1a9f84b8b5b23f5ed63defb6a7205e0a8b105bdc6ff4568fc78cb4456b02fedb7f4c48f6fd6b69216a331' +
      '9821039db40e19a31a0b0c9d471d5a7a73865d26f8be3595525b1ec4a8579efd07ea98e2602e2bffdfd8febc' +
      '5c7b4c736d326b5030ccc6faf9420a9c156a8f4516b9fff675459dfdcd4ef85d7adbdffd60f4a39628e399cc' +
      '752c2e99ab2f431dc765e7c9d206bfe32649fbef4ef48b1d7936fc74766d724350ee2245a8d5f23fbc6c7ed8' +
      'b57168ce1e864e49d7f8c475dcda140bd42473825b3c72eb8c54780188813011e1962a503f9b516e13226de6' +
      '375b204733b0192183c8f55e870e61cf8947c3191790bc0b657bc43aebc9d86c',
    sharedSecret: '76c10bb1d86d96d7eb18e298363e51f7728e113f455df7d15017940ed3541451',
    result: 'valid',
  },
  {
    seed:
      '9346c8be5ca2a57eb6ae5632dea509545323e7e7ffe050cc982e8df340376dfd328d97ccbe18ff5d09cbb0a8' +
      '6894ab66b15245791d77ed35c219ca7bf6d7a66d',
    ciphertext: '43d6181b',
    sharedSecret: '',
    result: 'invalid',
  },
];

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

describe('ML-KEM-768', () => {
  itWhole('makes the published keys from their seeds', () => {
    const keys = vectors<readonly Key[]>('pq/mlkem768-keygen.json');
    const { keygen } = vectors<Acvp>('pq/mlkem768-acvp.json');
    expect([keys.length, keygen.length]).toEqual([67, 17]);
    for (const { seed, publicKey, result } of keys) {
      checkKey(seed, result === 'valid' ? publicKey : undefined);
    }
    for (const { d, z, publicKey } of keygen) checkKey(d + z, publicKey);
  });

  const encapsulations = vectorSets('pq/mlkem768-encapsulate.json', ENCAPSULATIONS);
  it.each(encapsulations)('encapsulates and refuses as published, $set', ({ file, isWhole }) => {
    expect(file).toHaveLength(isWhole ? 177 : 1);
    for (const vector of file) checkEncapsulation(vector);
  });

  itWhole('encapsulates as published by NIST, and refuses keys that are malformed', () => {
    const { encapsulation } = vectors<Acvp>('pq/mlkem768-acvp.json');
    expect(encapsulation).toHaveLength(17);
    for (const vector of encapsulation) checkEncapsulation(vector);
    const { modulusInvalidPublicKeys } = vectors<Edge>('pq/mlkem768-edge.json');
    expect(modulusInvalidPublicKeys).toHaveLength(13);
    for (const { publicKey } of modulusInvalidPublicKeys) {
      expect(mlKem768.encapsulate(fromHex(publicKey), new Uint8Array(32))).toBeUndefined();
    }
  });

  const decapsulations = vectorSets('pq/mlkem768-decapsulate.json', DECAPSULATIONS);
  it.each(decapsulations)('decapsulates and rejects as published, $set', ({ file, isWhole }) => {
    expect(file).toHaveLength(isWhole ? 129 : 2);
    for (const vector of file) checkDecapsulation(vector);
  });
});
