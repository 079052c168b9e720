/**
 * Scenarios with one process for each node: they give the same verdict as in one process, and
 * handle processes that die.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { ProcessEntry } from '../../runner/distributed/processes/layout.ts';
import { runLive } from '../../runner/run/live-run.ts';
import { checkNodeHealth } from '../../services/operator/index.ts';
import {
  allGone,
  blockOf,
  CABLE,
  cleanUp,
  orderOf,
  pings,
  reportOn,
  spread,
  warningsOf,
  write,
} from './support.ts';

afterAll(cleanUp);

write('cable.yaml', CABLE);
const file = write('pings.yaml', pings('cable.yaml', '1500ms'));

const TWO_PATHS = `
name: two-paths
defaults:
  node: { run: scion }
  link: { rate: 1Gbit/s, mtu: 1472B, queue: 1000packets }
  internal: { delay: 100us }
ases:
  - { id: "1-ff00:0:111", core: true, mtu: 1472B }
  - { id: "2-ff00:0:211", core: true, mtu: 1472B }
nodes:
  - { name: gateway-111, as: "1-ff00:0:111", run: gateway, address: BLOCK.1 }
  - { name: gateway-211, as: "2-ff00:0:211", run: gateway, address: BLOCK.2 }
  - { name: br-111-1, as: "1-ff00:0:111", address: BLOCK.3 }
  - { name: br-111-2, as: "1-ff00:0:111", address: BLOCK.4 }
  - { name: br-211-1, as: "2-ff00:0:211", address: BLOCK.5 }
  - { name: br-211-2, as: "2-ff00:0:211", address: BLOCK.6 }
links:
  - { ends: gateway-111 <-> br-111-1 }
  - { ends: gateway-111 <-> br-111-2 }
  - { ends: gateway-211 <-> br-211-1 }
  - { ends: gateway-211 <-> br-211-2 }
  - { ends: br-111-1 <-> br-211-1, relation: core, delay: 10ms }
  - { ends: br-111-2 <-> br-211-2, relation: core, delay: 12ms }
`;

const CRASHES = `
name: crashes
question: Does traffic come back after kill -9 of a router and of a gateway?
topology: two-paths.yaml
duration: 14s
warmup: 500ms
traffic: [{ from: gateway-111, to: gateway-211, kind: poisson, rate: 200/s, size: 400B }]
events:
  - { at: 1500ms, for: 400ms, crash: br-111-1 }
  - { at: 3s, for: 300ms, crash: gateway-211 }
kpis:
  gateway.duplicates: { count: "== 0" }
  antireplay.false_accept: { count: "== 0" }
`;

/** A gateway refuses what is said to come from more than five minutes ahead. */
const CLOCKS = `
name: clocks
question: Is a clock right again that was wrong while its node crashed?
topology: two-paths.yaml
duration: 9s
warmup: 7s
traffic: [{ from: gateway-111, to: gateway-211, kind: poisson, rate: 100/s, size: 400B }]
events:
  - { at: 1s, for: 3s, clock: { node: gateway-211, step: 1000s } }
  - { at: 2s, for: 300ms, crash: gateway-211 }
kpis: { gateway.delivery: { value: ">= 90%" } }
`;

const BULK_CRASHES = `
name: bulk-crashes
question: Do packets come once after kill -9 of either end?
topology: bulk-cable.yaml
duration: 7s
warmup: 300ms
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 400B, stop: 5s }]
events:
  - { at: 1500ms, for: 300ms, crash: bob }
  - { at: 3s, for: 300ms, crash: alice }
kpis:
  bulk.duplicates: { count: "== 0" }
`;

/** Resident memory of a process as Linux reports it; undefined on other systems. */
function residentBytes(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return 1_024 * Number(kilobytes);
}

/** The metrics that a node offers its operator; empty while the node starts. */
async function metricsOf(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return response.text();
}

