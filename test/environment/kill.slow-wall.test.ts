/**
 * R-018 on a real disk: a process that writes a store is killed with -9 at random instants and
 * restarted. The page cache survives such a kill, so this tests the order of writes and torn
 * writes. A power cut is tested on the simulated disk (test/property).
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundle } from './support.ts';
import { RESERVE } from './victim-numbers.ts';

const LIVES = 50;
/**
 * The process is killed at the latest after so many lines of output. A limit in time alone would
 * kill it at its start on a busy machine.
 */
const SAID_MAX = 6_000;
/** The process is killed at most this much later, ms. */
const LATER_MS_MAX = 4;

/** What all runs of the process have reported so far. */
interface Past {
  readonly accepted: Set<number>;
  /** The highest number that was ever offered. */
  offered: number;
  /** The highest record that was confirmed as durable. */
  synced: number;
  /** How many runs found something to recover. */
  recovered: number;
}

/**
 * Starts the process and kills it at a random instant; returns the complete lines of its output.
 */
async function live(victim: string, path: string, from: number): Promise<readonly string[]> {
  const words = [victim, path, `${from}`];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  // Every other run ends as soon as it has started, to test that starts alone do no harm.
  const enough = randomInt(2) === 0 ? 0 : randomInt(SAID_MAX);
  let said = '';
  let broke = '';
  child.stderr.on('data', (chunk: Buffer) => {
    broke += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    const wasEnough = said.length > enough;
    said += chunk.toString();
    if (said.length <= enough || wasEnough) return;
    setTimeout(() => child.kill('SIGKILL'), randomInt(LATER_MS_MAX));
  });
  await new Promise((resolve) => void child.once('close', resolve));
  expect(broke).toBe('');
  return said.split('\n').slice(0, -1);
}

/**
 * What each word of the output means for these facts; `before` is the highest number offered before
 * this run.
 */
const JUDGES: Readonly<
  Record<string, (past: Past, numbers: readonly number[], before: number) => void>
> = {
  up: (past, [, last = -1]) => {
    if (last < past.synced) expect.fail(`record ${past.synced} was durable, ${last} is the last`);
    if (last >= 0) past.recovered += 1;
  },
  o: (past, [number = -1]) => {
    past.offered = Math.max(past.offered, number);
  },
  s: (past, [number = -1]) => {
    past.synced = Math.max(past.synced, number);
  },
  a: (past, [number = -1]) => {
    if (past.accepted.has(number)) expect.fail(`${number} was accepted again`);
    past.accepted.add(number);
  },
  r: (past, [number = -1], before) => {
    if (number <= before + RESERVE || past.accepted.has(number)) return;
    expect.fail(`${number} is fresh, ${before} was the highest, but it is refused`);
  },
};

function judge(lines: readonly string[], past: Past): void {
  const before = past.offered;
  for (const line of lines) {
    const [what = '', ...numbers] = line.split(' ');
    const one = JUDGES[what] ?? ((): never => expect.fail(`after the kill: ${line}`));
    one(past, numbers.map(Number), before);
  }
}

it('R-018: loses nothing that was durable and accepts nothing again in 50 kills', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-kill-'));
  const victim = join(folder, 'victim.mjs');
  const path = join(folder, 'store', 'main.log');
  const past: Past = { accepted: new Set(), offered: -1, synced: -1, recovered: 0 };
  try {
    await bundle('test/environment/victim.ts', victim);
    for (let life = 0; life < LIVES; life += 1) {
      judge(await live(victim, path, past.offered + 1), past);
    }
    expect(past.recovered).toBeGreaterThan(LIVES / 2);
    expect(past.accepted.size).toBeGreaterThan(LIVES);
    expect(statSync(path).size).toBeLessThan(1e5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
