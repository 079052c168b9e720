import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { forbiddenLicencePackages, licencesOf } from '../../../tools/licences.ts';
import { type CycloneDx, cycloneDx, type Spdx, spdx } from '../../../tools/sbom.ts';
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
/** `name@version` of everything in the lock file that is not only for developers. */
const production = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`);

/** A validator for the published schema of CycloneDX 1.5. */
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

  it('R-144: names the package and lists everything that it installs, nothing of developers', () => {
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

/**
 * The violations of version 2.3 of the specification in a document, by the number of the clause.
 */
function mistakesIn(of: Spdx): string[] {
  const mistakes: string[] = [];
  const check = (isMet: boolean, clause: string): void => {
    if (!isMet) mistakes.push(clause);
  };
  check(of.spdxVersion === 'SPDX-2.3', '6.1 version');
  check(of.dataLicense === 'CC0-1.0', '6.2 licence of the data');
  check(of.SPDXID === 'SPDXRef-DOCUMENT', '6.3 identifier');
  check(of.name.length > 0, '6.4 name');
  check(/^https?:\/\/[^#]+$/.test(of.documentNamespace), '6.5 namespace');
  check(/^(Tool|Person|Organization): ./.test(of.creationInfo.creators[0] ?? ''), '6.8 creator');
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(of.creationInfo.created);
  check(isTime, '6.9 created');
  const ids = of.packages.map(({ SPDXID }) => SPDXID);
  check(ids.length > 0 && new Set(ids).size === ids.length, '7.2 unique identifiers');
  for (const one of of.packages) {
    check(one.name !== '', '7.1 name of a package');
    check(/^SPDXRef-[a-zA-Z0-9.-]+$/.test(one.SPDXID), '7.2 identifier of a package');
    check(/^(NOASSERTION|NONE|https?:)/.test(one.downloadLocation), '7.7 where it comes from');
  }
  const known = new Set([...ids, of.SPDXID]);
  for (const { spdxElementId, relatedSpdxElement, relationshipType } of of.relationships) {
    check(known.has(spdxElementId) && known.has(relatedSpdxElement), '11.1 related elements');
    check(/^[A-Z_]+$/.test(relationshipType), '11.1 type of relationship');
  }
  const described = of.relationships.filter((one) => one.relationshipType === 'DESCRIBES');
  const isDescribing = described.length === 1 && described[0]?.spdxElementId === of.SPDXID;
  check(isDescribing, '11.1 describes');
  return mistakes;
}

describe('SPDX', () => {
  it('R-144: meets the clauses of version 2.3', () => {
    expect(mistakesIn(document)).toEqual([]);
  });

  const [first, second] = document.packages;
  const [relation] = document.relationships;
  const others = document.packages.slice(1);
  it.each<[string, Partial<Spdx>]>([
    ['6.1 version', { spdxVersion: 'SPDX-2.2' }],
    ['6.2 licence of the data', { dataLicense: 'MIT' }],
    ['6.3 identifier', { SPDXID: 'SPDXRef-Document' }],
    ['6.4 name', { name: '' }],
    ['6.5 namespace', { documentNamespace: 'http://spdx.org/x#y' }],
    ['6.8 creator', { creationInfo: { ...document.creationInfo, creators: ['somebody'] } }],
    ['6.9 created', { creationInfo: { ...document.creationInfo, created: 'yesterday' } }],
    ['7.1 name of a package', { packages: [{ ...first!, name: '' }, ...others] }],
    ['7.2 identifier of a package', { packages: [{ ...first!, SPDXID: 'a b' }, ...others] }],
    ['7.2 unique identifiers', { packages: [...document.packages, second!] }],
    ['7.7 where it comes from', { packages: [{ ...first!, downloadLocation: '?' }, ...others] }],
    ['11.1 related elements', { packages: [first!] }],
    [
      '11.1 type of relationship',
      { relationships: [...document.relationships, { ...relation!, relationshipType: 'has' }] },
    ],
    ['11.1 describes', { relationships: [] }],
  ])('R-144: a document against clause %s is found', (clause, change) => {
    expect(mistakesIn({ ...document, ...change })).toContain(clause);
  });

  it('R-144: lists the same packages as CycloneDX', () => {
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
    expect(forbiddenLicencePackages(bom)).toEqual([]);
    expect([...licencesOf(bom).values()].flat()).toHaveLength(bom.components.length);
  });

  it('that ask for more, or are not named, are found', () => {
    expect(forbiddenLicencePackages(under({ license: { id: 'GPL-3.0-only' } }))).toEqual([
      'stranger@1.0.0: GPL-3.0-only',
    ]);
    expect(forbiddenLicencePackages(under())).toEqual(['stranger@1.0.0: none']);
    expect(forbiddenLicencePackages(under({ expression: 'MIT AND LGPL-2.1-only' }))).toHaveLength(
      1,
    );
    expect(forbiddenLicencePackages(under({ expression: '(MIT OR GPL-2.0-only)' }))).toEqual([]);
  });
});
