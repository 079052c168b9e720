/**
 * Processor time of the cryptography of a handshake with `crypto: modelled`, measured alternately with that of real
 * cryptography.
 *
 * `npm run bench -- handshake`
 *
 * @module
 */
import { createCryptoProvider } from '../engine/crypto/index.ts';
import type { CryptoProvider } from '../engine/host/crypto.ts';
import { type BenchResult, cpuTimeUs, requireEqual, spreadOf } from './bench-result.ts';

export const name = 'handshake';

const ROUNDS = 9;
/** Number of handshakes per measurement; modelled ones are short, so that more are needed. */
const CALLS = { modelled: 400, real: 40 } as const;
/** A modelled handshake costs at most a tenth of the real one. */
const TARGET = 0.1;
const MESSAGE: Uint8Array = new Uint8Array(250).fill(7);
const [OWN, PEER] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array];

/** Performs a handshake with prepared keys; returns true if all its checks passed. */
type Handshake = () => boolean;

const HANDSHAKES: Readonly<Record<string, (crypto: CryptoProvider) => Handshake>> = {
  'ML-KEM-768, ML-DSA-65': postQuantum,
  'P-256 signature': certificate,
};

/** Two lines for each handshake: the time of the modelled one, and its multiple of the real one's time. */
export function run(): BenchResult[] {
  const real = createCryptoProvider('node', { timing: 'simulation' });
  const modelled = createCryptoProvider('modelled');
  return Object.entries(HANDSHAKES).flatMap(([what, make]) =>
    compare(what, make(modelled), make(real)),
  );
}

function postQuantum(crypto: CryptoProvider): Handshake {
  const encapsulate = encapsulating(crypto);
  const key = crypto.mlDsa65.openKey(OWN);
  const input = { message: MESSAGE };
  return () => encapsulate() && crypto.mlDsa65.verify(key.publicKey, input, key.sign(input, PEER));
}

/** An exchange by ML-KEM: a fresh key, a ciphertext for that key, and the shared secret. */
function encapsulating({ mlKem768, equal }: CryptoProvider): Handshake {
  const seed = new Uint8Array(64);
  return () => {
    const key = mlKem768.openKey(seed);
    const made = key && mlKem768.encapsulate(key.publicKey, OWN);
    return made !== undefined && equal(made.secret, key?.decapsulate(made.ciphertext) ?? OWN);
  };
}

/** An entry of a path segment: one side signs it, the other verifies it. */
function certificate(crypto: CryptoProvider): Handshake {
  const key = crypto.p256Key(OWN);
  const publicKey = crypto.p256Verifier(key.publicKey);
  return () => publicKey.verify(MESSAGE, key.sign(MESSAGE));
}

function compare(what: string, modelled: Handshake, real: Handshake): BenchResult[] {
  // The first pair is the warm-up.
  const pairs = Array.from(
    { length: ROUNDS + 1 },
    () => [timeOf(modelled, CALLS.modelled), timeOf(real, CALLS.real)] as const,
  );
  pairs.shift();
  const times = spreadOf(pairs.map(([ours]) => ours));
  const ratios = spreadOf(pairs.map(([ours, theirs]) => ours / theirs));
  return [
    { name: `${what}, modelled`, unit: 'us/handshake', ...times },
    { name: `${what}, modelled over real`, unit: 'x', ...ratios, target: TARGET },
  ];
}

function timeOf(handshake: Handshake, calls: number): number {
  let held = 0;
  const us = cpuTimeUs(() => {
    for (let index = 0; index < calls; index += 1) held += handshake() ? 1 : 0;
  });
  requireEqual('the number of handshakes that held', held, calls);
  return us / calls;
}
