/**
 * A process that stores and deletes bundles on a real disk is killed with -9 at random instants,
 * most of them in the middle of a rewrite of its file, and restarted. The page cache survives such
 * a kill, so this tests the order of writes.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { bundle } from './support.ts';

const LIVES = 40;
/** Lines of output after which the process is killed, at the latest. */
const SAID_MAX = 60;
/** The process is killed at most this much later, ms. */
const LATER_MS_MAX = 6;
/** Bundles that the process deletes in one sync, at most. */
const SYNC_MAX = 4;

/** Starts the process and kills it; returns the complete lines of its output. */
async function live(victim: string, path: string, from: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [victim, path, `${from}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const linesMin = 1 + randomInt(SAID_MAX);
  let said = '';
  let broke = '';
  let isDoomed = false;
  child.stderr.on('data', (chunk: Buffer) => {
    broke += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const [, afterStart] = said.split('up\n');
    if (isDoomed || afterStart === undefined || afterStart.split('\n').length < linesMin) return;
    isDoomed = true;
    setTimeout(() => child.kill('SIGKILL'), randomInt(LATER_MS_MAX));
  });
  await new Promise((resolve) => void child.once('close', resolve));
  expect(broke).toBe('');
  return said.split('\n').slice(0, -1);
}

/** What all lives so far have reported. */
interface Past {
  readonly durable: Set<number>;
  readonly gone: Set<number>;
  highest: number;
}

/** Bundles that a life found at its start; fails if some were lost or came back. */
function judgeStart(lines: readonly string[], past: Past): void {
  const found = new Set<number>();
  for (const line of lines) {
    const [what, number] = line.split(' ');
    expect(what, line).toBe('has');
    found.add(Number(number));
    past.highest = Math.max(past.highest, Number(number));
  }
  // The deletions of one sync may have happened without being reported: those of the oldest.
  const missing = [...past.durable].filter((number) => !found.has(number));
  expect(missing.length, `missing: ${missing.join()}`).toBeLessThanOrEqual(SYNC_MAX);
  for (const number of missing) expect(number).toBeLessThan(Math.min(...found));
  expect([...past.gone].filter((number) => found.has(number))).toEqual([]);
  past.durable.clear();
  for (const number of found) past.durable.add(number);
}

/** Notes what a life did before it was killed. */
function noteWork(lines: readonly string[], past: Past): void {
  for (const line of lines) {
    const [what = '', number] = line.split(' ');
    expect(['put', 'gone'], line).toContain(what);
    past.highest = Math.max(past.highest, Number(number));
    if (what === 'put') past.durable.add(Number(number));
    else {
      past.gone.add(Number(number));
      past.durable.delete(Number(number));
    }
  }
}

it('loses no bundle that was durable, and brings back none that was deleted, in 40 kills', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-bundles-'));
  const victim = join(folder, 'victim.mjs');
  const path = join(folder, 'store', 'bundles.log');
  const past: Past = { durable: new Set(), gone: new Set(), highest: -1 };
  try {
    await bundle('test/environment/bundle-victim.ts', victim);
    for (let life = 0; life < LIVES; life += 1) {
      const lines = await live(victim, path, past.highest + 1);
      const up = lines.indexOf('up');
      expect(up, 'the process began to work').toBeGreaterThanOrEqual(0);
      judgeStart(lines.slice(0, up), past);
      noteWork(lines.slice(up + 1), past);
    }
    // Each deletion was a rewrite of the file.
    expect(past.gone.size).toBeGreaterThan(LIVES);
    expect(past.durable.size).toBeGreaterThan(30);
    expect(statSync(path).size).toBeLessThan(2e5);
    // The file, and what the last kill has left of a rewrite.
    expect(readdirSync(dirname(path)).length).toBeLessThanOrEqual(3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
