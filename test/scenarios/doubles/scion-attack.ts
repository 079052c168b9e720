/** Defects for scion-attack.yaml, for `doubles.slow.test.ts`. */
import { NERVOUS } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

const KINDS = ['expired', 'false-signature', 'lying-registration', 'replayed', 'spliced'] as const;

function without(kind: (typeof KINDS)[number]): Readonly<Record<string, string>> {
  const kinds = JSON.stringify(KINDS.filter((one) => one !== kind));
  return { 'options.control-1-1.attack.kinds': kinds };
}

const drops = (cause: string): string => `nodes.drops{cause="${cause}"} count >=`;

export const row: Row = {
  isLong: true,
  bases: { short: { 'traffic.0.rate': '100/s' } },
  doubles: {
    'control services that believe every signature': {
      base: 'short',
      set: { 'options.control-service.double': 'trusting' },
      red: [drops('signature-invalid'), drops('signature-key')],
    },
    'nobody who sends what has expired': {
      base: 'short',
      set: without('expired'),
      red: [drops('beacon-expired')],
    },
    'nobody who cuts beacons': {
      base: 'short',
      set: without('spliced'),
      red: [drops('beacon-unlinked')],
    },
    'nobody who sends a beacon again': {
      base: 'short',
      set: without('replayed'),
      red: ['control.beacons_known count >='],
    },
    'nobody who forges hop fields': {
      base: 'short',
      set: { 'events.0.flood.rate': '1/h' },
      red: [drops('hop-mac')],
    },
    'nobody who forges messages about links': {
      base: 'short',
      set: { 'events.1.flood.rate': '1/h' },
      red: ['gateway.scmp count >='],
    },
    'gateways whose probes have no patience': {
      base: 'short',
      set: NERVOUS,
      red: ['gateway.fault_switches count =='],
    },
    'links that lose a packet in a hundred': {
      base: 'short',
      set: { 'topology.defaults.link.loss': '1%' },
      red: ['gateway.delivery value >=', 'gateway.fault_switches count =='],
    },
  },
};
