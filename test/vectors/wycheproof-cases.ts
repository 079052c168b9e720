/**
 * How each Wycheproof file (C2SP/wycheproof, `testvectors_v1`) is run with a provider. A case is
 * `computed`, or `refused` with a RangeError because the port does not support its parameters.
 *
 * @module
 */
import { expect } from 'vitest';
import type { AeadName, CryptoProvider, HkdfInput } from '../../engine/host/crypto.ts';
import type { RunningHash } from '../../engine/host/crypto-states.ts';
import { concatBytes, fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import { gcmSeal } from '../conformance/crypto-compositions.ts';

/** A case of any file; all values are hexadecimal, except sizes. */
export interface WycheproofCase {
  readonly tcId: number;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'acceptable' | 'invalid';
  readonly size: number;
  readonly [name: string]: unknown;
}

/** Cases with common parameters; sizes are in bits. */
export interface WycheproofGroup {
  readonly ivSize?: number;
  readonly keySize?: number;
  readonly tagSize?: number;
  readonly publicKey?: { readonly pk?: string; readonly uncompressed?: string };
  readonly tests: readonly WycheproofCase[];
}

/** The parts of a file that are run. */
export interface WycheproofFile {
  readonly numberOfTests: number;
  readonly testGroups: readonly WycheproofGroup[];
}

/** The outcome of a case. */
export type Outcome = 'computed' | 'refused';

type Check<P> = (crypto: P, group: WycheproofGroup, one: WycheproofCase) => Outcome;

/**
 * A file, its check, and the number of its cases with each outcome; any other number is an error.
 */
export interface WycheproofSuite<P = CryptoProvider> {
  readonly file: string;
  readonly computed: number;
  readonly refused: number;
  readonly check: Check<P>;
}

/** Runs all cases of a file. @returns the number of cases by outcome. */
export function runFile<P>(
  suite: WycheproofSuite<P>,
  crypto: P,
  { testGroups, numberOfTests }: WycheproofFile,
): Record<Outcome, number> {
  const outcomes = { computed: 0, refused: 0 };
  for (const group of testGroups) {
    expect(group.tests.length, 'a group without cases').toBeGreaterThan(0);
    for (const one of group.tests) {
      try {
        outcomes[suite.check(crypto, group, one)] += 1;
      } catch (error) {
        throw new Error(`${suite.file} case ${one.tcId}, ${one.result}`, { cause: error });
      }
    }
  }
  expect(outcomes.computed + outcomes.refused).toBe(numberOfTests);
  return outcomes;
}

function bytes(one: WycheproofCase, name: string): Uint8Array {
  const text = one[name];
  expect(typeof text, `case ${one.tcId} has ${name}`).toBe('string');
  return fromHex(text as string);
}

/** The port supports nonces of 96 bits only, and no AES-192. */
function aead(
  crypto: Pick<CryptoProvider, 'aead'>,
  group: WycheproofGroup,
  one: WycheproofCase,
  name: AeadName,
): Outcome {
  const [nonce, associated, text] = [bytes(one, 'iv'), bytes(one, 'aad'), bytes(one, 'msg')];
  const sealed = concatBytes(bytes(one, 'ct'), bytes(one, 'tag'));
  const out = new Uint8Array(text.length + 16);
  if (group.ivSize !== 96 || group.keySize === 192) {
    expect(() => crypto.aead(name, bytes(one, 'key')).seal(nonce, associated, text, out)).toThrow(
      RangeError,
    );
    return 'refused';
  }
  const key = crypto.aead(name, bytes(one, 'key'));
  const opened = new Uint8Array(Math.max(0, sealed.length - 16));
  if (one.result === 'invalid') {
    expect(key.open(nonce, associated, sealed, opened)).toBe(-1);
    return 'computed';
  }
  expect(key.seal(nonce, associated, text, out)).toBe(sealed.length);
  expect(toHex(out)).toBe(toHex(sealed));
  expect(key.open(nonce, associated, sealed, opened)).toBe(text.length);
  expect(toHex(opened)).toBe(one['msg']);
  return 'computed';
}

/** AES-GCM by its definition, of an AES block, a key stream and POLYVAL. */
function composedGcm(crypto: CryptoProvider, group: WycheproofGroup, one: WycheproofCase): Outcome {
  const key = bytes(one, 'key');
  if (group.keySize === 192) {
    expect(() => crypto.aesBlock(key)).toThrow(RangeError);
    return 'refused';
  }
  if (group.ivSize !== 96) return 'refused';
  const [nonce, associatedData] = [bytes(one, 'iv'), bytes(one, 'aad')];
  const plaintext = bytes(one, 'msg');
  const sealed = toHex(gcmSeal(crypto, { key, nonce, plaintext, associatedData }));
  expect(sealed === `${one['ct']}${one['tag']}`).toBe(one.result === 'valid');
  return 'computed';
}

function mac(one: WycheproofCase, group: WycheproofGroup, tag: Uint8Array): Outcome {
  const cut = toHex(tag.subarray(0, (group.tagSize ?? 0) / 8));
  expect(cut === one['tag']).toBe(one.result === 'valid');
  return 'computed';
}

/** Keys that RFC 3394 can wrap; the file calls those of 8 bytes `acceptable`. */
function keyWrap(crypto: CryptoProvider, one: WycheproofCase): Outcome {
  const [wrapping, key] = [bytes(one, 'key'), bytes(one, 'msg')];
  const opened = crypto.aesKeyUnwrap(wrapping, bytes(one, 'ct'));
  expect(opened && toHex(opened)).toBe(one.result === 'valid' ? one['msg'] : undefined);
  if (key.length < 16 || key.length % 8 > 0) {
    expect(() => crypto.aesKeyWrap(wrapping, key)).toThrow(RangeError);
    return 'refused';
  }
  expect(toHex(crypto.aesKeyWrap(wrapping, key)) === one['ct']).toBe(one.result === 'valid');
  return 'computed';
}

/** RFC 2104 section 2 over a hash function that the port offers only by itself. */
function hmacOver(
  hash: (data: Uint8Array) => Uint8Array,
  { block, key, data }: { block: number; key: Uint8Array; data: Uint8Array },
): Uint8Array {
  const padded = new Uint8Array(block);
  padded.set(key.length > block ? hash(key) : key);
  const inner = padded.map((byte) => byte ^ 0x36);
  const outer = padded.map((byte) => byte ^ 0x5c);
  return hash(concatBytes(outer, hash(concatBytes(inner, data))));
}

/** The hash function that a running hash takes in two parts. */
const inTwoParts =
  (open: () => RunningHash) =>
  (data: Uint8Array): Uint8Array => {
    const hash = open();
    const half = data.length >> 1;
    hash.update(data.subarray(0, half));
    hash.update(data.subarray(half));
    return hash.digest();
  };

function hkdf(derive: () => Uint8Array, one: WycheproofCase): Outcome {
  if (one.result === 'invalid') {
    // RFC 5869 section 2.3: at most 255 blocks.
    expect(derive).toThrow(RangeError);
    return 'refused';
  }
  expect(toHex(derive())).toBe(one['okm']);
  return 'computed';
}

const hkdfInput = (one: WycheproofCase): Required<HkdfInput> => ({
  key: bytes(one, 'ikm'),
  salt: bytes(one, 'salt'),
  info: bytes(one, 'info'),
  length: one.size,
});

const x25519: WycheproofSuite<Pick<CryptoProvider, 'x25519'>> = {
  file: 'x25519_test.json',
  computed: 518,
  refused: 0,
  check: (crypto, _group, one) => {
    const shared = crypto.x25519(bytes(one, 'private'), bytes(one, 'public'));
    // RFC 7748 section 6.1: an all-zero result is `acceptable` there, and undefined here.
    const isZero = one.flags.includes('ZeroSharedSecret');
    expect(shared && toHex(shared)).toBe(isZero ? undefined : one['shared']);
    return 'computed';
  },
};

const chacha20Poly1305: WycheproofSuite<Pick<CryptoProvider, 'aead'>> = {
  file: 'chacha20_poly1305_test.json',
  computed: 316,
  refused: 9,
  check: (crypto, group, one) => aead(crypto, group, one, 'chacha20-poly1305'),
};

const aesCmac: WycheproofSuite<Pick<CryptoProvider, 'aesCmac'>> = {
  file: 'aes_cmac_test.json',
  computed: 102,
  refused: 209,
  check: (crypto, group, one) => {
    if (group.keySize !== 128) {
      expect(() => crypto.aesCmac(bytes(one, 'key'))).toThrow(RangeError);
      return 'refused';
    }
    const tag = new Uint8Array(16);
    crypto.aesCmac(bytes(one, 'key')).tag(bytes(one, 'msg'), tag);
    return mac(one, group, tag);
  },
};

/** Every file that is run with the providers. */
export const suites: readonly WycheproofSuite[] = [
  x25519,
  {
    ...x25519,
    check: (crypto, _group, one) => {
      const shared = crypto.x25519Key(bytes(one, 'private')).sharedSecret(bytes(one, 'public'));
      const isZero = one.flags.includes('ZeroSharedSecret');
      expect(shared && toHex(shared)).toBe(isZero ? undefined : one['shared']);
      return 'computed';
    },
  },
  chacha20Poly1305,
  aesCmac,
  {
    file: 'aes_gcm_test.json',
    computed: 133,
    refused: 183,
    check: (crypto, group, one) =>
      aead(crypto, group, one, group.keySize === 256 ? 'aes-256-gcm' : 'aes-128-gcm'),
  },
  {
    file: 'aes_gcm_test.json',
    computed: 133,
    refused: 183,
    check: composedGcm,
  },
  {
    file: 'ed25519_test.json',
    computed: 151,
    refused: 0,
    check: (crypto, group, one) => {
      const key = fromHex(group.publicKey?.pk ?? '');
      expect(key).toHaveLength(32);
      const [message, signature] = [bytes(one, 'msg'), bytes(one, 'sig')];
      const isValid = crypto.ed25519Verify(key, message, signature);
      expect(isValid).toBe(one.result === 'valid');
      expect(crypto.ed25519Verifier(key).verify(message, signature)).toBe(isValid);
      return 'computed';
    },
  },
  {
    file: 'ecdsa_secp256r1_sha256_p1363_test.json',
    computed: 262,
    refused: 0,
    check: (crypto, group, one) => {
      const key = fromHex(group.publicKey?.uncompressed ?? '');
      expect(key).toHaveLength(65);
      const [message, signature] = [bytes(one, 'msg'), bytes(one, 'sig')];
      const isValid = crypto.p256Verify(key, message, signature);
      expect(isValid).toBe(one.result === 'valid');
      expect(crypto.p256Verifier(key).verify(message, signature)).toBe(isValid);
      return 'computed';
    },
  },
  {
    file: 'hkdf_sha256_test.json',
    computed: 83,
    refused: 3,
    check: (crypto, _group, one) => hkdf(() => crypto.hkdfSha256(hkdfInput(one)), one),
  },
  {
    file: 'hkdf_sha512_test.json',
    computed: 80,
    refused: 3,
    check: (crypto, _group, one) => hkdf(() => crypto.hkdfSha512(hkdfInput(one)), one),
  },
  {
    file: 'hmac_sha256_test.json',
    computed: 174,
    refused: 0,
    check: (crypto, group, one) =>
      mac(one, group, crypto.hmacSha256(bytes(one, 'key'), bytes(one, 'msg'))),
  },
  {
    file: 'hmac_sha512_test.json',
    computed: 174,
    refused: 0,
    check: (crypto, group, one) =>
      mac(one, group, crypto.hmacSha512(bytes(one, 'key'), bytes(one, 'msg'))),
  },
  {
    file: 'hmac_sha384_test.json',
    computed: 174,
    refused: 0,
    check: (crypto, group, one) =>
      mac(one, group, crypto.hmacSha384(bytes(one, 'key'), bytes(one, 'msg'))),
  },
  {
    file: 'hmac_sha3_256_test.json',
    computed: 174,
    refused: 0,
    check: (crypto, group, one) => {
      // FIPS 202 table 3: blocks of 136 bytes.
      const message = { block: 136, key: bytes(one, 'key'), data: bytes(one, 'msg') };
      return mac(one, group, hmacOver(crypto.sha3_256, message));
    },
  },
  {
    file: 'hmac_sha3_256_test.json',
    computed: 174,
    refused: 0,
    check: (crypto, group, one) => {
      const message = { block: 136, key: bytes(one, 'key'), data: bytes(one, 'msg') };
      return mac(one, group, hmacOver(inTwoParts(crypto.running.sha3_256), message));
    },
  },
  {
    file: 'hmac_sha256_test.json',
    computed: 174,
    refused: 0,
    check: (crypto, group, one) => {
      const message = { block: 64, key: bytes(one, 'key'), data: bytes(one, 'msg') };
      return mac(one, group, hmacOver(inTwoParts(crypto.running.sha256), message));
    },
  },
  {
    file: 'aes_wrap_test.json',
    computed: 111,
    refused: 54,
    check: (crypto, _group, one) => keyWrap(crypto, one),
  },
];

/** The primitives that {@link wasmSuites} use. */
export type WasmSubject = Pick<
  CryptoProvider,
  'aead' | 'aesCmac' | 'hkdfExpandSha256' | 'hmacSha256' | 'x25519'
>;

/** The files whose primitive this project implements in WebAssembly. */
export const wasmSuites: readonly WycheproofSuite<WasmSubject>[] = [
  x25519,
  chacha20Poly1305,
  aesCmac,
  {
    file: 'hkdf_sha256_test.json',
    computed: 83,
    refused: 3,
    // RFC 5869 section 2.2 uses HMAC, which is not in WebAssembly; section 2.3 is.
    check: (crypto, _group, one) => {
      const { key, salt, info, length } = hkdfInput(one);
      const pseudorandom = crypto.hmacSha256(salt, key);
      return hkdf(() => crypto.hkdfExpandSha256({ key: pseudorandom, info, length }), one);
    },
  },
];
