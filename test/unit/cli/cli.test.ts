/**
 * The command line as a user's shell sees it: exit codes, streams, one JSON document. Starting a
 * process is slow, so there are only as many tests as promises (docs/spec/browser-view.md: 19, 21).
 *
 * @module
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { judgeAndReport } from '../../../cli/execute.ts';
import { type ExitCode, worstExitCode } from '../../../cli/exit.ts';
import { runName } from '../../../cli/run-name.ts';
import { readReport } from '../../../reports/json.ts';
import { orreryHere } from '../../command-here.ts';
import { COMMAND_LINE } from '../../command-line.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'orrery-cli-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `orrery ...`, without a terminal. */
function orrery(
  args: readonly string[],
  onStart?: (child: ChildProcessWithoutNullStreams) => void,
  start: readonly string[] = [COMMAND_LINE],
): Promise<Ended> {
  const child = spawn(process.execPath, [...start, ...args], {
    cwd: root,
    env: { ...process.env, CI: '', NO_COLOR: '', FORCE_COLOR: undefined, GITHUB_STEP_SUMMARY: '' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  onStart?.(child);
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Refusals and help, before any thread starts, need no process. */
async function here(...words: readonly string[]): Promise<Ended> {
  const { status = null, stdout, stderr } = await orreryHere(root, words);
  return { code: status, stdout, stderr };
}

const run = (...args: string[]): string[] => ['scenario', ...args, '--out', folder, '--no-trace'];
const SHORT = ['--set', 'duration=3s'];
const SHORT_RUN = runName({ command: 'scenario', seeds: [1], overrides: { duration: '3s' } });

/** Writes a file for one test. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('orrery scenario', () => {
  it('exit 0: all met; -q prints the verdict, without colour, and the files are written', async () => {
    const { code, stdout, stderr } = await orrery(run('hello.yaml', ...SHORT, '-q'));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^PASS {2}hello {2}/);
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(stdout).not.toContain('\u001b');
    for (const name of ['report.html', 'report.json', 'report.md', 'junit.xml', 'metrics.prom']) {
      expect(existsSync(join(folder, 'hello', SHORT_RUN, name))).toBe(true);
    }
    const asJson = await orrery(run('hello.yaml', ...SHORT, '--json'));
    expect([asJson.code, asJson.stderr]).toEqual([0, '']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ pass: true, ending: 'complete' });
  });

  it('exit 1: a KPI missed; --json prints the report and nothing else', async () => {
    const missed = ['--set', 'topology.links.0.delay=7ms', '--json'];
    const { code, stdout, stderr } = await orrery(run('hello.yaml', ...SHORT, ...missed));
    expect([code, stderr]).toEqual([1, '']);
    const read = readReport(stdout);
    expect('report' in read && read.report).toMatchObject({ pass: false, ending: 'complete' });
    const overrides = { duration: '3s', 'topology.links.0.delay': '7ms' };
    const name = runName({ command: 'scenario', seeds: [1], overrides });
    expect(stdout).toBe(readFileSync(join(folder, 'hello', name, 'report.json'), 'utf8'));
  });

  it('exit 2: a typo in the file is shown at its place, with a suggestion', async () => {
    const path = file('typo.yaml', 'name: typo\ntopology: two-nodes.yaml\ndurration: 3s\n');
    const { code, stdout, stderr } = await here(...run(path));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/typo\.yaml:3:1 /);
    expect(stderr).toContain('^^^^^^^^^');
    expect(stderr).toContain('duration');
    const asJson = await here(...run(path, '--json'));
    expect([asJson.code, asJson.stderr]).toEqual([2, '']);
    // Reported once: the missing key is not reported as a mistake of its own.
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      errors: [{ code: 'E101', line: 3, column: 1, hint: 'did you mean duration?' }],
    });
  });

  it('exit 2: a fault that hits nothing is shown at its place; --json is one document', async () => {
    const path = file(
      'nothing.yaml',
      `name: nothing
topology: two-nodes.yaml
duration: 3s
traffic: [{ from: alice, to: bob, kind: constant, rate: 10/s }]
events:
  - { at: 1s, for: 1s, partition: { from: [alice], to: [bob] }, direction: one-way }
  - { at: 1s, link: { activePath: "alice -> bob", hop: random }, set: { up: false } }
`,
    );
    const { code, stdout } = await here(...run(path, '--json'));
    expect(code).toBe(2);
    const { errors } = JSON.parse(stdout) as { errors: { line: number; message: string }[] };
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ line: 7, column: 5 });
    expect(errors[0]?.message).toContain('leaves no path');
  });

  it('exit 2: no file is no pass, which a gate with an empty variable was', async () => {
    const { code, stdout, stderr } = await here('scenario');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: orrery scenario');
  });

  it('exit 2: a sweep refuses the recordings that it never made', async () => {
    const { code, stderr } = await here('sweep', 'mixnet-cover.yaml', '--explain', '2');
    expect(code).toBe(2);
    expect(stderr).toContain('--explain: a sweep keeps the reports of its combinations only');
    expect(stderr).toContain('^^^^^^^^^');
    expect(stderr).toContain('run one combination with');
  });

  it('exit 2: a run in virtual time has no moment for an operator, but events', async () => {
    const { code, stderr } = await here('scenario', 'hello.yaml', '--operator-port', '0');
    expect(code).toBe(2);
    expect(stderr).toContain('in virtual time a question is an event of the file');
    expect(stderr).toContain('ask: { node: NODE, kind: status }');
  });

  it('help of a sweep offers no recordings, which it refuses', async () => {
    const { stdout } = await here('sweep', '--help');
    expect(stdout).toContain('--seeds <n>');
    for (const flag of ['--trace', '--pcap', '--explain', '--baseline']) {
      expect(stdout).not.toContain(flag);
    }
  });

  it('exit 2: the caret is under the word, not inside of a longer one that follows', async () => {
    const { code, stderr } = await here('node', 'two-nodes.yaml', 'alice');
    const [, shown = '', caret = ''] = stderr.split('\n');
    expect(code).toBe(2);
    expect(caret.indexOf('^')).toBe(shown.indexOf(' node ') + 1);
  });

  it('exit 2: a number with a letter in it gets a caret and a guess', async () => {
    const { code, stdout, stderr } = await here(...run('hello.yaml', '--seeds', '3O'));
    expect([code, stdout]).toEqual([2, '']);
    const lines = stderr.split('\n');
    expect(lines[0]).toContain('--seeds: "3O" is not a whole number');
    expect(lines[1]?.slice(lines[2]?.indexOf('^'), (lines[2]?.lastIndexOf('^') ?? 0) + 1)).toBe(
      '3O',
    );
    expect(stderr).toContain('did you mean 30?');
  });

  it('exit 5: the time limit ends the run with the report so far', async () => {
    const limited = ['--set', 'duration=900s', '--set', 'timeLimit=3s', '--json'];
    const { code, stdout } = await orrery(run('failover.yaml', ...limited));
    expect(code).toBe(5);
    const read = readReport(stdout);
    expect('report' in read && read.report).toMatchObject({ pass: false, ending: 'time-limit' });
  });

  it('exit 130: Ctrl-C stops the run; --json is the report so far, marked interrupted', async () => {
    const overrides = { duration: '900s' };
    const name = runName({ command: 'scenario', seeds: [9], overrides });
    const started = join(folder, 'failover', name);
    const { code, stdout, stderr } = await orrery(
      run('failover.yaml', '--set', 'duration=900s', '--seed', '9', '--json'),
      (child) => {
        const timer = setInterval(() => {
          if (!existsSync(started)) return;
          clearInterval(timer);
          // A worker that is still loading after the grace has nothing to report.
          setTimeout(() => child.kill('SIGINT'), 3_000);
        }, 50);
      },
    );
    expect(code).toBe(130);
    expect(stderr).toContain('stopping: a report of the run so far follows');
    const read = readReport(stdout);
    expect('report' in read && read.report).toMatchObject({ pass: false, ending: 'interrupted' });
    expect(existsSync(join(started, 'report.json'))).toBe(true);
    expect(readFileSync(join(started, 'junit.xml'), 'utf8')).toContain('<error type="interrupted"');
  });

  it('--check-determinism: exit 0 and the fingerprint, exit 4 and the event that differs', async () => {
    const { code, stdout } = await orrery(run('hello.yaml', ...SHORT, '--check-determinism'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SAME {2}hello {2}seed 1 {2}2 runs/);
    file(
      'moody.ts',
      `import { protocol as ping } from '${root}/nodes/ping/index.ts';
let lives = 0;
export const protocol = {
  ...ping,
  create: (host, setup) => {
    const node = ping.create(host, setup);
    lives += 1;
    return { ...node, start: () => { node.start(); host.after(1000 * lives, () => undefined); } };
  },
};
`,
    );
    const path = file(
      'moody.yaml',
      `name: moody
topology:
  name: moody
  nodes: [{ name: a, run: ./moody.ts }, { name: b, run: ./moody.ts }]
  links: [{ ends: a <-> b, rate: 1Mbit/s, delay: 1ms }]
duration: 1s
traffic: [{ from: a, to: b, kind: constant, rate: 10/s }]
`,
    );
    const moody = await orrery(run(path, '--check-determinism'));
    expect(moody.stdout).toMatch(/^NOT DETERMINISTIC {2}moody {2}seed 1\n/);
    expect(moody.code).toBe(4);
  });
});

describe('orrery', () => {
  it('suggests the command that was meant, exit 2, and prints help, exit 0', async () => {
    const near = await here('scenarios', 'hello.yaml');
    expect([near.code, near.stdout]).toEqual([2, '']);
    expect(near.stderr).toContain('Did you mean scenario?');
    const help = await orrery(['--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout.split('\n')[0]).toBe('Examples:');
    expect(help.stdout).toContain('scenario [options] [file]');
    expect(help.stdout.trimEnd().split('\n').at(-1)).toContain('docs/');
  });

  it('live offered flags that it refuses, and one default for all layouts', async () => {
    const { stdout } = await here('live', '--help');
    expect(stdout).not.toMatch(/--pcap|--explain/);
    expect(stdout.replace(/\s+/g, ' ')).toContain('default: high on one event loop, low on more');
  });

  it('ends quietly when its reader has seen enough', async () => {
    const { code, stderr } = await orrery(['--help'], (child) => child.stdout.destroy());
    expect([code, stderr]).toEqual([0, '']);
  });

  it('exit 3: a broken invariant of ours is called a bug, also in JSON', async () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const end = { kind: 'broken', message: 'invariant with seed 1: x', stack: 'at y' } as const;
      const context = { folder, baseline: undefined };
      expect(await judgeAndReport(end, { ...context, flags: { out: folder, json: true } })).toBe(3);
      expect(err.mock.calls.flat().join('')).toBe(
        'This is a bug in orrery: invariant with seed 1: x\n',
      );
      expect(out.mock.calls).toHaveLength(1);
      expect(JSON.parse(String(out.mock.calls[0]?.[0]))).toEqual({
        errors: [{ message: 'invariant with seed 1: x' }],
      });
    } finally {
      out.mockRestore();
      err.mockRestore();
    }
  });

  it('exit codes: of any two the one that matters more counts', () => {
    const order: readonly ExitCode[] = [3, 6, 4, 2, 5, 130, 1, 0];
    for (const [i, worse] of order.entries()) {
      for (const other of order.slice(i)) {
        expect([worstExitCode([worse, other]), worstExitCode([other, worse])]).toEqual([
          worse,
          worse,
        ]);
      }
    }
    expect(worstExitCode([])).toBe(0);
  });
});
