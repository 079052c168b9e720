/**
 * The search for leaked secrets finds every leak and nothing else, because a search that finds
 * nothing would also pass. @module
 */
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { leaksIn, unpacked } from './leaks.ts';

const bytes = Buffer.from(openRandomStream(1, 'test', 'leaks').bytes(32));
const secrets = [{ name: 'key', bytes }];
const around = (text: string): string => `{"message":"${'x'.repeat(500)}${text}yy"}\n`;

describe('the search for secrets', () => {
  it.each([
    ['hex', bytes.toString('hex')],
    ['hex', bytes.toString('hex').toUpperCase()],
    ['base64', bytes.toString('base64')],
    ['base64', Buffer.concat([Buffer.from('a'), bytes]).toString('base64')],
    ['base64', Buffer.concat([Buffer.from('ab'), bytes, Buffer.from('c')]).toString('base64')],
    ['base64url', Buffer.concat([Buffer.from('abcd'), bytes]).toString('base64url')],
    ['UTF-8', bytes.toString('utf8')],
    ['Latin-1', bytes.toString('latin1')],
    ['numbers', JSON.stringify([...bytes])],
    ['numbers', JSON.stringify(new Uint8Array(bytes))],
    ['numbers', inspect(new Uint8Array(bytes))],
    ['hex', `first half only: ${bytes.subarray(0, 16).toString('hex')}`],
    ['hex', `second half only: ${bytes.subarray(16).toString('hex')}`],
  ])('finds a key as %s: %#', (writing, text) => {
    expect(leaksIn(around(text), secrets)).toContain(`key as ${writing}`);
  });

  it('finds raw and compressed bytes of a file', () => {
    expect(leaksIn(Buffer.concat([Buffer.from('abc'), bytes]), secrets)).toContain('key as bytes');
    const file = Buffer.concat([Buffer.from('ORR1'), gzipSync(bytes), gzipSync('another')]);
    expect(leaksIn(file, secrets)).toEqual([]);
    expect(leaksIn(unpacked(file), secrets)).toContain('key as bytes');
  });

  it('finds nothing where one bit differs in each half', () => {
    const other = Buffer.from(bytes);
    for (const at of [7, 23]) other[at] = (other[at] as number) ^ 1;
    for (const encoding of ['hex', 'base64', 'base64url', 'utf8', 'latin1'] as const) {
      expect(leaksIn(around(other.toString(encoding)), secrets)).toEqual([]);
    }
    expect(leaksIn(JSON.stringify([...other]), secrets)).toEqual([]);
  });
});
