/**
 * Every limit of every shipped scenario can fail: for each there is a defect (a shipped option or
 * an override of the network) that turns it red, while the same run without the defect is green.
 * The runs are short, slow versions of the shipped ones.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KpiResult, Report } from '../../reports/report-schema.ts';
import { folders, load, report, run } from '../unit/scenarios/runner/fixture.ts';
import type { Overrides, Row } from './double-row.ts';
import { MIXNET_ROWS } from './mixnet-doubles.ts';

const REFERENCE: Overrides = { 'options.gateway.multipath.mode': 'reference' };
const RUST: Overrides = { 'options.gateway.antiReplay.window': 'rust' };
const GO: Overrides = { 'options.gateway.antiReplay.window': 'go' };
/** Any probe that is slightly late makes its path count as down. */
const NERVOUS: Overrides = {
  'options.gateway.multipath.misses': '1',
  'options.gateway.multipath.timeoutMargin': '0ms',
  'options.gateway.multipath.timeoutFloor': '0ms',
};
/**
 * Links that 200 packets of 1,200 bytes per second fill, so that their queues hold seconds of
 * traffic.
 */
const BLOATED: Overrides = { 'topology.defaults.link.rate': '1500kbit/s' };
/** Nothing is ever too late, and nothing is rejected. */
const ENDLESS: Overrides = { cpuQueues: 'endless', 'options.gateway.overload.shed': 'false' };
/** Half a second at the shipped rate, for limits that depend on the rate. */
const FULL: Overrides = {
  duration: '4500ms',
  warmup: '4s',
  'traffic.0.start': '3900ms',
  events: '[]',
};
const SLOW: Overrides = { warmup: '3s', crypto: 'modelled', 'traffic.0.rate': '200/s' };

