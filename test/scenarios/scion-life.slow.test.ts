/** Certificates that end and are renewed, a TRC that follows, and a control service that is away for a while. */
import { describe, expect, it } from 'vitest';
import { load, report, run } from '../unit/runner/fixture.ts';

const RARE =
  '{ probeInterval: 60s, warmInterval: 60s, coldInterval: 60s, reports: false, refreshInterval: 60s }';
const ROUNDS = 'origination: 2min, propagation: 2min, registration: 2min, expiry: 5';
const WATCHED = 'watch: ["1-ff00:1:3", "1-ff00:1:4", "1-ff00:1:5"], watchInterval: 60s';
const GATEWAYS = ['1-3', '1-4', '1-5'].map((name) => {
  const peers = name === '1-3' ? '[gateway-1-4, gateway-1-5]' : '[gateway-1-3]';
  return `gateway-${name}: { peers: ${peers}, multipath: ${RARE} }`;
});

/** Certificates of an hour; the AS 1-5 asks for none after `renewalEnds`. */
const LIFE = (renewalEnds: string): Readonly<Record<string, string>> => ({
  'topology.generate':
    '{ kind: scion, isds: 1, cores: 2, parents: 2, leaves: 3, depth: 1, control: true }',
  ...{ duration: '80min', warmup: '1min' },
  options: `{ scion: { bfd: false }, gateway: { peers: [] }, ${GATEWAYS.join(', ')},
    control-service: { signatures: real, certificateLifetime: 60min, ${ROUNDS}, ${WATCHED} },
    control-1-1: { trcUpdate: { at: 20min, grace: 5min } },
    control-1-5: { renewalEnds: ${renewalEnds} } }`,
  traffic: `[${['1-4', '1-5'].map((to) => `{ from: gateway-1-3, to: gateway-${to}, kind: constant, rate: 0.2/s, size: 500B, start: 5min }`).join()}]`,
  events: '[{ at: 30min, for: 10min, crash: control-1-4 }]',
  kpis: '{ gateway.delivery: { value: ">= 1%" } }',
});

describe('a network that lives longer than its certificates', () => {
  it.each([
    // Its first certificate ends after an hour, and hop fields up to 337.5 s before it.
    ['30min', 4, { least: 0.2 * 48 * 60, most: 0.2 * 55 * 60 }],
    ['10h', 0, { least: 899, most: 899 }],
  ])(
    'loses no packet by renewals, a TRC or a control service that is away; who renews until %s costs %i ways to it and its packets',
    (renewalEnds, lost, { least, most }) => {
      const scenario = load('scion-beaconing.yaml', LIFE(renewalEnds));
      const result = run(scenario);
      const { metrics } = report(scenario, [result]);
      const [others, cut] = result.flows ?? [];
      expect(others).toMatchObject({ sent: 899, delivered: 899 });
      expect(cut?.sent).toBe(899);
      expect(cut?.delivered).toBeGreaterThanOrEqual(least);
      expect(cut?.delivered).toBeLessThanOrEqual(most);
      // Five control services, and the one that came back without what it had learnt.
      expect(metrics['control.trc_updates']?.value ?? metrics['control.trc_updates']?.count).toBe(
        6,
      );
      // The four others do not find it, and find each other.
      expect(metrics['control.watched_lost']).toMatchObject({ value: lost });
    },
    120_000,
  );
});
