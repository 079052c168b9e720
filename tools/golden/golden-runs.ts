/**
 * Short versions of the shipped scenarios whose fingerprints are stored.
 *
 * They have less duration and less traffic, but keep the faults, the attacks and both multipath
 * modes.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { metricOfSeries } from '../../engine/pure/series-name.ts';
import type { MetricData, SeedResult } from '../../reports/model.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

/** A run whose fingerprint is stored. */
export interface GoldenRun {
  readonly scenario: string;
  readonly set: Readonly<Record<string, string>>;
  readonly seeds: readonly number[];
}

/** The outcome of one seed of a golden run. */
export interface GoldenResult {
  readonly seed: number;
  readonly fingerprint: string;
  readonly events: number;
}

const SEEDS = [1, 2, 3];
const FEW_PACKETS = { 'traffic.0.rate': '200/s' };

const MESSAGES = '[{ from: client-1, to: client-2, kind: poisson, rate: 0.5/s, size: 500B }]';

/** All golden runs, by name. */
export const GOLDEN_RUNS: Readonly<Record<string, GoldenRun>> = {
  hello: { scenario: 'hello.yaml', set: { duration: '3s' }, seeds: SEEDS },
  'scion-beaconing': {
    scenario: 'scion-beaconing.yaml',
    set: { duration: '10s', 'traffic.0.start': '7s' },
    seeds: SEEDS,
  },
  'dtn-mesh': {
    scenario: 'dtn-mesh.yaml',
    set: { duration: '60s', 'traffic.0.stop': '59s' },
    seeds: SEEDS,
  },
  'dtn-moon': {
    scenario: 'dtn-moon.yaml',
    set: { duration: '300s', 'traffic.0.stop': '290s', 'traffic.1.stop': '290s' },
    seeds: SEEDS,
  },
  'dtn-tutorial': { scenario: 'dtn-tutorial.yaml', set: {}, seeds: SEEDS },
  'dtn-mars': { scenario: 'dtn-mars.yaml', set: {}, seeds: SEEDS },
  'dtn-conjunction': { scenario: 'dtn-conjunction.yaml', set: {}, seeds: SEEDS },
  'dtn-plan-lies': { scenario: 'dtn-plan-lies.yaml', set: {}, seeds: SEEDS },
  'dtn-bus': { scenario: 'dtn-bus.yaml', set: { duration: '30min' }, seeds: SEEDS },
  'dtn-secure-hop': { scenario: 'dtn-secure-hop.yaml', set: { duration: '60s' }, seeds: SEEDS },
  'fabric-hello': { scenario: 'fabric-hello.yaml', set: {}, seeds: SEEDS },
  'fabric-outage': { scenario: 'fabric-outage.yaml', set: {}, seeds: SEEDS },
  'fabric-large': {
    scenario: 'fabric-large.yaml',
    set: { 'options.alice/fabric.load.sizes': '[2MB]', events: '[]', duration: '3s' },
    seeds: SEEDS,
  },
  'federated-dropout': {
    scenario: 'federated-dropout.yaml',
    set: { 'stack.1.options.rounds': '5' },
    seeds: SEEDS,
  },
  'federated-devices': {
    scenario: 'federated-devices.yaml',
    set: { duration: '60s' },
    seeds: SEEDS,
  },
  'federated-malicious-server': {
    scenario: 'federated-malicious-server.yaml',
    set: {},
    seeds: SEEDS,
  },
  federated: { scenario: 'federated.yaml', set: { 'stack.1.options.rounds': '2' }, seeds: SEEDS },
  'federated-gossip': {
    scenario: 'federated-gossip.yaml',
    set: { 'stack.1.options.rounds': '5', warmup: '0s' },
    seeds: SEEDS,
  },
  'federated-hello': { scenario: 'federated-hello.yaml', set: {}, seeds: SEEDS },
  'federated-dtn': {
    scenario: 'federated-dtn.yaml',
    set: { 'stack.1.options.rounds': '1' },
    seeds: SEEDS,
  },
  'vault-hello': { scenario: 'vault-hello.yaml', set: {}, seeds: SEEDS },
  'vault-partition': {
    scenario: 'vault-partition.yaml',
    set: { 'stack.1.options.log': '50' },
    seeds: SEEDS,
  },
  'vault-erase': { scenario: 'vault-erase.yaml', set: {}, seeds: SEEDS },
  'fabric-groups': { scenario: 'fabric-groups.yaml', set: {}, seeds: SEEDS },
  'fabric-navigator': {
    scenario: 'fabric-navigator.yaml',
    set: { duration: '80s', drain: '0s', 'events.1.from': '30s' },
    seeds: SEEDS,
  },
  'navigator-hello': { scenario: 'navigator-hello.yaml', set: {}, seeds: SEEDS },
  'dtn-tcpcl': {
    scenario: 'dtn-tcpcl.yaml',
    set: { duration: '20s', 'traffic.0.stop': '15s', 'events.1.at': '10s' },
    seeds: SEEDS,
  },
  'dtn-crash': { scenario: 'dtn-crash.yaml', set: {}, seeds: SEEDS },
  'dtn-over-mixnet': {
    scenario: 'dtn-over-mixnet.yaml',
    set: {
      duration: '60s',
      'traffic.0.stop': '50s',
      'traffic.1.stop': '50s',
      events: '[{ every: 15s, from: 15s, for: 1s, crash: client-1 }]',
    },
    seeds: SEEDS,
  },
  'dtn-gateway-fallback': {
    scenario: 'dtn-gateway-fallback.yaml',
    set: {
      duration: '100s',
      'events.0.for': '30s',
      'traffic.0.stop': '90s',
      'traffic.1.stop': '90s',
    },
    seeds: SEEDS,
  },
  failover: {
    scenario: 'failover.yaml',
    set: { duration: '20s', ...FEW_PACKETS },
    seeds: SEEDS,
  },
  'failover-hot': {
    scenario: 'failover-hot.yaml',
    set: { duration: '20s', ...FEW_PACKETS },
    seeds: SEEDS,
  },
  'failover-congestion': {
    scenario: 'failover-congestion.yaml',
    set: {
      duration: '15s',
      'events.0.every': '10s',
      'events.0.for': '9s',
      'events.1.every': '10s',
      'events.1.for': '9s',
    },
    seeds: SEEDS,
  },
  'failover-kinds': {
    scenario: 'failover-kinds.yaml',
    set: { 'traffic.0.rate': '50/s', 'traffic.1.rate': '50/s' },
    seeds: SEEDS,
  },
  'failover-reference': {
    scenario: 'failover-reference.yaml',
    set: { duration: '20s', ...FEW_PACKETS },
    seeds: SEEDS,
  },
  'failover-storm': {
    scenario: 'failover-storm.yaml',
    set: { duration: '20s', ...FEW_PACKETS },
    seeds: SEEDS,
  },
  'gateway-capture': { scenario: 'gateway-capture.yaml', set: { duration: '25s' }, seeds: SEEDS },
  'gateway-striping': {
    scenario: 'gateway-striping.yaml',
    set: {
      duration: '6s',
      'traffic.0.rate': '1000/s',
      // A delay so long that packets arrive after the receiver has stopped waiting for them.
      events: '[{ at: 4500ms, for: 300ms, link: "core-310 <-> core-210", set: { delay: 200ms } }]',
    },
    seeds: SEEDS,
  },
  'gateway-throughput': {
    scenario: 'gateway-throughput.yaml',
    set: { 'traffic.0.rate': '500/s' },
    seeds: SEEDS,
  },
  'gateway-calls': { scenario: 'gateway-calls.yaml', set: { duration: '6s' }, seeds: SEEDS },
  'gateway-prefixes': {
    scenario: 'gateway-prefixes.yaml',
    set: {
      duration: '16s',
      ...{
        'events.0.every': '7s',
        'events.0.for': '3s',
        'events.1.at': '10s',
        'events.1.for': '3s',
      },
      ...{
        'traffic.0.rate': '80/s',
        'traffic.1.rate': '80/s',
        'traffic.2.rate': '20/s',
        'traffic.3.rate': '20/s',
      },
    },
    seeds: SEEDS,
  },
  'handshake-flood': {
    scenario: 'handshake-flood.yaml',
    set: {
      duration: '10s',
      'events.0.flood.rate': '200/s',
      'events.2.flood.rate': '200/s',
      ...FEW_PACKETS,
    },
    seeds: SEEDS,
  },
  'loss-burst': {
    scenario: 'loss-burst.yaml',
    set: { duration: '12s', 'events.0.at': '6s', 'events.0.for': '4s', ...FEW_PACKETS },
    seeds: SEEDS,
  },
  mixnet: {
    scenario: 'mixnet.yaml',
    set: { duration: '8s', warmup: '2s', 'topology.generate.clients': '10', traffic: MESSAGES },
    seeds: SEEDS,
  },
  'replay-attack': {
    scenario: 'replay-attack.yaml',
    set: { duration: '6s', 'traffic.0.rate': '500/s' },
    seeds: SEEDS,
  },
  'scmp-forged': {
    scenario: 'scmp-forged.yaml',
    set: { duration: '15s', ...FEW_PACKETS },
    seeds: SEEDS,
  },
  'urgent-flood': {
    scenario: 'urgent-flood.yaml',
    set: { duration: '7s', 'events.0.flood.rate': '1500/s' },
    seeds: SEEDS,
  },
};

const folderOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** Runs all seeds of a golden run. */
export function runGolden({ scenario, set, seeds }: GoldenRun): readonly SeedResult[] {
  const registry = new ProtocolRegistry();
  const folders = { scenarios: folderOf('scenarios'), topologies: folderOf('topologies') };
  const loaded = loadScenario({ path: scenario, folders, overrides: set, registry });
  return seeds.map((seed) => runSeed({ scenario: loaded, registry, seed }));
}

/** The part of a seed's result that the golden file stores. */
export function goldenResultOf({ seed, fingerprint, events }: SeedResult): GoldenResult {
  return { seed, fingerprint, events };
}

/** Names of the metrics for which a seed recorded at least one value, sorted. */
export function recordedMetricNames({ metrics }: SeedResult): readonly string[] {
  return Object.entries(metrics)
    .filter(([name, data]) => metricOfSeries(name) === name && isRecorded(data))
    .map(([name]) => name)
    .sort();
}

function isRecorded(data: MetricData): boolean {
  switch (data.kind) {
    case 'counter':
    case 'gauge':
      return data.value !== 0;
    case 'ratio':
      return data.denominator !== 0;
    case 'samples':
      return data.values.length > 0;
    case 'histogram':
      return data.data.count > 0;
  }
}

/** The command that repeats one seed of a golden run. */
export function commandOf({ scenario, set }: GoldenRun, seed: number): string {
  const flags = Object.entries(set).map(([path, value]) => `--set ${path}=${value}`);
  return `npm run scenario ${scenario} -- --seed ${seed} ${flags.join(' ')}`;
}
