import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extensionOfPath,
  fileNameOfPath,
  folderOfPath,
  isAbsolutePath,
  relativePath,
  resolvePath,
} from '../../../../engine/pure/paths.ts';

const part = fc.constantFrom('a', 'bc', '.', '..', '', 'd.yaml', '.hidden', 'e.', 'f.tar.gz');
const path = fc
  .tuple(fc.boolean(), fc.array(part, { maxLength: 5 }))
  .map(([isAbsolute, parts]) => `${isAbsolute ? '/' : ''}${parts.join('/')}`);
const folder = fc
  .array(fc.constantFrom('a', 'bc', 'x y'), { maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`);

describe('paths are those of posix in node:path', () => {
  it('in their parts', () => {
    fc.assert(
      fc.property(path, (one) => {
        expect(isAbsolutePath(one)).toBe(posix.isAbsolute(one));
        // Node keeps a second slash before the last part.
        expect(folderOfPath(one)).toBe(posix.dirname(one).replace(/(?<=.)\/+$/, ''));
        expect(fileNameOfPath(one)).toBe(posix.basename(one));
        expect(extensionOfPath(one)).toBe(posix.extname(one));
      }),
      { numRuns: 2_000 },
    );
  });

  it('one after the other', () => {
    fc.assert(
      fc.property(folder, path, path, (base, one, other) => {
        expect(resolvePath(base, one, other)).toBe(posix.resolve(base, one, other));
      }),
    );
  });

  it('from one folder to another', () => {
    fc.assert(
      fc.property(folder, folder, (from, to) => {
        expect(relativePath(from, to)).toBe(posix.relative(from, to));
      }),
    );
  });
});
