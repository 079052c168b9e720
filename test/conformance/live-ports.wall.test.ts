/**
 * `addressPlan: ports`: the same files work where only 127.0.0.1 exists. The traffic is
 * slow, so that a busy machine only affects delays.
 *
 * @module
 */
import { createSocket } from 'node:dgram';
import { Server } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { PortPlan } from '../../engine/live/port-plan.ts';
import { BoundUdpSocket } from '../../engine/live/udp-wire.ts';
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { runLive } from '../../runner/run/live-run.ts';
import type { RunEnd } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { type OpenedScenario, openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

const registry = new ProtocolRegistry();
/**
 * Ports derived from the number of this process, so that other runs on this machine use others; all
 * are below those of test/port-block.ts, which files that run beside this one use.
 */
const first = 11_000 + 1_200 * (process.pid % 7);
const PORTS = { 'topology.addressPlan': 'ports', 'topology.portBase': `${first}` };

afterEach(() => void vi.restoreAllMocks());

function open(file: string, set: Readonly<Record<string, string>>): Promise<OpenedScenario> {
  return openScenario(file, set, registry);
}

/**
 * Runs a scenario live and returns the real addresses of all UDP and TCP sockets that were bound.
 */
async function live(loaded: OpenedScenario): Promise<{ end: RunEnd; places: ReadonlySet<string> }> {
  const places = new Set<string>();
  const bind = vi.spyOn(BoundUdpSocket, 'bind');
  const listen = vi.spyOn(Server.prototype, 'listen');
  const end = await runLive({
    ...loaded,
    registry,
    seeds: [1],
    recordingsOf: () => ({}),
    reproduce: 'npm run live',
    commit: 'test',
    precision: 'low',
  });
  for (const [address] of bind.mock.calls) places.add(address);
  for (const [options] of listen.mock.calls as unknown as [{ host: string }][]) {
    places.add(options.host);
  }
  return { end, places };
}

function reportOf(end: RunEnd): Report {
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return judgeRun(end.input);
}

const fingerprint = (scenario: Scenario): unknown =>
  runSeed({ scenario, registry, seed: 1 }).fingerprint;

it('R-168: changes nothing in virtual time', async () => {
  const short = { duration: '2s' };
  const loopback = await open('hello.yaml', short);
  const ports = await open('hello.yaml', { ...short, ...PORTS });
  expect(ports.scenario.topology.addressPlan).toBe('ports');
  expect(fingerprint(ports.scenario)).toEqual(fingerprint(loopback.scenario));
});

it('R-168: runs hello.yaml on sockets of 127.0.0.1 alone', async () => {
  const { end, places } = await live(
    await open('hello.yaml', { ...PORTS, duration: '1500ms', warmup: '300ms' }),
  );
  const report = reportOf(end);
  expect([...places]).toEqual(['127.0.0.1']);
  expect(report.invariants.every(({ pass }) => pass)).toBe(true);
  expect(report.kpis.find(({ metric }) => metric === 'ping.delivery')?.value).toBe(1);
});

it('R-168: carries the gateway over a cut of its path on 127.0.0.1 alone', async () => {
  const event =
    '[{ at: 1500ms, for: 1s, link: { activePath: "gateway-111 -> gateway-211", hop: random }, set: { up: false } }]';
  const { end, places } = await live(
    await open('failover.yaml', {
      ...PORTS,
      duration: '4s',
      warmup: '1s',
      events: event,
      'traffic.0.rate': '100/s',
    }),
  );
  const report = reportOf(end);
  expect([...places]).toEqual(['127.0.0.1']);
  expect(report.invariants.every(({ pass }) => pass)).toBe(true);
  expect(report.faults).toHaveLength(1);
  const value = (name: string): unknown => report.kpis.find(({ metric }) => metric === name)?.value;
  expect(value('gateway.delivery')).toBeGreaterThan(0.8);
  expect(value('antireplay.false_reject')).toBe(0);
  // The kernel delivered every datagram, so none went to a wrong port.
  expect(report.packets.drops['kernel'] ?? 0).toBe(0);
});

it('R-168: carries streams on 127.0.0.1 alone, and knows who calls', async () => {
  const caller = vi.spyOn(PortPlan.prototype, 'caller');
  const set = { ...PORTS, duration: '4s', warmup: '0s', 'traffic.0.bytes': '300kB' };
  const loaded = await open('file-transfer.yaml', set);
  const { end, places } = await live(loaded);
  const report = reportOf(end);
  expect([...places]).toEqual(['127.0.0.1']);
  expect(report.kpis.find(({ metric }) => metric === 'bulk.delivery')?.value).toBe(1);
  const addresses = loaded.scenario.topology.hosts.map(({ address }) => address);
  const callers = caller.mock.results.map(({ value }) => (value as { address: string }).address);
  expect(callers.length).toBeGreaterThan(0);
  for (const address of callers) expect(addresses).toContain(address);
});

it('says at the node which port another program holds, and runs nothing', async () => {
  const other = createSocket('udp4');
  await new Promise<void>((resolve) => void other.bind(first + 70, '127.0.0.1', resolve));
  const { end } = await live(await open('hello.yaml', PORTS));
  other.close();
  expect(end).toMatchObject({ kind: 'scenario-error', file: expect.stringContaining('two-nodes') });
  const message = end.kind === 'scenario-error' ? end.message : '';
  expect(message).toContain(`port ${first + 70} of 127.0.0.1 is held by another program`);
  expect(message).toContain('portBase');
});
