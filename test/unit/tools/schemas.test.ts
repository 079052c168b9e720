import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaTexts, staleSchemas } from '../../../tools/schemas.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const shipped = (folder: string): readonly string[] =>
  readdirSync(`${root}${folder}`).filter((name) => name.endsWith('.yaml'));

const TEXTS = schemaTexts();
const [scenario, topology] = ['scenario', 'topology'].map((name) =>
  new Ajv2020({ strict: false }).compile(JSON.parse(TEXTS[`${name}.schema.json`] ?? '')),
) as [ValidateFunction, ValidateFunction];

describe('JSON Schemas', () => {
  it('are those of the checked-in files: run `npm run schemas` after a change', () => {
    expect(staleSchemas()).toEqual([]);
  });

  it.each([
    ['scenarios', 'scenario.schema.json', scenario],
    ['topologies', 'topology.schema.json', topology],
  ] as const)(
    'accept all shipped %s, each of which names its schema in the first line',
    (folder, file, validate) => {
      for (const name of shipped(folder)) {
        const text = read(`${folder}/${name}`);
        expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=../schemas/${file}`);
        validate(parse(text));
        expect([name, validate.errors]).toEqual([name, null]);
      }
    },
  );

  it('refuse an unknown key and a missing one', () => {
    expect(scenario({ name: 'x', topology: 'y', duration: '1s' })).toBe(true);
    expect(scenario({ name: 'x', topology: 'y', duration: '1s', kpi: {} })).toBe(false);
    expect(scenario({ name: 'x', topology: 'y' })).toBe(false);
  });

  it.each([
    [{ kind: 'ring', nodes: 3 }, true],
    [{ kind: 'ring', nodes: 2 }, false],
    [{ kind: 'scion', clients: 5 }, true],
    [{ kind: 'scion', leafs: 5 }, false],
    [{ kind: 'mixnet', topology: 'cascade' }, true],
    [{ kind: 'mixnet', topology: 'cascades' }, false],
    // A protocol of one's own, whose parameters are checked when the file is loaded.
    [{ kind: 'rounds', run: './index.ts', towns: 5 }, true],
    [{ kind: 'rounds', towns: 5 }, false],
  ])('know the parameters of all generators: %j', (generate, isTaken) => {
    const network = { name: 'x', generate };
    expect(topology(network)).toBe(isTaken);
    expect(scenario({ name: 'x', topology: network, duration: '1s' })).toBe(isTaken);
  });

  it('describe keys with unit, default and example', () => {
    const text = TEXTS['scenario.schema.json'] ?? '';
    expect(text).toContain('"description": "Virtual time of the run. Write a time such as 60s');
    expect(text).toContain('"default": "2026-01-01T00:00:00Z"');
    expect(text).toContain('"examples"');
  });
});
