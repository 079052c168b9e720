/**
 * Calls of objects that keep a state: key streams, AES blocks and running hashes, by the names under
 * which the processor model charges them.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { RunningHash } from '../../engine/host/crypto-states.ts';

const BLOCK_BYTES = 16;

/** Calls whose cost grows with the length of their data. */
export function perByteCryptoCalls(
  crypto: CryptoProvider,
): Readonly<Record<string, (data: Uint8Array) => unknown>> {
  const key = new Uint8Array(BLOCK_BYTES).fill(1);
  const stream = crypto.aesCtrStream(key, key);
  return {
    aesCtrApply: (data) => stream.apply(data, 0, data.length),
    polyval: (data) => crypto.polyval(key, data),
    ...named('Update', crypto, (hash, data: Uint8Array) => hash.update(data)),
  };
}

/** Calls whose cost does not depend on a length. */
export function fixedCostCryptoCalls(
  crypto: CryptoProvider,
): Readonly<Record<string, () => unknown>> {
  const key = new Uint8Array(BLOCK_BYTES).fill(1);
  const block = new Uint8Array(BLOCK_BYTES);
  const cipher = crypto.aesBlock(key);
  const hash = crypto.running.sha256();
  return {
    aesCtrStream: () => crypto.aesCtrStream(key, key),
    // The call includes the first block, because a provider may expand the key only then.
    aesBlock: () => crypto.aesBlock(key).encrypt(block),
    aesBlockCall: () => cipher.encrypt(block),
    hashState: () => hash.copy(),
    ...named('Digest', crypto, (one) => one.digest()),
  };
}

/**
 * One entry for each running hash and each legacy hash, under the name `<hash><ending>`: it calls
 * `call` with that hash, opened once.
 */
function named<T extends readonly unknown[]>(
  ending: string,
  { running, legacy }: CryptoProvider,
  call: (hash: RunningHash, ...input: T) => unknown,
): Readonly<Record<string, (...input: T) => unknown>> {
  const calls = Object.entries({ ...running, ...legacy }).map(([name, open]) => {
    const hash = open();
    return [`${name}${ending}`, (...input: T): unknown => call(hash, ...input)] as const;
  });
  return Object.fromEntries(calls);
}
