import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { forbiddenIn, licencesOf } from '../../../tools/licences.ts';
import { type CycloneDx, cycloneDx, spdx } from '../../../tools/sbom.ts';
import { ROOT } from '../../architecture/files.ts';

const bom = cycloneDx();
const document = spdx();
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly dev?: boolean; readonly license?: string }>
  >;
};
/** `name@version` of everything in the lock file that is not for developers only. */
const production = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);

/** The validator of the published schema, CycloneDX 1.5. */
function validator(): ValidateFunction {
  const folder = 'node_modules/@cyclonedx/cyclonedx-library/res/schema';
  const schema = (name: string): object => JSON.parse(read(`${folder}/${name}`)) as object;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  for (const name of ['spdx', 'jsf-0.82']) {
    const file = `${name}.SNAPSHOT.schema.json`;
    ajv.addSchema({ ...schema(file), $id: `http://cyclonedx.org/schema/${file}` });
  }
  return ajv.compile(schema('bom-1.5.SNAPSHOT.schema.json'));
}

describe('CycloneDX', () => {
  it('R-144: is valid by the published schema, licence identifiers included', () => {
    const isValid = validator();
    expect([isValid(bom), isValid.errors]).toEqual([true, null]);
    expect(isValid({ ...bom, components: [{ name: 'no type' }] })).toBe(false);
    const licenses = [{ license: { id: 'No-Such-Licence' } }];
    const [first] = bom.components;
    expect(isValid({ ...bom, components: [{ ...first, licenses }] })).toBe(false);
  });

  it('names the package and lists everything that it installs, nothing of developers', () => {
    const { component } = bom.metadata;
    expect([component.name, component.version]).toEqual([manifest.name, manifest.version]);
    const listed = bom.components.map(({ name, version }) => `${name}@${version}`);
    expect(listed.sort()).toEqual([...new Set(production)].sort());
    for (const name of Object.keys(manifest.dependencies)) {
      expect(bom.components.map((one) => one.name)).toContain(name);
    }
    expect(bom.components.map(({ name }) => name)).not.toContain('vitest');
  });
});

describe('SPDX', () => {
  // The clauses of specification 2.3, with what its JSON schema requires.
  it('R-144: has what version 2.3 requires of a document, its packages and relationships', () => {
    expect(document).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      dataLicense: 'CC0-1.0',
      SPDXID: 'SPDXRef-DOCUMENT',
      name: `${manifest.name}@${manifest.version}`,
      documentNamespace: expect.stringMatching(/^https?:\/\/[^#]+$/),
    });
    expect(document.creationInfo.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(document.creationInfo.creators[0]).toMatch(/^Tool: /);
    for (const one of document.packages) {
      expect(one.SPDXID).toMatch(/^SPDXRef-[a-zA-Z0-9.-]+$/);
      expect(one.name).not.toBe('');
      expect(one.downloadLocation).toMatch(/^(NOASSERTION|NONE|https?:)/);
    }
    const ids = document.packages.map(({ SPDXID }) => SPDXID);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set([...ids, document.SPDXID]);
    for (const { spdxElementId, relatedSpdxElement, relationshipType } of document.relationships) {
      expect([known.has(spdxElementId), known.has(relatedSpdxElement)]).toEqual([true, true]);
      expect(relationshipType).toMatch(/^[A-Z_]+$/);
    }
    const described = document.relationships.filter(
      ({ relationshipType }) => relationshipType === 'DESCRIBES',
    );
    expect(described.map(({ spdxElementId }) => spdxElementId)).toEqual([document.SPDXID]);
  });

  it('lists the same packages as CycloneDX', () => {
    const [own, ...others] = document.packages.map(
      ({ name, versionInfo }) => `${name}@${versionInfo}`,
    );
    expect(own).toBe(`${manifest.name}@${manifest.version}`);
    expect(others.sort()).toEqual(
      bom.components.map(({ name, version }) => `${name}@${version}`).sort(),
    );
  });

  it('names no registry', () => {
    const hosts = JSON.stringify([bom, document]).match(/https?:\/\/[^/"]+/g) ?? [];
    expect([...new Set(hosts)].sort()).toEqual(['http://cyclonedx.org', 'http://spdx.org']);
  });
});

describe('licences', () => {
  const under = (...licenses: unknown[]): CycloneDx => {
    const component = {
      name: 'stranger',
      version: '1.0.0',
      purl: 'pkg:npm/stranger@1.0.0',
      licenses,
    };
    return { ...bom, components: [component] } as unknown as CycloneDx;
  };

  it('of everything that is installed are permissive', () => {
    expect(forbiddenIn(bom)).toEqual([]);
    expect([...licencesOf(bom).values()].flat()).toHaveLength(bom.components.length);
  });

  it('that ask for more, or are not named, are found', () => {
    expect(forbiddenIn(under({ license: { id: 'GPL-3.0-only' } }))).toEqual([
      'stranger@1.0.0: GPL-3.0-only',
    ]);
    expect(forbiddenIn(under())).toEqual(['stranger@1.0.0: none']);
    expect(forbiddenIn(under({ expression: 'MIT AND LGPL-2.1-only' }))).toHaveLength(1);
    expect(forbiddenIn(under({ expression: '(MIT OR GPL-2.0-only)' }))).toEqual([]);
  });
});
