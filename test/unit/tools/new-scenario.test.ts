/**
 * What `npm run new:scenario` writes passes at once, what its comments offer can be used, and each
 * of its limits can fail.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../scenarios/files/load.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { writeFiles } from '../../../tools/new-protocol.ts';
import { scenarioFiles } from '../../../tools/new-scenario.ts';
import type { Row } from '../../scenarios/double-row.ts';
import { registry, report, run } from '../runner/fixture.ts';

const NAME = 'my-question';
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-new-scenario-'));
  writeFiles(folder, scenarioFiles(NAME));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(overrides: Readonly<Record<string, string>> = {}): Scenario {
  const folders = { scenarios: join(folder, 'scenarios'), topologies: join(folder, 'topologies') };
  return loadScenario({ path: `${NAME}.yaml`, folders, registry, overrides });
}

function missed(scenario: Scenario): readonly string[] {
  const { kpis } = report(scenario, [run(scenario)]);
  return kpis
    .filter(({ pass }) => !pass)
    .map(({ metric, aggregation, comparison }) => `${metric} ${aggregation} ${comparison}`);
}

describe('a new scenario', () => {
  it('passes as it is, and fails where its double says', async () => {
    expect(missed(load())).toEqual([]);
    const { href } = pathToFileURL(join(folder, `test/scenarios/doubles/${NAME}.ts`));
    const { row } = (await import(href)) as { readonly row: Row };
    for (const [what, { base, set, red }] of Object.entries(row.doubles)) {
      expect(missed(load({ ...row.bases[base], ...set })), what).toEqual(red);
    }
    expect(Object.keys(row.doubles)).toHaveLength(load().kpis.length);
  });

  it('can be given what its comments offer', () => {
    const path = join(folder, 'scenarios', `${NAME}.yaml`);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/^# (?=[a-z]+:$| +\S)/gm, ''));
    const offered = load();
    writeFileSync(path, text);
    expect([offered.events.length, offered.sweep?.cells.length]).toEqual([1, 3]);
    expect(missed(offered)).toEqual(['ping.delivery value >=']);
  });

  it('names documents and schemas that exist', () => {
    const texts = [...scenarioFiles(NAME).values()].join('\n');
    const named = [...texts.matchAll(/\b(?:docs|schemas)\/[\w./-]+\w/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) expect(readFileSync(join(ROOT, path), 'utf8'), path).not.toBe('');
  });
});
