/**
 * The lock file works on other machines: it names no registry and lists the packages of all
 * platforms.
 * npm 11 rejects a lock file that lacks an optional package of any platform, although npm itself
 * may write such a file without a warning.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './files.ts';

interface Entry {
  readonly resolved?: string;
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Entry>>;

const text = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(text) as { readonly packages: Packages };

describe('package-lock.json', () => {
  it('names no registry address', () => {
    const resolved = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
    expect(resolved.map(([path]) => path)).toEqual([]);
    expect(text).not.toMatch(/https?:\/\/[^"]*(registry|npm)[^"]*\.tgz/);
  });

  it('has an entry for every optional package of every entry', () => {
    expect(missingIn(packages)).toEqual([]);
  });

  it('would be found incomplete without one platform package', () => {
    const [victim] = Object.keys(packages).filter((path) => path.includes('@biomejs/cli-darwin'));
    expect(victim).toBeDefined();
    const { [victim!]: _removed, ...rest } = packages;
    expect(missingIn(rest)).toHaveLength(1);
  });

  it('holds one version of each noble package', () => {
    for (const name of ['ciphers', 'curves', 'hashes']) {
      const paths = Object.keys(packages).filter((path) => path.endsWith(`@noble/${name}`));
      expect(paths, name).toEqual([`node_modules/@noble/${name}`]);
    }
  });
});

function missingIn(all: Packages): readonly string[] {
  return Object.entries(all).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !enclosing(path).some((folder) => all[`${folder}node_modules/${name}`]))
      .map((name) => `${path} -> ${name}`),
  );
}

/**
 * The entry's own folder, then each enclosing folder, in the order in which npm looks up packages.
 */
function enclosing(path: string): readonly string[] {
  if (path === '') return [''];
  const parts = path.split(/\/?node_modules\//).slice(1);
  return parts
    .map((_, index) => parts.slice(0, parts.length - index))
    .map((inner) => `${inner.map((part) => `node_modules/${part}`).join('/')}/`)
    .concat('');
}
