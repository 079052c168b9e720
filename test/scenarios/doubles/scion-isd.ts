/** Defects for scion-isd.yaml, for `doubles.slow.test.ts`: in a network of fifteen ASes. */
import type { Row } from '../double-row.ts';

const SERVICE = 'options.control-service';

export const row: Row = {
  isLong: true,
  bases: {
    small: {
      'topology.generate':
        '{ kind: scion, isds: 3, cores: 2, parents: 2, leaves: 3, depth: 1, control: true }',
      options: `{
        gateway: { peers: [] },
        gateway-1-3: { peers: [gateway-2-3] },
        gateway-2-3: { peers: [gateway-1-3] },
        control-service:
          { signatures: real, bestSet: 5, watch: ["1-ff00:1:3", "2-ff00:2:3", "3-ff00:3:3"] } }`,
      traffic:
        '[{ from: gateway-1-3, to: gateway-2-3, kind: poisson, rate: 200/s, size: 1000B, start: 12s }]',
      'events.0.link.activePath': 'gateway-1-3 -> gateway-2-3',
      'events.0.link.hop': '1',
      // What is believed for 20 s at the crash ends within the run.
      duration: '60s',
      kpis: `{
        control.revocations: { count: ">= 5" },
        control.revoked_paths: { count: "== 0" },
        control.avoided: { max: "<= 10s" },
        control.discovery: { max: "<= 10s" },
        control.lookups_lost: { count: "== 0" },
        gateway.delivery: { value: ">= 95%" } }`,
    },
  },
  doubles: {
    'control services that believe no error': {
      base: 'small',
      set: { [`${SERVICE}.double`]: 'unheeding' },
      red: ['control.revocations count >='],
    },
    'control services whose answers have paths over interfaces that are down': {
      base: 'small',
      set: { [`${SERVICE}.double`]: 'careless' },
      red: ['control.revoked_paths count =='],
    },
    'control services that believe an error for 20 s': {
      base: 'small',
      set: { [`${SERVICE}.double`]: 'stubborn' },
      red: ['control.avoided max <='],
    },
    'a core router that comes back 20 s after its control service': {
      base: 'small',
      set: {
        events: `[
          { at: 18s, for: 6s, set: { up: false },
            link: { activePath: "gateway-1-3 -> gateway-2-3", hop: 1 } },
          { at: 33s, for: 4s, crash: [control-2-1] },
          { at: 33s, for: 24s, crash: [core-2-1] } ]`,
      },
      red: ['control.discovery max <='],
    },
    'control services that forget all segments again and again': {
      base: 'small',
      set: { [`${SERVICE}.double`]: 'amnesiac' },
      red: ['control.lookups_lost count =='],
    },
    'links that lose a packet in thirty': {
      base: 'small',
      set: { 'topology.defaults.link.loss': '3%' },
      red: ['gateway.delivery value >='],
    },
  },
};