describe('a process for each node', () => {
  it('R-242, R-247: gives the metrics of one process, and answers its operators', async () => {
    const run = await spread(file);
    await run.reach(300);
    const entries = run.processes();
    expect(entries.map(({ nodes }) => nodes.join())).toEqual(['alice', 'bob']);
    const health = await Promise.all(
      entries.map(({ operatorPort }) =>
        checkNodeHealth(
          { host: '127.0.0.1', port: operatorPort ?? 0 },
          { probe: 'send', timeoutMs: 10_000 },
        ),
      ),
    );
    expect(health).toMatchObject(
      ['alice', 'bob'].map((node) => ({ ok: true, status: { node }, probe: { kind: 'back' } })),
    );
    await run.reach(1_200);
    const resident = entries.map(({ pid }) => residentBytes(pid));
    const report = reportOn(await run.end);
    const one = reportOn(await runLive({ ...(await orderOf(file)), precision: 'low' }));
    expect(report).toMatchObject({ pass: true, mode: 'live', layout: '2 processes', cpu: 'real' });
    const own = ['live.process_cpu', 'live.restart'];
    const names = Object.keys(report.metrics).filter((name) => !own.includes(name));
    expect(names).toEqual(Object.keys(one.metrics));
    // Each resident size is that of one node's process; the CPU time is that of both.
    const memory = report.metrics['live.memory']?.value ?? 0;
    expect(memory).toBeLessThan(256 * 1024 * 1024);
    // Compares with the values of the operating system, where it provides them.
    for (const bytes of resident) expect(memory).toBeGreaterThan(0.9 * (bytes ?? 20e6));
    for (const bytes of resident) expect(memory).toBeLessThan(1.5 * (bytes ?? memory));
    const [cpu, busiest] = ['live.cpu', 'live.process_cpu'].map(
      (name) => report.metrics[name]?.value ?? 0,
    ) as [number, number];
    // Both processes are of the same kind, so the busier one has at least half of the total, but
    // not all of it.
    expect(busiest).toBeGreaterThan(0);
    expect(cpu).toBeGreaterThan(busiest);
    expect(cpu).toBeLessThan(2.5 * busiest);
    await allGone(entries.map(({ pid }) => pid));
  });

  it('R-018, R-019, R-243: recovers from kill -9 of a router and of a gateway', async () => {
    write('two-paths.yaml', TWO_PATHS, blockOf(1));
    const run = await spread(write('crashes.yaml', CRASHES));
    await run.reach(3_500);
    const entryOf = (name: string): ProcessEntry | undefined =>
      run.processes().find(({ isRestart, nodes }) => isRestart && nodes.includes(name));
    // Compares counts, not shares, because the number of packets in the meantime depends on the
    // machine. A new process counts from 0, so everything that it has checked came after the crash.
    for (const [name, metric] of [
      ['br-111-1', 'orrery_router_forwarded_total'],
      ['gateway-211', 'orrery_antireplay_checks_total'],
    ] as const) {
      await vi.waitFor(async () => {
        const text = await metricsOf(entryOf(name)?.operatorPort ?? 0);
        expect(Number(new RegExp(`^${metric}\\S* (\\d+)$`, 'm').exec(text)?.[1])).toBeGreaterThan(
          20,
        );
      }, 10_000);
    }
    const entries = run.processes();
    const report = reportOn(await run.end);
    expect(report.pass).toBe(true);
    expect(report.layout).toBe('6 processes');
    expect(report.metrics['live.restart']?.count).toBe(2);
    expect(report.faults.map(({ text }) => text).join('\n')).toContain('gateway-211 crashed');
    expect(warningsOf(report)).not.toContain('the process ended');
    await allGone(entries.map(({ pid }) => pid));
  });

  it('R-243: bulk nodes come back after kill -9, and hand over no packet twice', async () => {
    write('bulk-cable.yaml', CABLE.replaceAll('run: ping', 'run: bulk'), blockOf(8));
    const run = await spread(write('bulk-crashes.yaml', BULK_CRASHES));
    const entries = (): readonly number[] => run.processes().map(({ pid }) => pid);
    await run.reach(4_000);
    const report = reportOn(await run.end);
    expect(report.metrics['live.restart']?.count).toBe(2);
    expect(report.metrics['bulk.duplicates']?.value ?? 0).toBe(0);
    // In the end, everything that alice has accepted arrives, except what bob had received but not
    // yet reported when he was killed. How much alice is offered while her process starts depends
    // on the machine.
    const taken = report.metrics['bulk.taken']?.value ?? 0;
    expect(taken).toBeGreaterThan(100);
    expect(report.metrics['bulk.throughput']?.count).toBeGreaterThan(0.9 * taken);
    expect(report.faults.map(({ text }) => text)).toEqual(['bob crashed', 'alice crashed']);
    await allGone(entries());
  });

  it('set back a clock that a new process had never had set forward', async () => {
    write('two-paths.yaml', TWO_PATHS, blockOf(2));
    const { end } = await spread(write('clocks.yaml', CLOCKS));
    const report = reportOn(await end);
    expect(report.kpis).toMatchObject([{ pass: true }]);
    expect(report.faults.map(({ text }) => text)).toContain('gateway-211 clock');
  });

  it('names who ended by itself and who died, and reports on the rest', async () => {
    write('cable-2.yaml', CABLE, blockOf(2));
    const run = await spread(write('ends.yaml', pings('cable-2.yaml', '2s')));
    await run.reach(500);
    const [alice, bob] = run.processes().map(({ pid }) => pid) as [number, number];
    const askedAt = performance.now();
    process.kill(alice, 'SIGTERM');
    await allGone([alice]);
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    await run.reach(1_000);
    process.kill(bob, 'SIGKILL');
    const report = reportOn(await run.end);
    expect(report.ending).toBe('complete');
    expect(warningsOf(report)).toMatch(/^alice: ended by itself at \d\.\d s$/m);
    expect(warningsOf(report)).toMatch(/^bob: the process ended at \d\.\d s \(SIGKILL\)$/m);
    expect(report.metrics['ping.delivery']?.value).toBeGreaterThan(0);
  });

  it('runs beside another run, and refuses addresses that are taken in one line', async () => {
    write('cable-3.yaml', CABLE, blockOf(3));
    // Long enough to still run while two others start on a busy machine.
    const first = await spread(write('long.yaml', pings('cable.yaml', '8s')));
    const other = await spread(write('other.yaml', pings('cable-3.yaml', '1500ms')));
    await first.reach(1);
    const same = await spread(file);
    await expect(
      same.end.then((end) => {
        if (end.kind === 'refused') throw new Error(end.message);
        return end;
      }),
    ).rejects.toThrow(/^(alice|bob): 127\.[\d.]+:7007: another program holds it \(EADDRINUSE\)$/);
    for (const run of [first, other]) {
      const report = reportOn(await run.end);
      expect(report.metrics['ping.delivery']?.value).toBeGreaterThan(0.9);
    }
  });

  it.each([
    ['throws', 'exception with seed 1: bob: cannot read what is not there'],
    ['invariant', 'invariant with seed 1: bob: two tables do not agree'],
  ])('names the node of a user’s protocol that breaks: %s', async (breaks, message) => {
    const module = fileURLToPath(new URL('./breaking-node.ts', import.meta.url));
    const broken = CABLE.replace('alice, run: ping', `alice, run: ${module}`).replace(
      'bob, run: ping',
      `bob, run: ${module}, options: { breaks: ${breaks} }`,
    );
    write('broken.yaml', broken, blockOf(4));
    const text = pings('broken.yaml', '500ms').replace(/kpis: .*/, 'kpis: {}');
    const run = await spread(write('breaks.yaml', text));
    expect(await run.end).toMatchObject({ kind: 'broken', message });
    await allGone(run.processes().map(({ pid }) => pid));
  });
});
