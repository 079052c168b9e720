/** Defects for gateway-prefixes.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

const VOICE =
  '{ name: voice, match: { source: 198.18.0.0/31 }, paths: ["0 1-ff00:0:110 0", "0 1-ff00:0:130 0"] }';
const SLOW_VOICE = VOICE.replace('110', '120');
const BULK = '{ name: bulk, paths: ["0 1-ff00:0:120 0", "0 1-ff00:0:130 0"] }';
const classes = (...all: readonly string[]): Readonly<Record<string, string>> => ({
  'options.gateway.classes': `[${all.join(', ')}]`,
});

export const row: Row = {
  bases: { full: {} },
  doubles: {
    'a route to one of the hosts that have moved is missing': {
      base: 'full',
      set: {
        'options.gateway.routing':
          '"advertise 1-ff00:0:112 0-0 198.19.0.2/32\\nadvertise 1-ff00:0:113 0-0 198.19.0.0/24\\naccept 0-0 1-ff00:0:111 198.19.0.0/16"',
      },
      red: ['gateway.delivery value >='],
    },
    'bulk has no fall-back': {
      base: 'full',
      set: classes(VOICE, BULK.replace(', "0 1-ff00:0:130 0"', '')),
      red: ['gateway.delivery value >='],
    },
    'voice takes the cheap path': {
      base: 'full',
      set: classes(SLOW_VOICE, BULK),
      red: ['gateway.latency p50 <='],
    },
    'bulk takes the quick path': {
      base: 'full',
      set: classes(VOICE, BULK.replace('120', '110')),
      red: ['gateway.latency p90 >='],
    },
    'probes three times as rare': {
      base: 'full',
      set: { 'options.gateway.multipath.probeInterval': '170ms' },
      red: ['gateway.failover max <='],
    },
  },
};
