/**
 * Outside programs end with the run, however the run ends; tested with the command line as a
 * process.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMAND_LINE } from '../command-line.ts';
import { cleanUp, folder, scenarioFile } from './support.ts';

afterAll(cleanUp);

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program that prints its process number and that of a child; both ignore polite signals. */
const STUBBORN = `
const { spawn } = require('node:child_process');
process.on('SIGTERM', () => undefined);
const child = spawn('sleep', ['600']);
console.log(process.pid + ' ' + child.pid);
setInterval(() => undefined, 1000);
`.replaceAll('\n', ' ');

const SCENARIO = (name: string): string => `
name: ${name}
question: Do programs end with the run?
duration: 60s
topology:
  name: ${name}
  nodes:
    - { name: node, run: ping, address: BLOCK.11 }
    - name: guest
      kind: external
      address: BLOCK.12
      program: BLOCK.112
      command: ${JSON.stringify([process.execPath, '-e', STUBBORN])}
  links: [{ ends: node <-> guest, rate: 10Mbit/s, delay: 1ms }]
kpis: { emulate.slips: { count: ">= 0" } }
`;

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
}

function start(args: readonly string[]): Started {
  const child = spawn(process.execPath, [COMMAND_LINE, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { child, ended, stderr: () => stderr };
}

/** The process numbers, once they have been printed. */
async function pidsIn(file: string): Promise<readonly number[]> {
  for (let tries = 0; tries < 1_500; tries += 1) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text.endsWith('\n')) return text.trim().split(' ').map(Number);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${file} was never written`);
}

function isAlive(pid: number): boolean {
  // A process that has ended but was not collected by its parent is not alive.
  const path = `/proc/${pid}/stat`;
  if (existsSync('/proc/self/stat')) {
    return existsSync(path) && !/\) Z /.test(readFileSync(path, 'utf8'));
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('orrery emulate', () => {
  it.each([
    ['SIGTERM', 1],
    ['SIGINT', 2],
  ] as const)(
    '%s (%d times) ends the run with 130 and leaves no process',
    async (signal, times) => {
      const name = `stubborn-${signal}-${times}`.toLowerCase();
      const file = scenarioFile(`${name}.yaml`, SCENARIO(name));
      const { child, ended } = start(['emulate', file, '--out', folder, '-q']);
      const pids = await pidsIn(join(folder, name, '1-emulate', 'guest.out.log'));
      expect(pids.map(isAlive)).toEqual([true, true]);
      for (let time = 0; time < times; time += 1) {
        child.kill(signal);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      expect(await ended).toBe(130);
      expect(pids.map(isAlive)).toEqual([false, false]);
    },
  );

  it('exit 2 with one line when the command is not there, and when a flag cannot be', async () => {
    const file = scenarioFile('one-line.yaml', SCENARIO('one-line'));
    const missing = ['--set', 'topology.nodes.1.command=[no-such-program]'];
    const runs = [
      start(['emulate', file, '--out', folder, ...missing]),
      start(['emulate', file, '--out', folder, '--speed', '10']),
    ];
    expect(await Promise.all(runs.map(({ ended }) => ended))).toEqual([2, 2]);
    expect(runs[0]!.stderr()).toMatch(
      /^.*one-line\.yaml:\d+:\d+ {2}guest: command "no-such-program" was not found\n/,
    );
    expect(runs[1]!.stderr()).toMatch(/^orrery: --speed: guest is an outside program/);
  });
});
