/** Threads and processes that a command starts also use the bundled programs. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pingsFile } from './pings-file.ts';
import { ProjectCopy } from './start-copy.ts';

const copy = new ProjectCopy();
const { folder, store } = copy;
afterAll(() => copy.remove());

const file = join(folder, 'pings.yaml');

beforeAll(() => {
  writeFileSync(file, pingsFile('pings'));
  copy.orrery('--version');
});

const caches = (): readonly string[] =>
  copy
    .entries()
    .flatMap((key) => readdirSync(join(store, key)))
    .filter((name) => name.endsWith('.cache'));

describe('of a live run', () => {
  it.each([
    ['one event loop', [], 'wall-clock-worker.cache'],
    ['processes', ['--processes'], 'agent.cache'],
    ['event loops', ['--loops', '2'], 'loop.cache'],
  ])('%s', (_what, flags, cache) => {
    expect(caches()).not.toContain(cache);
    const { status, stdout, stderr } = copy.orrery(
      ...['live', file, ...flags, '-q', '--no-trace', '--out', join(folder, 'runs')],
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^PASS {2}pings/);
    expect(caches()).toContain(cache);
    // Nothing was bundled during this run.
    expect(readdirSync(copy.temporary).filter((name) => name.startsWith('orrery-'))).toEqual([]);
  });
});

it('stacks of a thread that runs a seed name file, line and column of the source', () => {
  const path = 'runner/run/run-seed.ts';
  const line = readFileSync(join(folder, path), 'utf8').split('\n').length;
  const late = "\nfunction broken(): never {\n  throw new Error('here');\n}\n";
  copy.withSource(
    path,
    (text) => text.replace(/(export function runSeed\([^{]*\{)/, '$1 broken();') + late,
    () => {
      const { stderr } = copy.orrery('scenario', file, '--debug', '--out', join(folder, 'runs'));
      expect(stderr).toContain(`at broken (${join(folder, path)}:${line + 2}:9)`);
      expect(stderr).toMatch(/at Object.runJob \(.*runner\/threads\/run-worker\.ts:\d+:\d+\)/);
      expect(stderr).not.toContain('.cjs');
    },
  );
});