const ROWS: readonly Row[] = [
  {
    file: 'failover-probes.yaml',
    seed: 2,
    bases: { short: { ...SLOW, duration: '32s' }, full: FULL },
    doubles: {
      'rules of the reference gateway': {
        base: 'short',
        set: REFERENCE,
        red: [
          'gateway.failover p95 <=',
          'gateway.detection p95 <=',
          'gateway.delivery value >=',
          'gateway.availability value >=',
        ],
      },
      'probes without patience': {
        base: 'short',
        set: NERVOUS,
        red: ['gateway.switches value <='],
      },
      'the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count =='],
      },
      'ten times the probes': {
        base: 'full',
        set: { 'options.gateway.multipath.probeInterval': '5ms' },
        red: ['gateway.probe_overhead value <='],
      },
    },
  },
  {
    file: 'failover-reference.yaml',
    bases: {
      shipped: { crypto: 'modelled', 'traffic.0.rate': '50/s' },
      short: { ...SLOW, duration: '20s' },
    },
    doubles: {
      'our own rules': {
        base: 'shipped',
        set: { 'options.gateway.multipath.mode': 'orrery', duration: '32s' },
        red: ['gateway.failover p50 >=', 'gateway.failover p95 >='],
      },
      'a cut of all paths at once': {
        base: 'shipped',
        set: { 'events.0.link': 'core-* <-> core-*', duration: '32s' },
        red: ['gateway.failover p50 <=', 'gateway.failover p95 <='],
      },
      'the window of the Rust gateway': {
        base: 'shipped',
        set: { ...RUST, duration: '32s' },
        red: ['antireplay.false_reject count =='],
      },
    },
  },
  {
    file: 'failover-storm.yaml',
    // A gateway without patience switches paths all the time or, with seed 7, stays on a dead path
    // for seconds.
    seed: 2,
    bases: {
      short: {
        ...SLOW,
        duration: '40s',
        'events.0.from': '4s',
        'events.0.random': '{ up: 25s, down: 3s }',
      },
    },
    doubles: {
      'rules of the reference gateway': {
        base: 'short',
        set: REFERENCE,
        red: [
          'gateway.failover p95 <=',
          'gateway.delivery value >=',
          'gateway.availability value >=',
        ],
      },
      'probes without patience': {
        base: 'short',
        // Without this, reports about arrivals would keep the path in use.
        set: { ...NERVOUS, 'options.gateway.multipath.reports': 'false' },
        red: ['gateway.switches value <='],
      },
      'the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count =='],
      },
    },
  },
  {
    file: 'failover.yaml',
    bases: { short: { ...SLOW, duration: '32s' }, full: FULL },
    doubles: {
      'rules of the reference gateway': {
        base: 'short',
        set: REFERENCE,
        red: [
          'gateway.failover p95 <=',
          'gateway.delivery value >=',
          'gateway.availability value >=',
        ],
      },
      'links with bloated queues': {
        base: 'short',
        set: BLOATED,
        red: ['gateway.latency p95 <='],
      },
      'the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count =='],
      },
      'a rate limit below the target': {
        base: 'full',
        set: {
          'options.gateway.rateLimit': '{ enabled: true, perSecond: 8000, burst: 1 }',
        },
        red: ['gateway.throughput rate >='],
      },
    },
  },
  {
    file: 'file-transfer-crashes.yaml',
    bases: { shipped: {} },
    doubles: {
      'a receiver that forgets what it handed over': {
        base: 'shipped',
        set: { 'options.bulk.double': 'forgetful' },
        red: ['bulk.duplicates count =='],
      },
      'a sender that loses what it had taken over': {
        base: 'shipped',
        set: { 'options.bulk.double': 'careless' },
        red: ['bulk.delivery value =='],
      },
      'a receiver that flips bits': {
        base: 'shipped',
        set: { 'options.bulk.double': 'flip' },
        red: ['bulk.corrupted count ==', 'bulk.delivery value =='],
      },
      'a link that is too good': {
        base: 'shipped',
        set: { 'topology.links.0.rate': '100Mbit/s', 'topology.links.0.delay': '1ms' },
        red: ['bulk.transfer min >='],
      },
      'a link that is too long': {
        base: 'shipped',
        set: { 'topology.links.0.delay': '150ms', duration: '300s' },
        red: ['bulk.transfer max <='],
      },
    },
  },
  {
    file: 'file-transfer.yaml',
    bases: { shipped: {} },
    doubles: {
      'a link that is too good': {
        base: 'shipped',
        set: { 'topology.links.0.rate': '100Mbit/s', 'topology.links.0.delay': '1ms' },
        red: ['bulk.transfer min >='],
      },
      'a link that is too long': {
        base: 'shipped',
        set: { 'topology.links.0.delay': '120ms', duration: '300s' },
        red: ['bulk.transfer max <='],
      },
      'a receiver that crashes half way': {
        base: 'shipped',
        set: { events: '[{ at: 5s, for: 1s, crash: receiver }]' },
        red: ['bulk.resets count =='],
      },
      'a receiver that flips bits': {
        base: 'shipped',
        set: { 'options.bulk.double': 'flip' },
        red: ['bulk.corrupted count ==', 'bulk.delivery value =='],
      },
    },
  },
  {
    file: 'handshake-flood.yaml',
    bases: {
      short: {
        'traffic.0.rate': '300/s',
        'events.0.flood.rate': '100/s',
        'events.1.flood.rate': '20/s',
        'events.2.flood.rate': '3000/s',
      },
    },
    doubles: {
      'budgets that are charged before the checks': {
        base: 'short',
        set: { 'options.gateway.admission': 'eager' },
        red: ['gateway.delivery value >=', 'gateway.rekeys count >='],
      },
    },
  },
  {
    file: 'hello.yaml',
    bases: { shipped: {} },
    doubles: {
      'a shorter cable': {
        base: 'shipped',
        set: { 'topology.links.0.delay': '4ms' },
        red: ['ping.rtt p50 >='],
      },
      'a longer cable': {
        base: 'shipped',
        set: { 'topology.links.0.delay': '7ms' },
        red: ['ping.rtt p95 <='],
      },
      'a cable that loses': {
        base: 'shipped',
        set: { 'topology.links.0.loss': '5%' },
        red: ['ping.delivery value >='],
      },
    },
  },
  {
    file: 'live-crash.yaml',
    bases: {
      short: {
        ...SLOW,
        duration: '7s',
        events:
          '[{ at: 3500ms, for: 300ms, crash: gateway-211 }, { at: 5s, for: 300ms, crash: gateway-111 }]',
      },
    },
    doubles: {
      'rules of the reference gateway': {
        base: 'short',
        set: REFERENCE,
        red: ['gateway.recovery p95 <=', 'gateway.delivery value >='],
      },
      'the window of the Go sidecar and a tap that replays': {
        base: 'short',
        set: {
          ...GO,
          events:
            '[{ at: 4s, link: "core-2* <-> br-211-*", tap: { replay: 20%, replayWithin: 50 } }]',
        },
        red: ['gateway.duplicates count ==', 'antireplay.false_accept count =='],
      },
      'the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count =='],
      },
    },
  },
  {
    file: 'live-partition.yaml',
    bases: {
      short: {
        ...SLOW,
        duration: '14s',
        events: `[
          { at: 4s, for: 2s, partition: { from: [core-110], to: [core-310] }, direction: one-way },
          { at: 8s, for: 300ms, partition: { from: [core-110, core-120, core-130], to: [core-310, core-320, core-330] } }
        ]`,
      },
    },
    doubles: {
      'rules of the reference gateway': {
        base: 'short',
        set: REFERENCE,
        red: ['gateway.delivery value >='],
      },
      'a cut of all paths for three seconds': {
        base: 'short',
        set: { 'events.1.for': '3s' },
        red: ['gateway.failover p95 <=', 'gateway.delivery value >='],
      },
      'the window of the Go sidecar and a tap that replays': {
        base: 'short',
        set: {
          ...GO,
          events:
            '[{ at: 4s, link: "core-2* <-> br-211-*", tap: { replay: 20%, replayWithin: 50 } }]',
        },
        red: ['gateway.duplicates count =='],
      },
      'the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count =='],
      },
    },
  },
  {
    file: 'live-steady.yaml',
    bases: { short: { ...SLOW, duration: '12s' } },
    doubles: {
      'probes without patience': {
        base: 'short',
        set: { ...NERVOUS, 'topology.defaults.link.jitter': '2ms' },
        red: ['gateway.path_deaths count =='],
      },
      'links that lose one packet in a hundred': {
        base: 'short',
        set: { 'topology.defaults.link.loss': '1%' },
        red: ['gateway.delivery value >='],
      },
      'the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count =='],
      },
    },
  },
  {
    file: 'loss-burst.yaml',
    bases: { short: { ...SLOW, duration: '16s', 'events.0.at': '4s', 'events.0.for': '10s' } },
    doubles: {
      'links that lose most': {
        base: 'short',
        set: { 'events.0.set.loss': '60%' },
        red: ['gateway.delivery value >=', 'gateway.availability value >='],
      },
      'links with bloated queues': {
        base: 'short',
        set: BLOATED,
        red: ['gateway.latency p95 <='],
      },
      'the window of the Go sidecar and a tap that replays': {
        base: 'short',
        set: {
          ...GO,
          events:
            '[{ at: 4s, link: "br-111-1 <-> core-110", tap: { replay: 20%, replayWithin: 50 } }]',
        },
        red: ['gateway.duplicates count =='],
      },
      'the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count =='],
      },
    },
  },
  ...MIXNET_ROWS,
  {
    file: 'overload.yaml',
    bases: { short: { duration: '7s', warmup: '3s' } },
    doubles: {
      'queues without end': {
        base: 'short',
        set: ENDLESS,
        red: [
          'gateway.throughput rate >=',
          'gateway.fault_switches count ==',
          'gateway.path_deaths count ==',
          'antireplay.false_reject count ==',
        ],
      },
      'queues without end and a replay window that bears them': {
        base: 'short',
        set: { ...ENDLESS, 'options.gateway.antiReplay.windowSize': '65536' },
        red: ['gateway.latency p95 <='],
      },
    },
  },
  {
    file: 'replay-attack.yaml',
    bases: {
      short: { duration: '6s', warmup: '3s', 'traffic.0.rate': '3000/s', crypto: 'modelled' },
    },
    doubles: {
      'R-021: the window of the Go sidecar': {
        base: 'short',
        set: GO,
        red: ['antireplay.false_accept count ==', 'gateway.duplicates count =='],
      },
      'R-021: the window of the Rust gateway': {
        base: 'short',
        set: RUST,
        red: ['antireplay.false_reject count ==', 'gateway.delivery value >='],
      },
    },
  },
  {
    file: 'scmp-forged.yaml',
    bases: { short: { 'traffic.0.rate': '100/s' } },
    doubles: {
      'a gateway that believes every message': {
        base: 'short',
        set: { 'options.gateway.multipath.scmp': 'trusting' },
        red: ['gateway.fault_switches count ==', 'gateway.path_deaths count =='],
      },
      'nobody who forges': {
        base: 'short',
        set: { 'events.1.flood.rate': '1/h' },
        red: ['gateway.scmp count >='],
      },
    },
  },
];

