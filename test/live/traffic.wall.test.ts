/**
 * Drawn pairs, wishes and crashes by pattern on real sockets: the same flows and victims as in virtual
 * time, on one event loop, on two, and with a process for each node.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadText } from '../conformance/stack.ts';
import { blockOf, cleanUp, orrery, reportOn, spread, write } from './support.ts';

afterAll(cleanUp);

const NODES = [1, 2, 3, 4];

/** Four nodes, each with a link to each other one; half of the pairs send. */
const drawn = (name: string): string => `
name: ${name}
topology:
  name: mesh
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes: [${NODES.map((n) => `{ name: bus-${n}, address: BLOCK.${n} }`).join(', ')}]
  links: [${NODES.flatMap((a) => NODES.filter((b) => b > a).map((b) => `{ ends: bus-${a} <-> bus-${b} }`)).join(', ')}]
duration: 3s
traffic:
  - { pairs: 6, among: "bus-*", kind: constant, rate: 20/s, size: 300B, stop: 2500ms, lifetime: 1s, priority: expedited }
events:
  - { at: 1s, for: 300ms, crash: "bus-*", count: 2 }
kpis:
  datagram.delivery: { value: ">= 10%" }
`;

/** Faults and series of the same file in virtual time. */
async function expected(name: string): Promise<readonly [readonly string[], readonly string[]]> {
  const text = drawn(name).replaceAll('BLOCK', '127.0.0');
  const { faults, series } = runSeed({ ...(await loadText(text)), seed: 1 });
  return [faults.flatMap(({ targets }) => targets), series.map((one) => one.name).sort()];
}

async function check(end: RunEnd, name: string): Promise<void> {
  const report = reportOn(end);
  const [victims, series] = await expected(name);
  expect(report.pass).toBe(true);
  expect(victims).toHaveLength(2);
  expect(report.faults.flatMap(({ targets }) => targets)).toEqual(victims);
  expect(report.series.map((one) => one.name).sort()).toEqual(series);
  // 6 flows of 49 packets, less those of nodes that are down.
  const { count = 0 } = report.metrics['datagram.delivery'] ?? {};
  expect(count).toBeGreaterThan(100);
  expect(count).toBeLessThanOrEqual(6 * 49);
  expect(report.warnings.map(({ text }) => text).join()).toContain('lifetime: datagram ignores it');
}

describe.concurrent('drawn pairs and victims', () => {
  it('are those of virtual time on two event loops', async () => {
    const path = write('drawn-loops.yaml', drawn('drawn-loops'), blockOf(61));
    const run = await spread(path, { processes: { loops: 2 } });
    await check(await run.end, 'drawn-loops');
  });

  it('are those of virtual time with a process for each node', async () => {
    const path = write('drawn-processes.yaml', drawn('drawn-processes'), blockOf(62));
    const run = await spread(path);
    await check(await run.end, 'drawn-processes');
  });

  it.each(['live', 'emulate'])('are those of virtual time by the command %s', async (command) => {
    const name = `drawn-${command}`;
    const path = write(`${name}.yaml`, drawn(name), blockOf(command === 'live' ? 63 : 64));
    const run = orrery(command, path, '--json', '--no-trace');
    expect(await run.ended).toBe(0);
    const report = JSON.parse(run.stdout()) as {
      readonly faults: readonly { readonly targets: readonly string[] }[];
    };
    const [victims] = await expected(name);
    expect(report.faults.flatMap(({ targets }) => targets)).toEqual(victims);
  });
});
