/** Defects for scion-life.yaml, for `doubles.slow.test.ts`: in a third of the time. */
import type { Row } from '../double-row.ts';

export const row: Row = {
  isLong: true,
  bases: {
    short: {
      duration: '510min',
      'options.control-1-1.trcUpdate': '{ at: 90min, grace: 30min }',
      'options.control-1-5.renewalEnds': '1h',
      'events.0.at': '2h',
      'events.1.at': '390min',
    },
  },
  doubles: {
    'a control service that is away for 4 h, twice as long as segments live': {
      base: 'short',
      set: { 'events.0.for': '4h' },
      red: ['gateway.delivery value >='],
    },
    'a core AS that proposes no TRC': {
      base: 'short',
      set: { 'options.control-1-1': '{}' },
      red: ['control.trc_updates count =='],
    },
    'an AS that goes on renewing its certificate': {
      base: 'short',
      set: { 'options.control-1-5': '{ watch: [] }' },
      red: ['control.watched_lost value =='],
    },
    'a second AS that renews its certificate no more': {
      base: 'short',
      set: { 'options.control-1-6': '{ renewalEnds: 1h }' },
      red: ['control.watched_lost value =='],
    },
  },
};
