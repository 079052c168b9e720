/** The command that hunts, as a user's shell sees it. @module */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMAND_LINE } from '../../command-line.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const env = { ...process.env, CI: '', NO_COLOR: '1', FORCE_COLOR: undefined };
const out = mkdtempSync(join(tmpdir(), 'orrery-hunt-'));
afterAll(() => rmSync(out, { recursive: true }));

const RECEIPT = 'test/fixtures/receipt/receipt.yaml';
const BARE = ['--set', 'topology=bare-link.yaml', '--set', 'stack.0.on=*'];

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function orrery(...words: readonly string[]): Ended {
  return spawnSync(process.execPath, [COMMAND_LINE, ...words], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
}

describe('orrery hunt', () => {
  it('writes the smallest scenario that shows what broke, and goes on from there', () => {
    const hunt = ['hunt', RECEIPT, ...BARE, '--attempts', '200', '--seed', '5', '--out', out];
    const { status, stdout, stderr } = orrery(...hunt);
    expect(status, stderr).toBe(1);
    expect(stdout).toMatch(/^BROKEN {2}receipt {2}always {2}receipt\.duplicates count == 0\n/);
    const file = join(out, 'receipt/always-receipt-duplicates-count-0/minimal.yaml');
    expect(stdout).toContain(`1 fault and 2 nodes left: ${file}\n  npm run scenario ${file}\n`);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# Found by a hunt in attempt \d+: always, receipt\.duplicates/);
    expect(text.match(/^ {2}- \{ at: /gm)).toHaveLength(1);
    expect(text).toMatch(/^ {2}- \{ at: .*, crash: gateway-211/m);
    const story = join(out, 'receipt/always-receipt-duplicates-count-0/story.txt');
    expect(stdout).toContain(`\n  what happened: ${story}\n`);
    const told = readFileSync(story, 'utf8');
    expect(told).toMatch(/^Faults:\n {2}\d\.\d{6} s {2}gateway-211 crashed, until /m);
    const twice =
      /more than once:\n {2}message \d+ of flow 0, gateway-111 to gateway-211: sent at .*, came at .*, came at /;
    expect(told).toMatch(twice);
    const run = orrery('scenario', file, '--out', out, '-q');
    expect([run.status, run.stdout]).toEqual([1, expect.stringMatching(/^FAIL {2}receipt-hunted/)]);
    const explained = orrery('scenario', file, '--out', out, '-q', '--explain', '1');
    expect(explained.stdout).toMatch(/^Packet 1 \(sequence \d+\), gateway-111 to gateway-211/m);

    const again = JSON.parse(orrery(...hunt, '--json').stdout) as Readonly<Record<string, number>>;
    expect(again).toMatchObject({
      scenario: 'receipt',
      breaks: [],
      earlierBreaks: [{ kind: 'always', file }],
    });
    expect(again['attemptsInAll']).toBeGreaterThan(200);
    const fresh = orrery(...hunt, '--fresh');
    expect([fresh.status, fresh.stdout]).toEqual([1, stdout]);
  });

  it('says how much was tried when nothing broke, and never that all is right', () => {
    const { status, stdout } = orrery('hunt', 'hello', '--attempts', '16', '--out', out);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^hello: 16 attempts \(16 in all\), \d+ different states and drops, the last new one in attempt \d+; nothing broke\n$/,
    );
  });

  it('ends with what it has at Ctrl-C', async () => {
    const words = [COMMAND_LINE, 'hunt', 'hello', '--budget', '10m', '--fresh', '--out', out];
    const child = spawn(process.execPath, words, { cwd: root, env });
    let stdout = '';
    child.stdout.on('data', (text) => {
      stdout += String(text);
    });
    const state = join(out, 'hello/hunt.json');
    rmSync(state, { force: true });
    const timer = setInterval(() => {
      if (!existsSync(state)) return;
      clearInterval(timer);
      child.kill('SIGINT');
    }, 50);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stdout]).toEqual([130, expect.stringMatching(/nothing broke\n$/)]);
  });

  it.each([
    [['hunt'], 'Usage: orrery hunt'],
    [['hunt', 'hallo'], '"hallo" not found'],
    [['hunt', 'hello', '--budget', '5kg'], 'write e.g. 90s or 10m'],
    [['hunt', 'failover', '--set', 'options.gateway={ double: swallowing }'], 'defective double'],
  ])('refuses %j', (words, text) => {
    const { status, stderr } = orrery(...words);
    expect([status, stderr]).toEqual([2, expect.stringContaining(text)]);
  });
});

describe('orrery shrink', () => {
  const events = [
    '{ every: 3s, for: 100ms, phase: random, clock: { node: bob, step: 1s } }',
    '{ every: 4s, from: 1s, for: 1s, phase: random, link: "alice <-> bob", set: { up: false } }',
  ];
  const set = ['--set', `events=[${events.join()}]`];

  it('leaves the one fault of a run by which its limit was missed, at its instant', () => {
    const run = orrery('scenario', 'hello', ...set, '--seeds', '3', '--out', out, '-q');
    expect(run.status).toBe(1);
    const { status, stdout } = orrery('shrink', join(out, 'hello/latest'), '--out', out);
    expect(status).toBe(1);
    const file = join(out, 'hello/recover-ping-delivery-value-99/minimal.yaml');
    expect(stdout).toMatch(/^BROKEN {2}hello {2}seed \d {2}ping\.delivery value >= 99%\n/);
    expect(stdout).toContain(`1 fault and 2 nodes left: ${file}\n`);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(
      /^ {2}- \{ at: \d+m?s, for: .*, link: alice--bob, set: \{ up: false \} \}$/m,
    );
    expect(orrery('scenario', file, '--out', out, '-q').status).toBe(1);
  });

  it('takes a run of a sweep, with the values that it had', () => {
    const of = join(out, 'sweep');
    const swept = ['--set', 'sweep={ traffic.0.rate: [50/s, 20/s] }', '--out', of, '-q'];
    expect(orrery('sweep', 'hello', ...set, ...swept).status).toBe(1);
    const { status, stdout } = orrery('shrink', join(of, 'hello/latest/2'), '--out', of);
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/^BROKEN {2}hello .*ping\.delivery/),
    ]);
    const file = join(of, 'hello/recover-ping-delivery-value-99/minimal.yaml');
    expect(readFileSync(file, 'utf8')).toMatch(/ rate: 20\/s,/);
  });

  it('ran the module that the report of somebody else named', () => {
    const place = join(out, 'hello/latest/report.json');
    const report = JSON.parse(readFileSync(place, 'utf8')) as Readonly<Record<string, unknown>>;
    const evil = join(out, 'evil.mjs');
    writeFileSync(
      evil,
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(`${evil}.ran`)}, '');`,
    );
    const foreign = join(out, 'foreign.json');
    const overrides = { 'topology.nodes.0.run': evil };
    writeFileSync(foreign, JSON.stringify({ ...report, overrides }));
    const { status, stderr } = orrery('shrink', foreign, '--out', out);
    expect([status, stderr]).toEqual([2, expect.stringContaining('evil.mjs')]);
    expect(existsSync(`${evil}.ran`)).toBe(false);
  });

  it('says that nothing broke, and refuses what is no run', () => {
    const calm = orrery('shrink', 'hello', '--json', '--out', out);
    expect([calm.status, JSON.parse(calm.stdout)]).toEqual([
      0,
      { scenario: 'hello', seed: 1, break: null },
    ]);
    const none = orrery('shrink', join(out, 'hello'));
    expect([none.status, none.stderr]).toEqual([
      2,
      expect.stringContaining('runs/failover/latest'),
    ]);
  });
});
