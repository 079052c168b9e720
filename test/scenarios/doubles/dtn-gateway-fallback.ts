/** Defects for dtn-gateway-fallback.yaml, for `doubles.slow.test.ts`. */
import type { Row } from '../double-row.ts';

/** A minute without paths instead of ten; the same share of the packets by gateway is lost. */
const MINUTE = {
  duration: '150s',
  'events.0.for': '60s',
  'traffic.0.start': '42s',
  'traffic.0.stop': '110s',
  'traffic.1.start': '42s',
  'traffic.1.stop': '110s',
};

export const row: Row = {
  isLong: true,
  bases: {
    minute: MINUTE,
    // As many bundles wait as after ten minutes: a store takes that long to get empty.
    backlog: { ...MINUTE, 'traffic.1.rate': '100/s' },
  },
  doubles: {
    'paths that stay cut': {
      base: 'minute',
      set: {
        duration: '700s',
        'events.0.for': '645s',
        'traffic.0.stop': '650s',
        'traffic.1.stop': '60s',
      },
      red: ['gateway.delivery value >=', 'dtn.latency max <='],
    },
    'bundles that live for a tenth of the cut': {
      base: 'minute',
      set: { 'traffic.1.lifetime': '6s' },
      red: ['dtn.delivery value >='],
    },
    'a receiver that forgets what it delivered, and receipts that are lost': {
      base: 'minute',
      set: { 'options.dtn.double': 'forgetting', 'topology.defaults.link.loss': '1%' },
      red: ['dtn.duplicates count ==', 'dtn.emptying max <=', 'gateway.delivery value >='],
    },
    'paths that are cut for half the time': {
      base: 'backlog',
      set: { 'events.0.for': '30s', 'traffic.1.stop': '80s' },
      red: ['gateway.delivery ratio <=', 'dtn.emptying min >='],
    },
    'more than twice as many bundles': {
      base: 'backlog',
      set: { 'traffic.1.rate': '220/s' },
      red: ['dtn.emptying max <=', 'dtn.buffer.peak max <='],
    },
  },
};
