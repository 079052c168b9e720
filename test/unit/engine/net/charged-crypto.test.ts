import { describe, expect, it } from 'vitest';
import { provider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { ChargedCrypto } from '../../../../engine/net/charged-crypto.ts';

const noble = provider('noble');
const KEY = new Uint8Array(32).fill(1);
const DATA = new Uint8Array(100).fill(2);
const WRAPPED = noble.aesKeyWrap(KEY, KEY);

type Call = (crypto: CryptoProvider) => unknown;

/** A call, the operation that it is charged as, and its bytes. */
const calls: readonly (readonly [string, number, Call])[] = [
  ['sha384', 100, (crypto): unknown => crypto.sha384(DATA)],
  ['sha3_256', 100, (crypto): unknown => crypto.sha3_256(DATA)],
  ['hmacSha384', 100, (crypto): unknown => crypto.hmacSha384(KEY, DATA)],
  ['aesKeyWrap', 32, (crypto): unknown => crypto.aesKeyWrap(KEY, KEY)],
  ['aesKeyUnwrap', 40, (crypto): unknown => crypto.aesKeyUnwrap(KEY, WRAPPED)],
  // A sponge works for its output as for its input.
  ['shake256', 100 + 1_000, (crypto): unknown => crypto.shake256(DATA, 1_000)],
];

describe('a charged crypto provider', () => {
  it.each(calls)('charges %s for %i bytes, and returns what the provider does', (...one) => {
    const [operation, bytes, call] = one;
    const charged: [string, number][] = [];
    const crypto = new ChargedCrypto(noble, {
      chargeCrypto: (...charge): void => void charged.push(charge),
    });
    expect(call(crypto)).toEqual(call(noble));
    expect(charged).toEqual([[operation, bytes]]);
  });
});
