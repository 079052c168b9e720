/**
 * The list of the nightly: what it contains, what it still has to run, and which results a row
 * writes.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NightlyEntry, nightlyList, rowsToRun } from '../../../tools/nightly/nightly-list.ts';
import { runEntry } from '../../../tools/nightly/run-entry.ts';
import { NIGHTLY_TABLE_PATH } from '../../../tools/requirements/last-run.ts';
import { readNightly } from '../../../tools/requirements/nightly-table.ts';
import { readRequirements } from '../../../tools/requirements/requirement-list.ts';
import { ROOT } from '../../architecture/files.ts';

const list = nightlyList(join(ROOT, 'scenarios'));
const names = list.map(({ name }) => name);

describe('the list of the nightly', () => {
  it('holds every scenario of virtual time, the soak, processes, and the promises of speed', () => {
    expect(names).toEqual(expect.arrayContaining(['hello', 'replay-attack', 'mixnet', 'soak']));
    expect(names).toEqual(expect.arrayContaining(['processes-crash', 'bench-promises']));
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives thirty seeds to the scenarios that owe them', () => {
    for (const name of ['failover', 'failover-probes']) {
      const entry = list.find((one) => one.name === name);
      expect(entry?.args).toEqual(['scenario', `${name}.yaml`, '--', '--seeds', '30']);
    }
  });

  it('runs all that a requirement asks of it', () => {
    const checks = readRequirements(join(ROOT, 'docs/requirements.yaml')).flatMap(({ rows }) =>
      rows.flatMap((row) => row.checks),
    );
    const wanted = checks.flatMap((check) => {
      if ('nightly' in check) return [check.nightly];
      if ('bench' in check) return [`bench-${check.bench.split(' > ')[0]}`];
      if ('kpi' in check) return [check.kpi.split(' > ')[0]?.replace('soak-live', 'soak') ?? ''];
      return [];
    });
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('has a committed table that can be read', () => {
    expect(readNightly(join(ROOT, NIGHTLY_TABLE_PATH)).rows).toBeTypeOf('object');
  });
});

describe('a nightly', () => {
  it('goes on with the rows that its round has not', () => {
    const left = rowsToRun(list, { only: [], done: new Set(['hello', 'soak']) });
    expect(left).toHaveLength(list.length - 2);
    expect(left.map(({ name }) => name)).not.toContain('soak');
  });

  it('runs the rows that are named, done or not', () => {
    const rows = rowsToRun(list, { only: ['soak'], done: new Set(['soak']) });
    expect(rows.map(({ name }) => name)).toEqual(['soak']);
  });

  it('refuses a name that it does not know', () => {
    expect(() => rowsToRun(list, { only: ['soke'], done: new Set() })).toThrow(
      /^unknown: soke; there are .*soak/,
    );
  });
});

describe('a row', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'orrery-nightly-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A command that writes a report and ends as the script says. */
  function withCommand(script: string): void {
    writeFileSync(join(root, 'fake.mjs'), script);
    const scripts = { fake: 'node fake.mjs' };
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'x', scripts }));
  }

  const entry: NightlyEntry = { name: 'one', args: ['fake', '--'], leaves: 'reports' };
  const report = {
    ...{ mode: 'sim', overrides: {}, seeds: [1, 2, 3], environment: { commit: 'x' } },
    kpis: [{ metric: 'm', aggregation: 'p95', status: 'pass', value: 4, n: 12 }],
  };
  const leave = `
    import { mkdirSync, writeFileSync } from 'node:fs';
    const out = process.argv[process.argv.indexOf('--out') + 1];
    mkdirSync(out + '/hello/1', { recursive: true });
    writeFileSync(out + '/hello/1/report.json', ${JSON.stringify(JSON.stringify(report))});
  `;

  it('keeps the KPIs that its run left, with seeds and samples', async () => {
    withCommand(leave);
    const row = await runEntry(entry, { root, round: 'r' });
    expect(row).toMatchObject({ round: 'r', isPassed: true, command: 'npm run fake --' });
    expect(row?.kpis).toEqual([
      {
        ...{ scenario: 'hello', mode: 'sim', seeds: 3, metric: 'm' },
        ...{ aggregation: 'p95', status: 'pass', value: 4, n: 12 },
      },
    ]);
  });

  it('fails with its command, and when its command left nothing', async () => {
    withCommand(`${leave}\nprocess.exitCode = 1;`);
    expect(await runEntry(entry, { root, round: 'r' })).toMatchObject({ isPassed: false });
    withCommand('');
    expect(await runEntry(entry, { root, round: 'r' })).toMatchObject({
      isPassed: false,
      kpis: [],
    });
  });

  it('that is interrupted is none', async () => {
    withCommand(`${leave}\nprocess.exitCode = 130;`);
    expect(await runEntry(entry, { root, round: 'r' })).toBeUndefined();
  });

  it('takes no figure that an earlier run of the benchmark left', async () => {
    mkdirSync(join(root, 'runs/bench'), { recursive: true });
    const results = [{ name: 'x', unit: 'ns', value: 1, ratio: 1 }];
    const old = { name: 'fake', commit: 'x', at: '2020-01-01T00:00:00.000Z', results };
    writeFileSync(join(root, 'runs/bench/fake.json'), JSON.stringify(old));
    withCommand('');
    const bench: NightlyEntry = { name: 'bench-fake', args: ['fake'], leaves: 'figures' };
    expect(await runEntry(bench, { root, round: 'r' })).toMatchObject({
      isPassed: false,
      figures: [],
    });
  });
});
