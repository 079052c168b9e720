/** Texts of workers, queues and files of others: a terminal shows them and obeys none. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { judgeAndReport } from '../../cli/execute.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { COMMAND_LINE } from '../command-line.ts';

/** Renames the window, and clears it. */
const ESCAPES = '\u001b]0;pwned\u0007\u001b[2J';
const SWEEP = `name: small
topology: two-nodes.yaml
duration: 1500ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
seeds: 1
sweep: { traffic.0.rate: [100/s, 200/s] }
`;

afterEach(() => vi.restoreAllMocks());

type Failure = Exclude<RunEnd, { readonly kind: 'judged' }>;

it.each<[string, Failure]>([
  ['broken', { kind: 'broken', message: `no ${ESCAPES}`, stack: `at ${ESCAPES}` }],
  ['ended', { kind: 'ended', ending: 'time-limit', seed: 1, message: `no ${ESCAPES}` }],
  ['refused', { kind: 'refused', message: `no ${ESCAPES}` }],
  [
    'scenario-error',
    { kind: 'scenario-error', file: `a${ESCAPES}`, line: 1, column: 1, message: `no ${ESCAPES}` },
  ],
])('what a lying worker sent as "%s" reached the terminal as it was', async (_kind, end) => {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  const flags = { out: '', debug: true };
  await judgeAndReport(end, { flags, folder: '', baseline: undefined }).catch((error: Error) => {
    said += error.message;
  });
  expect(said).toContain('no ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  expect(said).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

it('merge printed the fingerprint and the values of a file as they were', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-foreign-'));
  try {
    writeFileSync(join(folder, 'small.yaml'), SWEEP);
    const env = { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '' };
    const orrery = (...words: readonly string[]): string => {
      const options = { cwd: folder, encoding: 'utf8', env } as const;
      return spawnSync(process.execPath, [COMMAND_LINE, ...words], options).stderr;
    };
    orrery('sweep', 'small.yaml');
    const own = join(folder, 'runs/small/sweep/results.ndjson');
    const [head = '', first = ''] = readFileSync(own, 'utf8').split('\n');
    const lie = { ...JSON.parse(first), fingerprint: `no ${ESCAPES}\nfalse line` };
    writeFileSync(join(folder, 'lie.ndjson'), `${head}\n${JSON.stringify(lie)}\n`);
    const said = orrery('merge', own, 'lie.ndjson', '--out', 'merged');
    expect(said).toContain('not deterministic: run-');
    expect(said).toContain('pwned');
    expect(said).not.toContain('\u001b');
    expect(said).not.toMatch(/^false line/m);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
