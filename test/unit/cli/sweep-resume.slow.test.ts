/** Sweeps that were killed, dealt out to machines, or have no room: nothing is lost, nothing runs twice. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SweepResult } from '../../../reports/sweep.ts';
import { COMMAND_LINE } from '../../command-line.ts';

/** Four combinations of three seeds, a third of a second each. */
const SWEEP = `name: resumed
topology: two-nodes.yaml
duration: 100s
seeds: 3
traffic:
  - { from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }
kpis: { ping.delivery: { value: ">= 99%" }, ping.rtt: { p95: "<= 12ms" } }
sweep:
  traffic.0.rate: [100/s, 1000/s]
  traffic.0.size: [100B, 200B]
`;
const BIG = `name: big
topology:
  name: star
  generate: { kind: star, nodes: 4, prefix: n }
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
duration: 1s
warmup: 0s
traffic: [{ from: n-1, to: n-2, kind: constant, rate: 10/s, size: 100B }]
sweep: { topology.generate.nodes: [4, 20000, 5] }
`;
const ENVIRONMENT = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };

let folder = '';
let whole: SweepResult;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-sweep-'));
  writeFileSync(join(folder, 'resumed.yaml'), SWEEP);
  writeFileSync(join(folder, 'big.yaml'), BIG);
  const { status, stderr } = orrery('sweep', 'resumed.yaml', '--out', 'whole');
  expect(status, stderr).toBe(0);
  whole = sweepIn('whole/resumed/sweep');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function orrery(...words: readonly string[]): ReturnType<typeof spawnSync> & {
  readonly stderr: string;
  readonly stdout: string;
} {
  const options = { cwd: folder, encoding: 'utf8', env: ENVIRONMENT } as const;
  return spawnSync(process.execPath, [COMMAND_LINE, ...words], options);
}

const sweepIn = (path: string): SweepResult =>
  JSON.parse(readFileSync(join(folder, path, 'sweep.json'), 'utf8')) as SweepResult;
const linesIn = (path: string): readonly string[] => {
  const file = join(folder, path, 'results.ndjson');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(1, -1) : [];
};
const idsIn = (path: string): readonly string[] =>
  linesIn(path).map((line) => (JSON.parse(line) as { id: string }).id);

