/**
 * Each line that the benchmark prints for a part of a hop measures that part: if one function of
 * the provider is slow, the lines of the parts that call it grow by that much, and no other line
 * does.
 */
import { describe, expect, it } from 'vitest';
import type { BenchResult } from '../../../bench/bench-result.ts';
import { hopParts } from '../../../bench/sphinx.ts';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import type { CryptoProvider, X25519Key } from '../../../engine/host/crypto.ts';

const BATCH_US = 500;
/** Additional CPU time of a slow function, us: ten times the largest part. */
const SLOW_US = 600;

/** Keeps the processor busy for a given CPU time in microseconds. */
function burn(us: number): void {
  const began = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(began);
    if (user + system >= us) return;
  }
}

/** A key exchange that is slow when a key is used, not when it is opened. */
function slowExchange(key: X25519Key): X25519Key {
  return {
    ...key,
    sharedSecret: (publicKey): Uint8Array | undefined => {
      burn(SLOW_US);
      return key.sharedSecret(publicKey);
    },
  };
}

/** A provider in which one function is slow. */
function slowed(name: keyof CryptoProvider): CryptoProvider {
  return new Proxy(createCryptoProvider('node'), {
    get(target, key): unknown {
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== 'function') return value;
      const call = value as (...words: unknown[]) => unknown;
      return (...words: unknown[]): unknown => {
        const result = call.apply(target, words);
        if (key !== name) return result;
        if (key === 'x25519Key') return slowExchange(result as X25519Key);
        burn(SLOW_US);
        return result;
      };
    },
  });
}

const partOf = ({ name }: BenchResult): string => name.trim().split(',')[0] ?? '';

/** Names of the lines with a larger value than the slow function takes. */
function longParts(name: keyof CryptoProvider): string[] {
  return hopParts(slowed(name), 'x25519', BATCH_US)
    .filter(({ value }) => value >= SLOW_US)
    .map(partOf);
}

describe('R-133: the printed cost of a hop', () => {
  it('has a line for each part: key exchange, blinding, KDF, MAC, stream, tag, payload', () => {
    const names = hopParts(createCryptoProvider('node'), 'x25519', BATCH_US).map(partOf);
    expect(names).toEqual(['DH', 'blinding', 'KDF', 'MAC', 'stream', 'replay tag', 'AEZ']);
  });

  it.each([
    ['x25519Key', ['DH']],
    ['x25519', ['blinding']],
    ['hmacSha256', ['MAC']],
    ['hkdfExpandSha256', ['KDF']],
    ['aesCtr', ['stream']],
    ['sha512Over256', ['replay tag']],
    ['aez', ['AEZ']],
  ] as const)('a slow %s shows in %j and nowhere else', (name, parts) => {
    expect(longParts(name)).toEqual(parts);
  });
});