const keyOf = ({ metric, aggregation, comparison }: KpiResult): string =>
  `${metric} ${aggregation} ${comparison}`;

const reports = new Map<string, Report>();

/** The report of a run; the runs without a defect are cached. */
function reportOn(row: Row, set: Overrides): Report {
  const name = `${row.file} ${JSON.stringify(set)}`;
  const known = reports.get(name);
  if (known !== undefined) return known;
  const scenario = load(row.file, set);
  const made = report(scenario, [run(scenario, row.seed ?? 1)]);
  reports.set(name, made);
  return made;
}

describe('defective doubles', () => {
  it('exist for every limit of every shipped scenario; a new limit needs a row in this file', () => {
    // Defects for emulated scenarios are in test/emulate, because they need the wall clock.
    const files = readdirSync(folders.scenarios).filter(
      (name) => name.endsWith('.yaml') && !/^(emulate|soak)-/.test(name),
    );
    expect(ROWS.map(({ file }) => file)).toEqual(files.sort());
    for (const { file, doubles } of ROWS) {
      const covered = new Set(Object.values(doubles).flatMap(({ red }) => red));
      const limits = load(file).kpis.map(
        ({ metric, aggregation, comparison }) => `${metric} ${aggregation} ${comparison}`,
      );
      expect({ file, limits: [...covered].sort() }).toEqual({ file, limits: limits.sort() });
    }
  });

  const cases = ROWS.flatMap((row) =>
    Object.entries(row.doubles).map(([name, double]) => [row.file, name, row, double] as const),
  );

  it.each(cases)('%s: %s turns red what is green without it', (_file, _name, row, double) => {
    const base = row.bases[double.base]!;
    const green = reportOn(row, base)
      .kpis.filter(({ pass }) => pass)
      .map(keyOf);
    expect(green).toEqual(expect.arrayContaining([...double.red]));
    const broken = reportOn(row, { ...base, ...double.set });
    const red = broken.kpis.filter(({ pass }) => !pass).map(keyOf);
    expect(red).toEqual(expect.arrayContaining([...double.red]));
    expect(broken.pass).toBe(false);
    // The value was measured and missed its limit; a missing value would not count.
    for (const kpi of broken.kpis) {
      if (double.red.includes(keyOf(kpi))) expect(kpi.value).not.toBeNull();
    }
  });
});
