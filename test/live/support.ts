/**
 * Runs scenarios with real processes for tests, on addresses derived from the number of this
 * process, so that other runs on this machine use others.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import {
  type DistributedRunRequest,
  runDistributed,
} from '../../runner/distributed/coordinator/distributed-run.ts';
import type { ProcessEntry } from '../../runner/distributed/processes/layout.ts';
import { runEmulated } from '../../runner/run/emulate-run.ts';
import { runLive } from '../../runner/run/live-run.ts';
import type { RunEnd, RunRequest } from '../../runner/run/run-order.ts';
import { type OpenedScenario, openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { COMMAND_LINE } from '../command-line.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A folder for everything that runs leave, including temporary folders of killed coordinators. */
export const folder: string = mkdtempSync(join(tmpdir(), 'orrery-live-'));
/** Time to wait for something, since some machines are slow. */
const PATIENCE = { timeout: 30_000, interval: 20 };
const started: ChildProcess[] = [];
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Ends processes that a failed test left running, and empties the folder: several test files use it in turn. */
export function cleanUp(): void {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
}

/** `127.x.y`, one of 102,400 address blocks, for the `n`-th network of a test file. */
export function blockOf(n: number): string {
  return `127.${110 + ((process.pid + n * 37) % 80)}.${(process.pid >>> 6) & 255}`;
}

/** Writes a file in which `BLOCK` is replaced by the addresses. */
export function write(name: string, text: string, block: string = blockOf(0)): string {
  const path = join(folder, name);
  writeFileSync(path, text.replaceAll('BLOCK', block), { mode: 0o600 });
  return path;
}

/** A topology of two nodes and a link. */
export const CABLE = `
name: cable
nodes:
  - { name: alice, run: ping, address: BLOCK.1 }
  - { name: bob, run: ping, address: BLOCK.2 }
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }
`;

/** A scenario of pings on the topology in the file `topology`. */
export function pings(topology: string, duration = '2s'): string {
  return `
name: pings
question: Do pings come back?
topology: ${topology}
duration: ${duration}
warmup: 300ms
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 90%" }, ping.rtt: { p50: ">= 10ms" } }
`;
}

/** The settings of a run, the same for one process and for several. */
export async function orderOf(
  file: string,
): Promise<RunRequest & OpenedScenario & { readonly registry: ProtocolRegistry }> {
  const registry = new ProtocolRegistry();
  const loaded = await openScenario(file, {}, registry);
  return {
    ...loaded,
    registry,
    seeds: [1],
    recordingsOf: () => ({}),
    reproduce: `npm run live ${file}`,
    commit: 'test',
  };
}

/** A run with several processes. */
export interface Spread {
  readonly end: Promise<RunEnd>;
  /** The current list of processes. */
  readonly processes: () => readonly ProcessEntry[];
  /** Resolves when the time of the scenario has reached this value. */
  reach(ms: number): Promise<void>;
}

/** Runs a scenario file with a process for each node. */
export async function spread(
  file: string,
  more: Partial<DistributedRunRequest> = {},
): Promise<Spread> {
  let processes: readonly ProcessEntry[] = [];
  let nowNs = 0;
  const end = runDistributed({
    ...(await orderOf(file)),
    processes: 'node',
    shape: 'links',
    precision: 'low',
    agentEntry: new URL('../../cli/agent-start-entry.mjs', import.meta.url).href,
    onProcesses: (entries) => {
      processes = entries;
    },
    onProgress: (state) => {
      nowNs = state.nowNs;
    },
    ...more,
  });
  end.catch(() => undefined);
  return {
    end,
    processes: () => processes,
    reach: (ms) =>
      vi.waitFor(() => {
        if (nowNs < ms * 1e6) throw new Error(`it is ${nowNs / 1e6} ms of ${ms}`);
      }, PATIENCE),
  };
}

const EMULATED = { speed: 1, onLate: 'warn', lateLimitNs: 1e9, folder } as const;
/** A run of a file in each way that goes by the wall clock. */
export const RUNS = {
  live: async (file: string): Promise<RunEnd> => runLive(await orderOf(file)),
  loops: async (file: string): Promise<RunEnd> =>
    (await spread(file, { processes: { loops: 2 } })).end,
  processes: async (file: string): Promise<RunEnd> => (await spread(file)).end,
  emulate: async (file: string): Promise<RunEnd> =>
    runEmulated({ ...(await orderOf(file)), ...EMULATED }),
} as const;
/** A way to run by the wall clock. */
export type Way = keyof typeof RUNS;
/** All of them. */
export const WAYS = Object.keys(RUNS) as readonly Way[];

/** The report of a run that must have completed. */
export function reportOn(end: RunEnd): Report {
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return judgeRun(end.input);
}

/** The warnings of a report as one text. */
export function warningsOf(report: Report): string {
  return report.warnings.map(({ text }) => text).join('\n');
}

/** True while a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when none of the processes exists any more. */
export async function allGone(pids: readonly number[]): Promise<void> {
  await vi.waitFor(() => {
    const left = pids.filter((pid) => isAlive(pid));
    if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
  }, PATIENCE);
}

/** A running command. */
export interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<number | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when stderr contains this text. */
  says(words: string): Promise<void>;
}

/** Starts `orrery ...` in a process group of its own, as a terminal does. */
export function orrery(...args: string[]): Started {
  return start(process.execPath, [COMMAND_LINE, ...args]);
}

/** Like {@link orrery}, but in a network namespace. */
export function orreryIn(namespace: string, ...args: readonly string[]): Started {
  const command = ['netns', 'exec', namespace, process.execPath, COMMAND_LINE];
  return start('ip', [...command, ...args]);
}

function start(command: string, args: readonly string[]): Started {
  const child = spawn(command, args, {
    cwd: root,
    detached: true,
    env: { ...process.env, CI: '', NO_COLOR: '1', GITHUB_STEP_SUMMARY: '', TMPDIR: folder },
  });
  started.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended: new Promise((resolve) => {
      child.once('close', resolve);
    }),
    stdout: () => stdout,
    stderr: () => stderr,
    says: (words) =>
      vi.waitFor(() => {
        if (!stderr.includes(words)) throw new Error(`it says: ${stderr}`);
      }, PATIENCE),
  };
}

/** The folder of the only run of a scenario. Its name contains a hash if flags contain paths. */
export function onlyRun(scenario: string): string {
  const names = readdirSync(scenario).filter((name) => !/^\.|^latest$/.test(name));
  if (names.length !== 1) throw new Error(`${scenario} has ${names.join(', ') || 'no run'}`);
  return join(scenario, names[0] ?? '');
}

/** The processes that a command has listed in its file, once all nodes are there. */
export function processesIn(run: string, count: number): Promise<readonly ProcessEntry[]> {
  return vi.waitFor(() => {
    const text = readFileSync(join(run, 'processes.json'), 'utf8');
    const { processes } = JSON.parse(text) as { readonly processes: readonly ProcessEntry[] };
    if (processes.length < count) throw new Error(`there are ${processes.length} processes`);
    return processes;
  }, PATIENCE);
}
