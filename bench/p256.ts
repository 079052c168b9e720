/**
 * P-256 signatures of this project, with prepared keys, measured alternately with those of OpenSSL alone:
 * OpenSSL signs with random nonces, this project with the nonces of RFC 6979.
 *
 * `npm run bench -- p256`
 *
 * @module
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { createCryptoProvider } from '../engine/crypto/index.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

export const name = 'p256';

const ROUNDS = 15;
const CALLS = 100;
/** A signed entry of a path segment. */
const MESSAGE: Uint8Array = new Uint8Array(250).fill(7);
const SECRET: Uint8Array = new Uint8Array(32).fill(0x42);
const SIGN_TARGET = 8;
const VERIFY_TARGET = 1.5;

type Call = () => unknown;

/** Two lines each for signing and verifying: the time, and its multiple of OpenSSL's. */
export function run(): BenchResult[] {
  const crypto = createCryptoProvider('node', { timing: 'constant' });
  const key = crypto.p256Key(SECRET);
  const publicKey = crypto.p256Verifier(key.publicKey);
  const signature = key.sign(MESSAGE);
  const openssl = opensslKeys(key.publicKey);
  requireEqual('the verdict of OpenSSL', `${openssl.verify(signature)}`, 'true');
  return [
    ...compare('sign', { own: () => key.sign(MESSAGE), other: openssl.sign, target: SIGN_TARGET }),
    ...compare('verify', {
      own: () => publicKey.verify(MESSAGE, signature),
      other: () => openssl.verify(signature),
      target: VERIFY_TARGET,
    }),
  ];
}

function opensslKeys(point: Uint8Array): {
  readonly sign: Call;
  readonly verify: (signature: Uint8Array) => boolean;
} {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  const [x, y] = [text(point.subarray(1, 33)), text(point.subarray(33))];
  const jwk = { kty: 'EC', crv: 'P-256', x, y, d: text(SECRET) };
  const dsaEncoding = 'ieee-p1363' as const;
  const secret = { key: createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding };
  const open = { key: createPublicKey(secret.key), dsaEncoding };
  return {
    sign: () => sign('sha256', MESSAGE, secret),
    verify: (signature) => verify('sha256', MESSAGE, open, signature),
  };
}

function compare(
  what: string,
  { own, other, target }: { readonly own: Call; readonly other: Call; readonly target: number },
): BenchResult[] {
  // The first pair is the warm-up.
  const pairs = Array.from({ length: ROUNDS + 1 }, () => [timeOf(own), timeOf(other)] as const);
  pairs.shift();
  const times = spreadOf(pairs.map(([ours]) => ours));
  const ratios = spreadOf(pairs.map(([ours, theirs]) => ours / theirs));
  return [
    { name: `P-256 ${what}, opened key`, unit: 'us/message', ...times },
    { name: `P-256 ${what} over OpenSSL`, unit: 'x', ...ratios, target },
  ];
}

function timeOf(call: Call): number {
  const us = cpuTimeUs(() => {
    for (let index = 0; index < CALLS; index += 1) call();
  });
  return us / CALLS;
}
