/**
 * The log of a node process: keys in any encoding, control characters and endless lines. @module
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { scrubSecrets } from '../../engine/live/scrub.ts';
import { repositoryFiles } from '../architecture/files.ts';

/** Makes keys of a given length from a random stream of this test. */
function keys(count: number, length: number): readonly Buffer[] {
  const draws = openRandomStream(1, 'test', `keys-${length}`);
  return Array.from({ length: count }, () =>
    Buffer.from(Array.from({ length }, () => Math.floor(draws.uniform() * 256))),
  );
}

describe('a key in a message', () => {
  it.each([
    ['hex', 'hex', 1],
    ['base64', 'base64', 1],
    ['base64url', 'base64url', 0.99],
  ] as const)('of 16 or 32 bytes in %s is not written', (_, encoding, share) => {
    for (const length of [16, 32]) {
      const texts = keys(1_000, length).map((key) => key.toString(encoding));
      const kept = texts.filter((text) => scrubSecrets(`the key ${text} of alice`).includes(text));
      expect(kept.length, `${encoding}, ${length} bytes`).toBeLessThanOrEqual(1_000 * (1 - share));
    }
  });

  it('in base64url is not written inside an address, a header or quotes either', () => {
    for (const key of keys(50, 32)) {
      const text = key.toString('base64url');
      for (const around of [`https://x.example/?psk=${text}&a=1`, `Bearer ${text}`, `"${text}"`]) {
        expect(scrubSecrets(around)).not.toContain(text.slice(0, 20));
      }
    }
  });
});

describe('a payload in a message', () => {
  it.each(['hex', 'base64', 'base64url'] as const)(
    'is not written in %s, whatever its length',
    (encoding) => {
      for (const length of [48, 100, 301, 1_000]) {
        for (const payload of keys(20, length)) {
          const text = scrubSecrets(`sends ${payload.toString(encoding)} to bob`);
          const left = text
            .replace('sends', '')
            .replace('to bob', '')
            .replaceAll(/\[(\d+ )?bytes\]/g, '');
          // What remains of the key reveals less than six bytes.
          expect(left.trim().length, text).toBeLessThan(8);
        }
      }
    },
  );
});

describe('a message', () => {
  it('keeps names, however long they are', () => {
    const names = [
      'br1-ff00_0_110-1--br1-ff00_0_111-12',
      'gateway-111-to-gateway-211-over-core-310',
      'AuthenticationFailedTwice2Times',
      'antireplay.false_reject_of_gateway-111',
      '550e8400-e29b-41d4-a716-446655440000',
      'g'.repeat(60),
      'G'.repeat(60),
      'gateway-111'.repeat(5),
    ];
    for (const name of names) expect(scrubSecrets(name)).toBe(name);
    for (const { path } of repositoryFiles()) expect(scrubSecrets(path)).toBe(path);
    for (const name of readdirSync('nodes')) expect(scrubSecrets(name)).toBe(name);
  });
});
