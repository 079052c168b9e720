/** Control services discover what can be reached, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { load, report, run } from '../unit/runner/fixture.ts';

const SHORT = { duration: '14s', 'traffic.0.start': '8s' };

function reportOn(set: Readonly<Record<string, string>>): Report {
  const scenario = load('scion-beaconing.yaml', { ...SHORT, ...set });
  return report(scenario, [run(scenario)]);
}

const measured = ({ metrics }: Report, name: string): number => metrics[name]?.count ?? 0;

describe('control services', () => {
  it('find no path to or from an AS that is cut off before the start, and all others', () => {
    // The leaf AS 2-ff00:2:4 has these two parents, and no children.
    const cut = ['br-2-7--br-2-4', 'br-2-5--br-2-4'].map(
      (link) => `{ at: 0s, link: ${link}, set: { up: false } }`,
    );
    const whole = reportOn({});
    expect(measured(whole, 'control.discovery')).toBe(16 * 15);
    const parted = reportOn({ events: `[${cut.join()}]` });
    expect(measured(parted, 'control.discovery')).toBe(15 * 14);
    expect(measured(parted, 'control.lookups_lost')).toBe(0);
  });

  const SMALL = {
    'topology.generate':
      '{ kind: scion, isds: 1, cores: 1, parents: 1, leaves: 3, gateways: false, control: true }',
    duration: '14s',
    traffic: '[]',
    options: '{ control-service: { watch: ["1-ff00:1:1", "1-ff00:1:4"], watchInterval: 6s } }',
    kpis: '{ control.discovery: { count: ">= 1" } }',
  };

  it('find paths where they look for paths less often than every 4.3 s', () => {
    const scenario = load('scion-beaconing.yaml', SMALL);
    expect(measured(report(scenario, [run(scenario)]), 'control.discovery')).toBe(6);
  });

  it('send as many bytes over an interface as its beacons have entries (draft-dekater-scion-controlplane, Scalability)', () => {
    const chain =
      '{ kind: scion, isds: 1, cores: 1, parents: 1, leaves: 2, depth: 2, gateways: false, control: true }';
    for (const [signatures, crypto] of [
      ['modelled', 'modelled'],
      ['real', 'node'],
    ]) {
      const options = `{ control-service: { signatures: ${signatures} } }`;
      const kpis = '{ control.beacons_sent: { count: ">= 1" } }';
      const set = { 'topology.generate': chain, duration: '70s', warmup: '10s', traffic: '[]' };
      const scenario = load('scion-beaconing.yaml', {
        ...set,
        ...{ crypto: crypto ?? '', options, kpis },
      });
      const { metrics } = report(scenario, [run(scenario)]);
      // Twelve rounds of one beacon: with one entry from the core AS, with one more from the AS below.
      const bytesOfEntry = [1, 2].map((entries) => {
        const name = `control.beacon_bytes{interface="1-ff00:1:${entries}#${entries}"}`;
        return (metrics[name]?.count ?? 0) / (12 * entries);
      });
      // The draft reckons with 250 bytes an entry, which has peers.
      for (const bytes of bytesOfEntry) expect(bytes).toBeGreaterThan(150);
      for (const bytes of bytesOfEntry) expect(bytes).toBeLessThan(250);
    }
  });

  it('find paths with certificates of real bytes, in each run the same', () => {
    const options =
      '{ control-service: { watch: ["1-ff00:1:1", "1-ff00:1:2"], signatures: real } }';
    const generate =
      '{ kind: scion, isds: 1, cores: 1, parents: 1, leaves: 2, gateways: false, control: true }';
    const set = { ...SMALL, 'topology.generate': generate, options, crypto: 'node' };
    const results = [1, 2].map(() => run(load('scion-beaconing.yaml', set)));
    const reports = results.map((one) => report(load('scion-beaconing.yaml', set), [one]));
    expect(reports.map((one) => measured(one, 'control.discovery'))).toEqual([4, 4]);
    expect(new Set(results.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(Object.keys(results[0]!.nodeDrops).filter((name) => /trc|chain|sig/.test(name))).toEqual(
      [],
    );
  });

  it('go on where their own link has no room', () => {
    const internal = '{ delay: 100us, rate: 1Mbit/s, queue: 1packets }';
    const scenario = load('scion-beaconing.yaml', {
      ...SMALL,
      'topology.defaults.internal': internal,
    });
    const result = run(scenario);
    expect(JSON.stringify(result.nodeDrops)).toContain('queue-full');
    // What was lost is said again.
    expect(measured(report(scenario, [result]), 'control.discovery')).toBe(6);
  });

  it('find paths again after the control service of a core AS was killed and came back', () => {
    const events = '[{ at: 6s, for: 2s, crash: control-1-1 }]';
    const after = reportOn({ events, duration: '24s', 'traffic.0.start': '15s' });
    // The control service that came back has found each of the others a second time.
    expect(measured(after, 'control.discovery')).toBe(16 * 15 + 15);
    expect(after.metrics['gateway.delivery']?.value).toBe(1);
  });
});
