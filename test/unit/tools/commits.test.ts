import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkHistory } from '../../../tools/commits/history.ts';
import { speedProblems, subjectProblems } from '../../../tools/commits/subject.ts';

const LONGEST = `gateway: ${'leave '.repeat(10)}now`;

describe('R-251: a commit that says it makes something quicker', () => {
  const subject = 'dtn: forward bundles three times as fast';

  it('gives a figure before and one after', () => {
    expect(speedProblems(subject, 'The bench dtn: 21,000/s before, 63,400/s after.')).toEqual([]);
    for (const body of ['', 'It was slow.', 'Now 63,400/s.', 'As R-139 asks, 63,400/s.']) {
      expect(speedProblems(subject, body), body).toHaveLength(1);
    }
    expect(speedProblems('engine: halve the time of a timer', '')).toHaveLength(1);
  });

  it('is not meant where nothing of a run is quicker', () => {
    expect(speedProblems('tests: cut paths in half the time', '')).toEqual([]);
    expect(speedProblems('engine: name the bits of a byte once', '')).toEqual([]);
  });
});

describe('the subject of a commit', () => {
  it.each([
    'gateway: leave a path after three missed probes',
    'failover page: shorten a limit where the strip is narrow',
    'docs: write down what the project itself decides',
    'engine, scenarios: pass an observer to nodes',
    'bench: speed up the ladder',
    'tests: need no second attempt',
    'runner: address processes by name',
    'requirements: show R-042 by a ratio',
    'viz/app: focus the first mark',
    'ci: bring the cache back',
    'Revert "gateway: leave a path after three missed probes"',
    LONGEST,
  ])('may be %j', (subject) => {
    expect(subjectProblems(subject)).toEqual([]);
  });

  // Each of these occurs in the history before the recorded commit, or is similar to one that does.
  it.each([
    ['account: requests that wait for a modelled processor are open', 'imperative'],
    ['terminal: names of series reach it without control characters', 'imperative'],
    ['adr: the start of commands is decision 0030', 'imperative'],
    ['viz: one reading of the list of runs, however many ask', 'imperative'],
    ['docs: added a page', 'imperative'],
    ['docs: adding a page', 'imperative'],
    ['docs: adds a page', 'imperative'],
    ['gateway: few cookies, that serve the peer', 'imperative'],
    ['Gateway: leave a path', 'area'],
    ['leave a path after three missed probes', 'area'],
    ['gateway:leave a path', 'area'],
    ['gateway: Leave a path', 'lower-case'],
    ['gateway: leave a path.', 'full stop'],
    [`${LONGEST}s`, '73 characters'],
  ])('is refused as %j', (subject, why) => {
    expect(subjectProblems(subject).join('; ')).toContain(why);
  });

  it('has at most 72 characters, and 72 are allowed', () => {
    const exact = `gateway: leave ${'a'.repeat(57)}`;
    expect(exact).toHaveLength(72);
    expect(subjectProblems(exact)).toEqual([]);
    expect(subjectProblems(`${exact}a`)).not.toEqual([]);
  });
});

describe('the history since the recorded commit', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  function temporary(): string {
    const folder = mkdtempSync(join(tmpdir(), 'commits-'));
    folders.push(folder);
    return folder;
  }

  function git(folder: string, ...args: readonly string[]): string {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@b.invalid', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', ['-C', folder, ...who, ...args], { encoding: 'utf8' }).trim();
  }

  function commit(folder: string, message: string, lines: number): string {
    writeFileSync(join(folder, 'file.txt'), `${message}\n`.repeat(lines));
    git(folder, 'add', '-A');
    git(folder, 'commit', '-q', '-m', message);
    return git(folder, 'rev-parse', 'HEAD');
  }

  function repository(): string {
    const folder = temporary();
    git(folder, 'init', '-q', '-b', 'main');
    return folder;
  }

  it('names every bad subject after it, and none before', () => {
    const folder = repository();
    commit(folder, 'an old subject without an area', 1);
    const base = commit(folder, 'docs: the start is recorded here', 1);
    commit(folder, 'docs: say why', 1);
    const bad = commit(folder, 'docs: names of things', 1);
    const found = checkHistory(folder, base);
    expect(found).toMatchObject({ kind: 'checked', commits: 2 });
    const text = found.kind === 'checked' ? found.problems.join('\n') : '';
    expect(text).toContain(bad.slice(0, 7));
    expect(text.split('\n')).toHaveLength(1);
  });

  it('wants the reason of a large change in the body', () => {
    const folder = repository();
    const base = commit(folder, 'docs: begin', 1);
    commit(folder, 'docs: write a long page', 400);
    expect(checkHistory(folder, base)).toMatchObject({ problems: [expect.stringMatching(/body/)] });
    git(folder, 'commit', '-q', '--amend', '-m', 'docs: write a long page\n\nIt was missing.');
    expect(checkHistory(folder, base)).toMatchObject({ kind: 'checked', problems: [] });
  });

  it('passes with one line in a shallow clone that lacks the recorded commit', () => {
    const folder = repository();
    const base = commit(folder, 'docs: begin', 1);
    commit(folder, 'docs: names of things', 1);
    commit(folder, 'docs: say why', 1);
    const clone = temporary();
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${folder}`, clone]);
    expect(checkHistory(clone, base)).toMatchObject({ kind: 'skipped' });
  });

  it('passes with one line without a repository, and without git', () => {
    expect(checkHistory(temporary(), 'HEAD')).toMatchObject({ kind: 'skipped' });
    expect(checkHistory('.', 'HEAD', 'no-such-git')).toMatchObject({ kind: 'skipped' });
  });
});
