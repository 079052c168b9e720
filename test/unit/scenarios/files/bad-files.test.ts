import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyKpiIssue } from '../../../../scenarios/files/kpis.ts';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import { loadProtocol } from '../../../../scenarios/open/protocol-module.ts';
import {
  CONFIG_CODES,
  ConfigError,
  type ConfigIssue,
  formatIssue,
} from '../../../../topologies/files/config-error.ts';
import { loadTopology } from '../../../../topologies/load.ts';
import { FileFolder, marked, registry } from '../../../bad-files/fixture.ts';
import type { BadFile } from '../../../bad-files/row.ts';
import { BAD_CRASHES } from '../../../bad-files/scenario-crashes.ts';
import { BAD_MEANINGS } from '../../../bad-files/scenario-meanings.ts';
import { BAD_PRIVACY } from '../../../bad-files/scenario-privacy.ts';
import { BAD_SWEEPS } from '../../../bad-files/scenario-sweeps.ts';
import { BAD_TEXTS } from '../../../bad-files/scenario-texts.ts';
import { BAD_TRAFFIC } from '../../../bad-files/scenario-traffic.ts';
import { BAD_VALUES } from '../../../bad-files/scenario-values.ts';
import { BAD_TOPOLOGIES } from '../../../bad-files/topologies.ts';
import { BAD_CLOUDS } from '../../../bad-files/topologies-clouds.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const BAD_SCENARIOS = [
  ...BAD_VALUES,
  ...BAD_MEANINGS,
  ...BAD_PRIVACY,
  ...BAD_TRAFFIC,
  ...BAD_CRASHES,
  ...BAD_SWEEPS,
  ...BAD_TEXTS,
];
const seen = new Set<string>();

function issuesOf(load: () => unknown): readonly ConfigIssue[] {
  try {
    load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const issue of error.issues) {
      seen.add(issue.code);
      const text = formatIssue(issue);
      expect(text).not.toMatch(/invalid/i);
      expect(text).not.toMatch(/\n\s+at /);
      expect(text).not.toMatch(/undefined|\[object/);
    }
    return error.issues;
  }
  throw new Error('the file was accepted');
}

function check(row: BadFile, folder: 'scenarios' | 'topologies'): void {
  const { text, line, column, caret } = marked(row.text);
  const path = files.write(`${folder}/bad.yaml`, text);
  const request = { path, folders: files.folders, registry };
  const issues = issuesOf(() =>
    folder === 'scenarios' ? loadScenario(request) : loadTopology(request),
  );
  const [issue] = issues;
  if (row.isFirstOfMany !== true) expect(issues.map((one) => one.message)).toHaveLength(1);
  expect(issue?.code).toBe(row.code);
  expect(`${issue?.path === '' ? '' : `${issue?.path}: `}${issue?.message}`).toContain(row.says);
  const place = row.isWholeFile === true ? { line: 1, column: 1 } : { line, column };
  expect({ line: issue?.line, column: issue?.column }).toEqual(place);
  const underlined = text.split('\n')[line - 1]?.slice(column - 1, (issue?.endColumn ?? 0) - 1);
  if (row.isWholeFile !== true) expect(underlined).toBe(row.caretOnly ?? caret);
  if (row.hint !== undefined) expect(issue?.hint?.startsWith(row.hint)).toBe(true);
}