/** Ends a sweep with a signal once it has kept so many runs. */
async function endAfter(
  runs: number,
  signal: 'SIGKILL' | 'SIGINT',
  words: readonly string[],
): Promise<void> {
  const options = { cwd: folder, env: ENVIRONMENT, stdio: 'ignore' } as const;
  const child: ChildProcess = spawn(process.execPath, [COMMAND_LINE, ...words], options);
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const path = join(words.at(-1) ?? '', 'resumed/sweep');
  while (linesIn(path).length < runs && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill(signal);
  await ended;
}

describe('a sweep that was stopped', () => {
  it.each(['SIGKILL', 'SIGINT'] as const)(
    'goes on where it was after %s: no run is lost, none is repeated',
    async (signal) => {
      const out = `out-${signal}`;
      const words = ['sweep', 'resumed.yaml', '--threads', '1', '--out', out];
      await endAfter(3, signal, words);
      const kept = idsIn(`${out}/resumed/sweep`);
      expect(kept.length).toBeGreaterThanOrEqual(3);
      expect(kept.length).toBeLessThan(12);
      const { status, stderr } = orrery(...words);
      expect(status, stderr).toBe(0);
      expect(stderr).toContain(`goes on with ${kept.length} runs`);
      const all = idsIn(`${out}/resumed/sweep`);
      expect(all.slice(0, kept.length)).toEqual(kept);
      expect(new Set(all).size).toBe(12);
      expect(all).toHaveLength(12);
      expect(sweepIn(`${out}/resumed/sweep`)).toEqual(whole);
    },
  );

  it('begins anew with --fresh, with other seeds, and once it has ended', async () => {
    const words = ['sweep', 'resumed.yaml', '--threads', '1', '--out', 'anew'];
    await endAfter(1, 'SIGKILL', words);
    for (const more of [['--fresh'], ['--seeds', '2'], []]) {
      expect(orrery(...words, ...more).stderr).not.toContain('goes on');
    }
  });

  it('does not go on with the results of another file', async () => {
    const words = ['sweep', 'resumed.yaml', '--threads', '1', '--out', 'edited'];
    await endAfter(1, 'SIGKILL', words);
    writeFileSync(join(folder, 'resumed.yaml'), SWEEP.replace('p95: "<= 12ms"', 'p95: "<= 13ms"'));
    const { stderr } = orrery(...words);
    writeFileSync(join(folder, 'resumed.yaml'), SWEEP);
    expect(stderr).not.toContain('goes on');
    expect(idsIn('edited/resumed/sweep')).toHaveLength(12);
  });
});

describe('a sweep in parts', () => {
  const part = (index: number): string => `parts/resumed/sweep-shard-${index}-of-2`;
  beforeAll(() => {
    for (const index of [1, 2]) {
      const words = ['sweep', 'resumed.yaml', '--shard', `${index}/2`, '--out', 'parts'];
      expect(orrery(...words).status).toBe(0);
    }
  });

  it('ends as the whole', () => {
    const merged = orrery('merge', part(1), part(2), '--out', 'merged');
    expect(merged.status, merged.stderr).toBe(0);
    expect(merged.stdout).toContain('PASS  resumed   4 of 4 combinations met   3 seeds each');
    expect(sweepIn('merged/resumed/sweep')).toEqual(whole);
    // In any order, by files, and twice.
    const again = [part(2), `${part(1)}/results.ndjson`, part(2)];
    expect(orrery('merge', ...again, '--out', 'merged').status).toBe(0);
    expect(sweepIn('merged/resumed/sweep')).toEqual(whole);
  });

  it('is no verdict while a part is missing', () => {
    const { status, stdout, stderr } = orrery('merge', part(1), '--out', 'half');
    expect(status).toBe(2);
    expect(stdout).toMatch(/^STOP /);
    expect(stderr).toContain('6 runs are missing');
  });

  it('is not joined with that of another commit: exit 2', () => {
    const text = readFileSync(join(folder, part(1), 'results.ndjson'), 'utf8');
    const other = text.replace(/"commit":"[^"]+"/, '"commit":"0000000"');
    writeFileSync(join(folder, 'other.ndjson'), other);
    const mixed = orrery('merge', 'other.ndjson', part(2));
    expect([mixed.status, mixed.stderr]).toEqual([
      2,
      expect.stringMatching(/differ in their commit/),
    ]);
    const alone = orrery('merge', 'other.ndjson');
    expect([alone.status, alone.stderr]).toEqual([2, expect.stringMatching(/commit 0000000/)]);
  });

  it('is not deterministic if one run has two fingerprints: exit 4', () => {
    const text = readFileSync(join(folder, part(1), 'results.ndjson'), 'utf8');
    const [head = '', first = ''] = text.split('\n');
    const changed = first.replace(/"fingerprint":"[^"]+"/, '"fingerprint":"dead beef dead"');
    writeFileSync(join(folder, 'doubt.ndjson'), `${head}\n${changed}\n`);
    const { status, stderr } = orrery('merge', part(1), part(2), 'doubt.ndjson', '--out', 'doubt');
    expect(status, stderr).toBe(4);
    expect(stderr).toMatch(/not deterministic: run-[0-9a-f]{32}, seed \d, traffic\.0\.rate=/);
    expect(stderr).toContain('dead beef dead  doubt.ndjson');
  });

  it('says what is no part', () => {
    copyFileSync(join(folder, 'resumed.yaml'), join(folder, 'no.ndjson'));
    expect(orrery('merge', 'no.ndjson').stderr).toContain(
      'no.ndjson:1 is no sweep of this version',
    );
    expect(orrery('merge', 'nowhere').stderr).toContain('nowhere not found');
    const bad = orrery('sweep', 'resumed.yaml', '--shard', '3/2');
    expect([bad.status, bad.stderr]).toEqual([2, expect.stringContaining('is not part i of n')]);
  });
});

it('a run that needs more memory than its thread has fails alone, by name', () => {
  const words = ['sweep', 'big.yaml', '--memory', '64', '--out', 'big'];
  const { status, stdout, stderr } = orrery(...words);
  expect(status, stderr).toBe(2);
  expect(stderr).toContain('seed 1 needs more memory than its thread may have (64 MB)');
  expect(stdout).toContain('2 of 3 combinations met, 1 broke');
});

it('a value that files refuse is found before anything runs', () => {
  const text = SWEEP.replace('[100B, 200B]', '[100B, 200K]');
  writeFileSync(join(folder, 'typo.yaml'), text);
  const { status, stderr } = orrery('sweep', 'typo.yaml', '--out', 'typo');
  expect(status).toBe(2);
  expect(stderr).toContain('200K');
  expect(existsSync(join(folder, 'typo/resumed/sweep/results.ndjson'))).toBe(false);
});
