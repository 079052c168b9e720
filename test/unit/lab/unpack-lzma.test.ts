import { expect, it } from 'vitest';
import { unpackLzma } from '../../../lab/run/unpack-lzma.ts';

const { compress } = (await import('lzma1' as string)) as {
  readonly compress: (bytes: Uint8Array, mode: number) => Uint8Array;
};

/** Repetitions near and far, of one byte and of many, and bytes without any. */
function mixedBytes(): Uint8Array {
  const bytes = new Uint8Array(60_000);
  let state = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    state = (state * 48_271) % 0x7fff_ffff;
    const back = 1 + (state % 50_000);
    const isCopy = (at >> 6) % 3 > 0 && back <= at;
    bytes[at] = isCopy ? (bytes[at - ((at >> 9) % 2 === 0 ? 40 : 20_000)] ?? 7) : state & 0xff;
  }
  return bytes;
}

it.each([
  ['text', new TextEncoder().encode('the same words and the same words, again '.repeat(20))],
  ['one byte', new Uint8Array(1_000)],
  ['mixed bytes', mixedBytes()],
])('unpacks %s', (_what, bytes) => {
  expect(Buffer.from(unpackLzma(compress(bytes, 5))).equals(Buffer.from(bytes))).toBe(true);
});