describe('a bad file is refused at the exact place, with what is allowed and the fix', () => {
  it.each(BAD_SCENARIOS.map((row) => [`${row.code} scenario with ${row.title}`, row] as const))(
    '%s',
    (_title, row) => check(row, 'scenarios'),
  );

  it.each(
    [...BAD_TOPOLOGIES, ...BAD_CLOUDS].map(
      (row) => [`${row.code} topology with ${row.title}`, row] as const,
    ),
  )('%s', (_title, row) => check(row, 'topologies'));

  it('E117 refuses a file of 50 GB by its size, without reading it', () => {
    const path = join(files.path, 'topologies', 'big.yaml');
    const handle = openSync(path, 'w');
    // A sparse file. Node cannot read a file of this size into memory, and would fail with a
    // message of its own.
    ftruncateSync(handle, 50e9);
    closeSync(handle);
    const request = { path, folders: files.folders, registry };
    const [issue] = issuesOf(() => loadTopology(request));
    expect(issue?.code).toBe('E117');
    expect(issue?.message).toBe('the file is 50000 MB, the limit is 5 MB');
    expect(issue?.hint).toBe('generate it: topology: { generate: … }');
    expect({ line: issue?.line, column: issue?.column }).toEqual({ line: 1, column: 1 });
  });

  it('E117 refuses a scenario above 1 MB', () => {
    const path = files.write('scenarios/large.yaml', `# ${'x'.repeat(1_100_000)}\n`);
    const [issue] = issuesOf(() => loadScenario({ path, folders: files.folders, registry }));
    expect(issue?.message).toBe('the file is 1.1 MB, the limit is 1 MB');
  });

  it('E119 refuses bytes that are not UTF-8', () => {
    const path = files.write('scenarios/latin.yaml', new Uint8Array([0x61, 0x3a, 0xe4, 0x0a]));
    const [issue] = issuesOf(() => loadScenario({ path, folders: files.folders, registry }));
    expect(issue?.code).toBe('E119');
    expect(issue?.message).toBe('the file is not UTF-8 text');
  });

  it('E116 names a near file when the scenario itself is not there', () => {
    files.write('scenarios/failover.yaml', 'name: failover\n');
    const request = { path: 'failovr.yaml', folders: files.folders, registry };
    const [issue] = issuesOf(() => loadScenario(request));
    expect(issue?.code).toBe('E116');
    expect(issue?.hint).toBe('did you mean failover.yaml?');
  });

  it('E125 words a KPI whose metric was never measured', () => {
    const position = { file: 'scenarios/failover.yaml', line: 12, column: 28 };
    const issue = emptyKpiIssue({ metric: 'gateway.failover', aggregation: 'p95', position }, '5s');
    seen.add(issue.code);
    expect(formatIssue(issue)).toBe(
      [
        'scenarios/failover.yaml:12:28  kpis.gateway.failover: gateway.failover has 0 samples, so p95 cannot be judged',
        '   hint: is there a fault after warmup (5s)?',
      ].join('\n'),
    );
  });

  it('a misspelt key was told twice: unknown, and missing under its right name', () => {
    const text =
      'name: twice\nquestion: Once?\ntoplogy: two-nodes.yaml\nduration: 1s\ntraffic: []\n';
    const path = files.write('scenarios/twice.yaml', text);
    const issues = issuesOf(() => loadScenario({ path, folders: files.folders, registry }));
    const told = issues.filter(({ path: place }) => /topo?logy/.test(place));
    expect(told.map(({ code, path: place }) => [code, place])).toEqual([['E101', 'toplogy']]);
    // A missing key is reported even if no similar key is present.
    const bare = files.write('scenarios/bare.yaml', text.replace('toplogy', 'colour'));
    const both = issuesOf(() => loadScenario({ path: bare, folders: files.folders, registry }));
    expect(both.map(({ code, path: place }) => [code, place])).toEqual(
      expect.arrayContaining([
        ['E121', 'topology'],
        ['E101', 'colour'],
      ]),
    );
  });

  it('E126 names a module that cannot be read', async () => {
    const path = files.write('scenarios/broken.ts', 'export const protocol = ;\n');
    const error = await loadProtocol(path).catch((thrown: unknown) => thrown);
    const [issue] = error instanceof ConfigError ? error.issues : [];
    expect(issue).toMatchObject({ line: 1, column: 25, message: 'Unexpected ";"' });
    if (issue !== undefined) seen.add(issue.code);
  });

  it('holds at least 60 bad files, and every code occurs', () => {
    expect(BAD_SCENARIOS.length + BAD_TOPOLOGIES.length).toBeGreaterThanOrEqual(60);
    expect([...seen].sort()).toEqual(Object.keys(CONFIG_CODES).sort());
  });
});
