/**
 * Stacks on real sockets: one event loop, two, a process for each node, and emulated
 * (docs/spec/stacking.md). Deliveries are those of virtual time, up to what is on its way at the end.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { SHIMS } from '../conformance/stack.ts';
import { blockOf, cleanUp, orrery, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

const [SHIM1 = '', SHIM2 = ''] = SHIMS;

/** Two layers over datagrams, one of them with jobs, a flow beside them, and a crash. */
const stacked = (name: string): string => `
name: ${name}
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 10ms } }
  nodes: [{ name: alice, address: BLOCK.1 }, { name: bob, address: BLOCK.2 }]
  links: [{ ends: alice <-> bob }]
duration: 3s
stack:
  - { on: "*", run: ${SHIM1} }
  - { on: "*", run: ${SHIM2}, options: { digest: true } }
traffic:
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 500B, stop: 2s }
  - { from: bob, to: alice, kind: constant, rate: 50/s, size: 500B, stop: 2s, by: datagram }
events:
  - { at: 1s, for: 500ms, crash: bob }
kpis:
  shim2.delivery: { value: ">= 10%" }
  datagram.delivery: { value: ">= 10%" }
`;

function check(end: RunEnd): void {
  const report = reportOn(end);
  expect(report.pass).toBe(true);
  expect(report.nodeDrops['no-upper-layer']).toBeUndefined();
  // 99 packets of each flow; those of half a second meet a node that is down.
  for (const protocol of ['shim2', 'datagram']) {
    const { value = 0, count = 0 } = report.metrics[`${protocol}.delivery`] ?? {};
    // In a process of its own, a source dies with its node.
    expect(count).toBeGreaterThan(30);
    expect((value ?? 0) * count).toBeLessThan(95);
  }
  expect(report.metrics['shim1.sent']?.value).toBe(report.metrics['shim2.sent']?.value);
}

/** Two lowest protocols on each host, a layer over each, and a crash. */
const beside = (name: string): string => `
name: ${name}
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 10ms } }
  nodes: [{ name: alice, address: BLOCK.1 }, { name: bob, address: BLOCK.2 }]
  links: [{ ends: alice <-> bob }]
duration: 4s
stack:
  - { on: "*", run: dtn, over: links, options: { router: direct } }
  - { on: "*", run: ${SHIM1}, over: datagram, options: { digest: true } }
  - { on: "*", run: fabric, options: { ways: [dtn] } }
traffic:
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 500B, stop: 2s, by: shim1 }
  - { from: alice, to: bob, kind: constant, rate: 50/s, size: 500B, stop: 2s, tolerant: true }
events:
  - { at: 1s, for: 300ms, crash: bob }
kpis:
  shim1.delivery: { value: ">= 10%" }
  fabric.delivery: { value: ">= 50%" }
  dtn.hops: { count: ">= 10" }
`;

describe.concurrent('a stack', () => {
  it('runs on two event loops, and comes back after a crash', async () => {
    const path = write('loops.yaml', stacked('loops'), blockOf(41));
    const run = await spread(path, { processes: { loops: 2 } });
    check(await run.end);
  });

  it('runs with a process for each node, and comes back after one was killed', async () => {
    const path = write('processes.yaml', stacked('processes'), blockOf(42));
    const run = await spread(path);
    check(await run.end);
  });

  it('runs with several lowest protocols in processes, and comes back after one was killed', async () => {
    const path = write('beside.yaml', beside('beside'), blockOf(45));
    const run = await spread(path);
    const report = reportOn(await run.end);
    expect(report.pass).toBe(true);
    expect(report.nodeDrops['no-upper-layer']).toBeUndefined();
  });

  it.each(['live', 'emulate'])(
    'runs with several lowest protocols by the command %s',
    async (command) => {
      const path = write(
        `b-${command}.yaml`,
        beside(command),
        blockOf(command === 'live' ? 46 : 47),
      );
      const run = orrery(command, path, '--json', '--no-trace');
      expect(await run.ended).toBe(0);
    },
  );

  it.each(['live', 'emulate'])('runs by the command %s', async (command) => {
    const path = write(`${command}.yaml`, stacked(command), blockOf(command === 'live' ? 43 : 44));
    const run = orrery(command, path, '--json', '--no-trace');
    expect(await run.ended).toBe(0);
    const { metrics } = JSON.parse(run.stdout()) as {
      readonly metrics: Readonly<Record<string, { readonly value: number }>>;
    };
    expect(metrics['shim2.delivery']?.value).toBeGreaterThan(0.1);
    expect(metrics['shim2.delivery']?.value).toBeLessThan(0.95);
    expect(metrics['datagram.delivery']?.value).toBeGreaterThan(0.1);
  });
});
