/**
 * The codecs write the stored bytes, so that a changed wire format is noticed even in a clone
 * without the published vectors.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GOLDEN_FILE, goldenBytesOf, goldenFolders } from '../../../tools/golden/golden-bytes.ts';

const folders = goldenFolders();

describe('golden bytes', () => {
  it('are there for the engine and each protocol with a codec of its own', () => {
    const names = folders.map((folder) => basename(folder));
    expect(names).toEqual(
      expect.arrayContaining(['core', 'bulk', 'gateway', 'mixnet', 'noise', 'ping', 'scion']),
    );
  });

  it.each(folders)('of %s are those that are stored: else npm run golden', async (folder) => {
    const stored: unknown = JSON.parse(readFileSync(join(folder, GOLDEN_FILE), 'utf8'));
    const found = await goldenBytesOf(folder);
    expect(Object.keys(found).length).toBeGreaterThan(0);
    expect(found).toEqual(stored);
  });
});
