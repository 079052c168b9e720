import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { loadAddedProtocols, ProtocolRegistry } from '../../../../scenarios/open/registry.ts';

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
const folders = { scenarios: folder('scenarios'), topologies: folder('topologies') };
const names = readdirSync(folders.scenarios).filter((name) => name.endsWith('.yaml'));
await loadAddedProtocols();
const registry = new ProtocolRegistry();
const load = (path: string): Scenario => loadScenario({ path, folders, registry });

describe('shipped scenarios', () => {
  it('are these six at least', () => {
    expect(names).toEqual(
      expect.arrayContaining([
        'failover-reference.yaml',
        'failover-storm.yaml',
        'failover.yaml',
        'hello.yaml',
        'loss-burst.yaml',
        'replay-attack.yaml',
      ]),
    );
  });

  it.each(names)('%s loads with the shipped protocols, asks a question and judges it', (name) => {
    const scenario = load(name);
    expect(scenario.name).toBe(name.replace('.yaml', ''));
    expect(scenario.question.endsWith('?')).toBe(true);
    expect(scenario.kpis.length).toBeGreaterThan(0);
    expect(scenario.warnings).toEqual([]);
  });

  it('failover.yaml is the scenario of the design, value by value', () => {
    const scenario = load('failover.yaml');
    expect(scenario.topology.name).toBe('scion-default');
    expect([scenario.durationNs, scenario.warmupNs]).toEqual([60e9, 5e9]);
    expect(scenario.traffic).toMatchObject([
      {
        from: 'gateway-111',
        to: 'gateway-211',
        pattern: { kind: 'poisson', rate: 10_000 },
        sizeBytes: 1_000,
        startNs: 0,
        stopNs: 60e9,
      },
    ]);
    expect(scenario.events).toMatchObject([
      {
        schedule: { kind: 'every', everyNs: 12e9, fromNs: 8e9, forNs: 6e9, phase: 'random' },
        action: {
          kind: 'set-link',
          links: { kind: 'active-path', from: 'gateway-111', to: 'gateway-211', hop: 'random' },
          direction: 'both',
          set: { up: false },
        },
      },
    ]);
    const published = scenario.kpis.filter(({ onlyVirtual }) => onlyVirtual !== true);
    expect(published.map((kpi) => `${kpi.metric} ${kpi.aggregation} ${kpi.limitText}`)).toEqual([
      'gateway.failover p95 <= 250ms',
      'gateway.throughput rate >= 500000/min',
      'gateway.latency p95 <= 100ms',
      'gateway.delivery value >= 99%',
      'gateway.availability value >= 99.9%',
      'antireplay.false_reject count == 0',
    ]);
    expect(published.map((kpi) => kpi.limit)).toEqual([250e6, 500_000, 100e6, 0.99, 0.999, 0]);
  });

  it('replay-attack.yaml taps the first inter-AS link of each path, failover-storm.yaml spares path 3', () => {
    const idsOf = (name: string): readonly string[] => {
      const action = load(name).events[0]?.action;
      return action !== undefined && 'links' in action && action.links.kind === 'ids'
        ? action.links.ids
        : [];
    };
    expect(idsOf('replay-attack.yaml')).toEqual([
      'core-110--br-111-1',
      'core-120--br-111-2',
      'core-130--br-111-3',
    ]);
    expect(idsOf('failover-storm.yaml')).toHaveLength(8);
    expect(idsOf('failover-storm.yaml').filter((id) => /30|-3$/.test(id))).toEqual([]);
  });
});
