import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Protocol } from '../../../../engine/host/protocol.ts';
import { listUserCode, loadScenario, nodeOptions } from '../../../../scenarios/files/load.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { FileFolder, registry } from '../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const BASE = 'name: s\ntopology: net.yaml\nduration: 60s\n';

function load(text: string, overrides: Readonly<Record<string, string>> = {}): Scenario {
  const path = files.write('scenarios/s.yaml', text);
  return loadScenario({ path, folders: files.folders, registry, overrides });
}

describe('a scenario', () => {
  it('has defaults that say nothing about the day it runs', () => {
    expect(load(BASE)).toMatchObject({
      warmupNs: 0,
      drainNs: 1e9,
      epochSeconds: Date.parse('2026-01-01T00:00:00Z') / 1_000,
      crypto: 'node',
      seeds: [1],
      question: '',
      traffic: [],
      events: [],
      kpis: [],
    });
  });

  it('knows from its protocols whether jobs share agreements', () => {
    const job = (sharesAgreements: boolean): Protocol => ({
      ...(registry.protocols('datagram') as Protocol),
      jobs: { agree: { run: (): number => 0, sharesAgreements } },
    });
    const found = [true, false].map((shares) => {
      const path = files.write('scenarios/s.yaml', BASE);
      const own = { ...registry, protocols: (): Protocol => job(shares) };
      return loadScenario({ path, folders: files.folders, registry: own, overrides: {} });
    });
    expect(found.map((scenario) => scenario.sharesAgreements)).toEqual([true, undefined]);
  });

  it('takes seeds as a number or a list, the epoch as date or seconds, and a time limit', () => {
    expect(load(`${BASE}seeds: 3\n`).seeds).toEqual([1, 2, 3]);
    expect(load(`${BASE}seeds: [7, 9]\n`).seeds).toEqual([7, 9]);
    expect(load(`${BASE}epoch: 2026-07-01\n`).epochSeconds).toBe(1_782_864_000);
    expect(load(`${BASE}epoch: 5\n`).epochSeconds).toBe(5);
    expect(load(`${BASE}timeLimit: 2min\n`).timeLimitMs).toBe(120_000);
  });

  it.each([
    ['kind: constant, rate: 100/s', { kind: 'constant', rate: 100 }],
    ['kind: poisson, rate: 6000/min', { kind: 'poisson', rate: 100 }],
    [
      'kind: on-off, rate: 1_000/s, on: 1s, off: 200ms',
      { kind: 'on-off', rate: 1_000, onNs: 1e9, offNs: 2e8 },
    ],
    [
      'kind: request-response, rate: 5/s, response: 2kB',
      { kind: 'request-response', rate: 5, responseBytes: 2_000 },
    ],
    ['kind: file, bytes: 10MB', { kind: 'file', bytes: 1e7 }],
  ])('takes traffic of %s', (entry, pattern) => {
    const { traffic } = load(
      `${BASE}traffic:\n  - { from: gateway-111, to: gateway-211, ${entry}, start: 1s, stop: 9s }\n`,
    );
    expect(traffic[0]).toMatchObject({ pattern, sizeBytes: 1_000, startNs: 1e9, stopNs: 9e9 });
  });

  it('reads a trace from CSV and shows its mistakes there', () => {
    const text = `${BASE}traffic:\n  - { from: gateway-111, to: gateway-211, kind: trace, file: t.csv }\n`;
    files.write('scenarios/t.csv', 'seconds,bytes\n# start\n0.5,100\n0.5,200\n1.25,65536\n');
    expect(load(text).traffic[0]?.pattern).toEqual({
      kind: 'trace',
      atNs: [5e8, 5e8, 1.25e9],
      bytes: [100, 200, 65_536],
    });
    files.write('scenarios/t.csv', '0.5,100\n0.4,100\n1,7\nx\n');
    expect(() => load(text)).toThrow(/t\.csv:2:1 {2}0\.4 s is before the line above/);
    expect(() => load(text)).toThrow(/t\.csv:3:1 {2}7 bytes is outside 32 to 16777216/);
    expect(() => load(text)).toThrow(/t\.csv:4:1 {2}this line is not "seconds,bytes"/);
  });

  it.each([
    [
      'at: 5s, link: core-110--core-210, set: { rate: 1Mbit/s, delay: 3ms, loss: 1%, lossBurst: 4 }',
      {
        schedule: { kind: 'at', atNs: 5e9 },
        action: {
          kind: 'set-link',
          links: { kind: 'ids', ids: ['core-110--core-210'] },
          direction: 'both',
          set: { rateBps: 1e6, delayNs: 3e6, loss: 0.01, lossBurst: 4 },
        },
      },
    ],
    [
      'every: 10s, for: 1s, link: ["core-* <-> gateway-*"], direction: forward, set: { up: false }',
      {
        schedule: { kind: 'every', everyNs: 1e10, fromNs: 0, forNs: 1e9, phase: 'start' },
        action: {
          kind: 'set-link',
          links: { kind: 'ids', ids: ['core-110--gateway-111', 'core-210--gateway-211'] },
          direction: 'forward',
          set: { up: false },
        },
      },
    ],
    [
      'random: { up: 5s, down: 1s }, to: 50s, link: gateway-111 <-> core-110, hold: true',
      {
        schedule: { kind: 'random', meanUpNs: 5e9, meanDownNs: 1e9, fromNs: 0, toNs: 5e10 },
        action: { kind: 'hold-link', links: { kind: 'ids', ids: ['core-110--gateway-111'] } },
      },
    ],
    [
      'at: 1s, for: 2s, partition: { from: [gateway-111], to: [core-*] }, direction: one-way',
      {
        action: {
          kind: 'partition',
          from: ['gateway-111'],
          to: ['core-110', 'core-210'],
          direction: 'one-way',
        },
      },
    ],
    [
      'at: 1s, for: 2s, crash: gateway-111, store: torn',
      { action: { kind: 'crash', nodes: ['gateway-111'], store: 'torn' } },
    ],
    [
      'at: 1s, clock: { node: gateway-111, step: -2s, drift: 50ppm }',
      { action: { kind: 'clock', node: 'gateway-111', stepNs: -2e9, ppm: 50 } },
    ],
    [
      'at: 1s, link: { activePath: "gateway-111 -> gateway-211", hop: 1 }, tap: { replay: 20%, replayWithin: 9, reorder: 5, forge: 1% }',
      {
        action: {
          kind: 'tap',
          links: { kind: 'active-path', from: 'gateway-111', to: 'gateway-211', hop: 1 },
          replay: 0.2,
          replayWithin: 9,
          reorder: 5,
          forge: 0.01,
        },
      },
    ],
  ])('takes the event %s', (entry, expected) => {
    expect(load(`${BASE}events:\n  - { ${entry} }\n`).events[0]).toMatchObject(expected);
  });

  it('reads limits in the unit of their metric', () => {
    const { kpis } = load(`${BASE}kpis:
  gateway.failover: { p95: ["<= 250ms", "> 1us"], ci: inside, allowEmpty: true }
  gateway.throughput: { rate: ">= 500000/min", count: ">= 1_000" }
  gateway.delivery: { value: ">= 99.9%" }
  gateway.switches: { value: "<= 1.05" }
  gateway.memory: { value: "< 256MiB" }
  gateway.reorder: { max: "<= 1000 packets" }
  antireplay.false_reject: { count: "== 0" }
`);
    expect(kpis.map((kpi) => [kpi.metric, kpi.aggregation, kpi.comparison, kpi.limit])).toEqual([
      ['gateway.failover', 'p95', '<=', 250_000_000],
      ['gateway.failover', 'p95', '>', 1_000],
      ['gateway.throughput', 'rate', '>=', 500_000],
      ['gateway.throughput', 'count', '>=', 1_000],
      ['gateway.delivery', 'value', '>=', 0.999],
      ['gateway.switches', 'value', '<=', 1.05],
      ['gateway.memory', 'value', '<', 268_435_456],
      ['gateway.reorder', 'max', '<=', 1_000],
      ['antireplay.false_reject', 'count', '==', 0],
    ]);
    expect(kpis[0]).toMatchObject({ interval: 'inside', allowEmpty: true, limitText: '<= 250ms' });
  });

  it('merges options: topology, then protocol, then node', () => {
    const scenario = load(
      `${BASE}options:\n  gateway-111: { misses: 7 }\n  gateway: { window: 128, misses: 2 }\n`,
    );
    const of = (name: string): unknown => {
      const host = scenario.topology.hosts.find((one) => one.name === name);
      return host === undefined ? undefined : nodeOptions(scenario, host);
    };
    expect(of('gateway-111')).toEqual({ window: 128, misses: 7 });
    expect(of('gateway-211')).toEqual({ window: 128, misses: 2 });
  });

  it('holds a topology of its own, with mistakes shown in the scenario', () => {
    const text = (delay: string): string => `name: s
duration: 9s
topology:
  name: inside
  defaults: { node: { run: ping } }
  generate: { kind: line, nodes: 3 }
  links: [{ ends: node-1 <-> node-3, rate: 1Mbit/s, delay: ${delay} }]
`;
    expect(load(text('1ms')).topology).toMatchObject({ name: 'inside', file: expect.any(String) });
    expect(() => load(text('1mbit'))).toThrow(/s\.yaml:7:60 {2}topology\.links\[0\]\.delay: 1mbit/);
    expect(load(text('1ms'), { 'topology.links.0.delay': '4ms' }).topology.links[2]).toMatchObject({
      forward: { delayNs: 4e6 },
    });
  });

  it('sets values of the scenario and of the topology it names by flags', () => {
    const text = `${BASE}traffic:\n  - { from: gateway-111, to: gateway-211, kind: poisson, rate: 5/s }\nkpis:\n  gateway.failover: { p95: "<= 250ms" }\n`;
    const overrides = {
      'traffic.0.rate': '1000/s',
      'kpis.gateway.failover.p95': '>= 7ms',
      'topology.links.0.delay': '8ms',
      'options.gateway.window': '256',
    };
    const scenario = load(text, overrides);
    expect(scenario.traffic[0]?.pattern).toMatchObject({ rate: 1_000 });
    expect(scenario.kpis[0]).toMatchObject({ comparison: '>=', limit: 7e6 });
    expect(scenario.topology.links[0]?.forward.delayNs).toBe(8e6);
    expect(scenario.options).toEqual({ gateway: { window: 256 } });
    expect(scenario.overrides).toEqual(overrides);
    expect(() => load(text, { 'topology.links.0.delay': '8' })).toThrow(
      /orrery: --set links\[0\]\.delay: 8 has no unit.*\n {3}--set topology\.links\.0\.delay=8/,
    );
  });

  it('adds a KPI by a flag, and shows a wrong name in it at the flag', () => {
    const { kpis } = load(BASE, { 'kpis.gateway.latency.p99': '<= 50ms' });
    expect(kpis).toMatchObject([{ metric: 'gateway.latency', aggregation: 'p99', limit: 5e7 }]);
    expect(() => load(BASE, { 'kpis.gateway.latncy.p99': '<= 50ms' })).toThrow(
      /orrery: --set kpis\.gateway\.latncy: metric "gateway\.latncy" does not exist\n {3}--set kpis\.gateway\.latncy\.p99=<= 50ms\n {9}\^+\n {3}hint: did you mean gateway\.latency\?/,
    );
  });

  it('keeps a sweep as paths and texts', () => {
    const { sweep } = load(`${BASE}sweep:\n  traffic.0.rate: [1000/s, 2000/s]\n  epoch: [1, 2]\n`);
    expect(sweep?.parameters).toEqual([
      { path: 'traffic.0.rate', values: ['1000/s', '2000/s'] },
      { path: 'epoch', values: ['1', '2'] },
    ]);
  });

  it('tells the mistakes of scenario and topology together', () => {
    files.write('topologies/bad.yaml', 'name: bad\nnodes: [{ name: a, run: pong }]\n');
    const text = 'name: s\ntopology: bad.yaml\nduration: 60\n';
    expect(() => load(text)).toThrow(/s\.yaml:3:11[\s\S]*bad\.yaml:2:25/);
  });

  it("names users' own protocols, so that they can be loaded before the check", () => {
    const module = files.write('topologies/mine.ts', 'export const protocol = 1;\n');
    files.write('topologies/own.yaml', 'name: own\nnodes: [{ name: a, run: ./mine.ts }]\n');
    const path = files.write('scenarios/own.yaml', 'name: s\ntopology: own.yaml\nduration: 1s\n');
    const request = { path, folders: files.folders, registry };
    expect(listUserCode(request).protocols).toEqual([module]);
    expect(listUserCode({ ...request, path: 'nothing.yaml' }).protocols).toEqual([]);
    // It was loaded before the file was checked, and failed without its line.
    rmSync(module);
    expect(listUserCode(request).protocols).toEqual([]);
  });
});
