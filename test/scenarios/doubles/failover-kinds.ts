/** Defects for failover-kinds.yaml, for `doubles.slow.test.ts`. */
import { GO } from '../common-overrides.ts';
import type { Row } from '../double-row.ts';

const CUT =
  '{ at: 15s, for: 1s, link: { activePath: "gateway-111 -> gateway-211", hop: random }, set: { up: false } }';
const HOLE =
  '{ at: 20s, for: 1s, link: { activePath: "gateway-111 -> gateway-211", hop: 1 }, set: { mtu: 900B } }';
const LOSS =
  '{ at: 20s, for: 1s, link: { activePath: "gateway-111 -> gateway-211", hop: 1 }, set: { loss: 40% } }';
const RARE =
  '{ every: 60s, from: 20s, for: 1s, link: "core-110 <-> core-310", set: { up: false } }';

export const row: Row = {
  isLong: true,
  bases: {
    /** So long that a cut of one second costs less than a hundredth of the packets. */
    cut: { duration: '100s', events: `[${CUT}]` },
    hole: { duration: '100s', events: `[${HOLE}]` },
    loss: { duration: '70s', events: `[${LOSS}]` },
    /**
     * Failures so rare that damping never suppresses the path: 1,000 for each, halved in between. With the hold
     * time, which doubles, packets return after three of them.
     */
    rare: {
      duration: '540s',
      'traffic.0.rate': '10/s',
      'traffic.1.rate': '10/s',
      events: `[${RARE}]`,
    },
  },
  doubles: {
    'probes a sixth as often, and no reports': {
      base: 'cut',
      set: {
        'options.gateway.multipath.reports': 'false',
        'options.gateway.multipath.probeInterval': '300ms',
      },
      red: ['gateway.disturbance p95 <='],
    },
    'no reports, so that small probes hide the hole': {
      base: 'hole',
      set: { 'options.gateway.multipath.reports': 'false' },
      red: ['gateway.disturbance p95 <='],
    },
    'no reports, and twice the missed probes, while four of ten packets are lost': {
      base: 'loss',
      set: {
        'options.gateway.multipath.reports': 'false',
        'options.gateway.multipath.misses': '6',
      },
      red: ['gateway.disturbance p95 <='],
    },
    'links that lose 2.5 % on the whole path': {
      base: 'cut',
      set: { 'topology.defaults.link.loss': '0.4%' },
      red: ['gateway.delivery value >='],
    },
    'no hold time before a return': {
      base: 'rare',
      set: { 'options.gateway.multipath.hold': '1ms' },
      red: ['gateway.fault_switches count <='],
    },
    'the window of the Go gateway': {
      base: 'cut',
      set: GO,
      red: ['antireplay.false_reject count =='],
    },
  },
};
