/** Gateways that had neither a path nor keys for a while. */
import { describe, expect, it } from 'vitest';
import { load, prepare, SECOND } from '../unit/runner/fixture.ts';

const [FROM, TO] = ['gateway-1-4', 'gateway-1-5'];
const RARE = '{ probeInterval: 5s, warmInterval: 10s, coldInterval: 10s, reports: false }';
const gateway = (name: string, peer: string): string =>
  `${name}: { peers: [${peer}], rekey: { age: 1min }, multipath: ${RARE} }`;
const AWAY_UNTIL = 600 * SECOND;

describe('gateways whose paths have expired and whose keys have ended', () => {
  // Hop fields live for 337.5 s, keys for 2 min without a new handshake.
  it.each([
    ['one of their control services', ['control-1-5']],
    ['both of their control services', ['control-1-4', 'control-1-5']],
  ])(
    'agree on keys over new paths after %s came back, and do not open for ever over old ones',
    (_, away) => {
      const run = prepare(
        load('scion-beaconing.yaml', {
          'topology.generate':
            '{ kind: scion, isds: 1, cores: 2, parents: 2, leaves: 3, depth: 1, control: true }',
          ...{ duration: '11min', warmup: '1s', kpis: '{ gateway.delivery: { value: ">= 1%" } }' },
          options: `{ scion: { bfd: false }, gateway: { peers: [] }, ${gateway(FROM, TO)}, ${gateway(TO, FROM)},
          control-service: { expiry: 0, watch: [] } }`,
          traffic: `[{ from: ${FROM}, to: ${TO}, kind: constant, rate: 1/s, size: 500B, start: 15s }]`,
          events: `[${away.map((name) => `{ at: 1min, for: 9min, crash: ${name} }`).join()}]`,
        }),
      );
      const meter = run.experiment.flows[0]!.meter;
      run.world.sim.runUntil(500 * SECOND);
      const delivered = meter.deliveredTotal;
      expect(delivered).toBeGreaterThan(300);
      run.world.sim.runUntil(AWAY_UNTIL);
      expect(meter.deliveredTotal).toBe(delivered);
      run.world.sim.runUntil(AWAY_UNTIL + 50 * SECOND);
      expect(meter.deliveredTotal).toBeGreaterThan(delivered + 25);
    },
  );
});
