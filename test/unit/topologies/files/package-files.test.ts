/** Files of packages that users install, and what is said when they are not there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { locatePackageFile, readPackageFile } from '../../../../topologies/files/package-files.ts';

const root = mkdtempSync(join(tmpdir(), 'orrery-packages-'));
afterAll(() => rmSync(root, { recursive: true }));

const wanted = { package: '@someone/flowers', version: '1.2.0', path: 'data/all.json' };
const below = join(root, 'a', 'b');
const home = join(root, 'node_modules', '@someone', 'flowers');
mkdirSync(below, { recursive: true });
mkdirSync(join(home, 'data'), { recursive: true });
const describeAs = (text: string): void => writeFileSync(join(home, 'package.json'), text);

describe('a file of a package', () => {
  it('is found in a folder above', () => {
    describeAs('{ "version": "1.2.0" }');
    const path = join(home, 'data', 'all.json');
    writeFileSync(path, '[]');
    expect(locatePackageFile(wanted, ['/nowhere', below])).toEqual({ kind: 'found', path });
  });

  it('that has gone since the loader saw it is an error with the command', () => {
    const file = { package: 'zod', version: '0.0.0', path: 'package.json' };
    expect(() => readPackageFile(file)).toThrow(/npm install --no-save zod@0\.0\.0$/);
  });

  it.each([
    [
      '{ "version": "1.1.9" }',
      'needs version 1.2.0 of the package @someone/flowers, and 1.1.9 is installed',
    ],
    ['{}', 'needs version 1.2.0 of the package @someone/flowers, and no version is installed'],
    ['{', 'needs version 1.2.0 of the package @someone/flowers, and no version is installed'],
  ])('is refused where the package is described by %s', (text, message) => {
    describeAs(text);
    const hint = 'npm install --no-save @someone/flowers@1.2.0';
    expect(locatePackageFile(wanted, [below])).toEqual({ kind: 'missing', message, hint });
  });

  it('is refused where the package lacks it, and where there is no package', () => {
    describeAs('{ "version": "1.2.0" }');
    expect(locatePackageFile({ ...wanted, path: 'none' }, [below])).toMatchObject({
      message: 'the installed package @someone/flowers has no file none',
    });
    expect(locatePackageFile({ ...wanted, package: 'nobodys' }, [below])).toEqual({
      kind: 'missing',
      message: 'needs the package nobodys, which is not installed',
      hint: 'npm install --no-save nobodys@1.2.0',
    });
  });
});
