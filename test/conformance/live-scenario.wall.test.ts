/**
 * Scenarios in live mode use the same file and give the same report, on real sockets.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseExitCode, judgeRun } from '../../reports/judge.ts';
import type { JudgeInput } from '../../reports/model.ts';
import { type LiveRunRequest, runLive } from '../../runner/run/live-run.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { orderOf, registry } from './on-sockets.ts';

/**
 * hello.yaml on addresses derived from the number of this process, so that other live runs use
 * others.
 */
const block = `127.${150 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-live-test-'));
  const topology = readFileSync('topologies/two-nodes.yaml', 'utf8')
    .replace('name: alice,', `name: alice, address: ${block}.4,`)
    .replace('name: bob,', `name: bob, address: ${block}.5,`);
  writeFileSync(join(folder, 'two-nodes.yaml'), topology);
  const scenario = readFileSync('scenarios/hello.yaml', 'utf8');
  writeFileSync(join(folder, 'hello.yaml'), scenario);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function order(overrides: Readonly<Record<string, string>>): LiveRunRequest {
  const scenario = loadScenario({
    path: join(folder, 'hello.yaml'),
    folders: { scenarios: folder, topologies: folder },
    overrides,
    registry,
  });
  expect(scenario.topology.hosts.map(({ address }) => address)).toContain(`${block}.4`);
  return orderOf(scenario);
}

async function run(live: LiveRunRequest): Promise<JudgeInput> {
  const end = await runLive(live);
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return end.input;
}

it('runs hello.yaml live to a report of the same form, with nothing uncounted', async () => {
  const input = await run(order({ duration: '1500ms', warmup: '300ms' }));
  const report = judgeRun(input);
  expect(report.mode).toBe('live');
  expect(report.clock).toBe('wall');
  expect(report.ending).toBe('complete');
  expect(report.invariants.every(({ pass }) => pass)).toBe(true);
  const delivery = report.kpis.find(({ metric }) => metric === 'ping.delivery');
  expect(delivery?.pass).toBe(true);
  const rtt = report.kpis.find(({ metric }) => metric === 'ping.rtt');
  // Two links of 5 ms each: an answer can never be earlier, whatever the machine does.
  expect(rtt?.value).toBeGreaterThanOrEqual(10_000_000);
  const [seed] = input.seeds;
  expect(seed!.packets.sent).toBeGreaterThan(200);
  expect(seed!.packets.delivered).toBe(seed!.packets.sent);
  for (const name of ['live.lateness', 'live.cpu', 'live.memory']) {
    expect(Object.keys(report.metrics)).toContain(name);
  }
});

it('drains and reports what there is when it is interrupted', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 700);
  const began = performance.now();
  // A watchdog, not a limit of speed: without the interruption the run takes three times as long.
  const watchdogMs = 20_000;
  const base = order({ duration: '60s', warmup: '100ms' });
  const input = await run({ ...base, signal: controller.signal });
  expect(performance.now() - began).toBeLessThan(watchdogMs);
  expect(input.seeds[0]!.ending).toBe('interrupted');
  expect(input.seeds[0]!.packets.delivered).toBe(input.seeds[0]!.packets.sent);
  expect(chooseExitCode(judgeRun(input))).toBe(130);
});

describe('a loop that stands still', () => {
  /** Runs hello.yaml while the whole process is paused once. */
  async function withPause(ms: number): Promise<{ input: JudgeInput; pausedMs: number }> {
    let isOver = false;
    let pausedMs = 0;
    const input = await run({
      ...order({ duration: '2500ms', warmup: '300ms' }),
      onProgress: ({ nowNs }) => {
        if (isOver || nowNs < 900_000_000) return;
        isOver = true;
        const beganMs = performance.now();
        while (performance.now() < beganMs + ms);
        pausedMs = performance.now() - beganMs;
      },
    });
    return { input, pausedMs };
  }

  /** Packets of hello.yaml, one each 10 ms, that were due more than 200 ms before the end of a stall. */
  const tooLate = (stallMs: number): number => Math.max(0, stallMs - 200) / 10;

  /** The longest stall that the run itself has seen, ms. */
  const stallMsOf = ({ seeds }: JudgeInput): number => {
    const data = seeds[0]?.metrics['live.stall'];
    return data?.kind === 'gauge' ? data.value / 1e6 : Number.NaN;
  };

  const numberOf = ({ seeds }: JudgeInput, metric: string): number => {
    const data = seeds[0]?.metrics[metric];
    return data?.kind === 'counter' ? data.value : Number.NaN;
  };

  it('turns away what was due more than 200 ms ago: it would be of no use, and those after it late', async () => {
    const { input, pausedMs } = await withPause(900);
    const refused = numberOf(input, 'ping.refused');
    // Computed from the length of this run's pause. Stalls of the machine cause more refusals.
    expect(refused).toBeGreaterThanOrEqual(tooLate(pausedMs) - 20);
    expect(refused).toBeLessThanOrEqual(tooLate(Math.max(pausedMs, stallMsOf(input))) + 50);
    expect(input.seeds[0]?.nodeDrops['overload']).toBe(refused);
    expect(numberOf(input, 'ping.accepted')).toBe(numberOf(input, 'ping.offered') - refused);
    expect(judgeRun(input).carried?.shed).toBe(refused);
  });

  it('turns nothing away for a pause that is shorter', async () => {
    const { input } = await withPause(60);
    expect(numberOf(input, 'ping.offered')).toBeGreaterThan(150);
    // Another process may take the processor for longer; the run has measured for how long.
    expect(numberOf(input, 'ping.refused')).toBeLessThanOrEqual(tooLate(stallMsOf(input)) + 20);
  });
});
