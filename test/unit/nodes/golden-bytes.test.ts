/**
 * The codecs write the stored bytes, so that a changed wire format is noticed even in a clone
 * without the published vectors.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GoldenBytes, goldenBytes } from '../../../tools/golden/golden-bytes.ts';

const kept = JSON.parse(
  readFileSync(new URL('./golden-bytes.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, GoldenBytes>>;
const found = goldenBytes();

describe('golden bytes', () => {
  it('are kept for every codec', () => {
    expect(Object.keys(kept)).toEqual(Object.keys(found));
  });

  it.each(Object.keys(found))('of %s are those that are kept: else npm run golden', (codec) => {
    expect(found[codec]).toEqual(kept[codec]);
  });
});
