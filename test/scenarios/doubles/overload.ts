/** Defects for overload.yaml, for `doubles.slow.test.ts`. */
import { FAR } from '../common-overrides.ts';
import type { Overrides, Row } from '../double-row.ts';

/** Nothing is ever too late, and nothing is rejected. */
const ENDLESS: Overrides = { cpuQueues: 'endless', 'options.gateway.overload.shed': 'false' };

export const row: Row = {
  isLong: true,
  bases: { short: { duration: '7s', warmup: '3s' } },
  doubles: {
    'paths of 40 ms': {
      base: 'short',
      set: FAR,
      red: ['gateway.latency max <='],
    },
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
      // Answers that come too late are none: late packets and dead paths are one overload.
      red: [
        'gateway.latency max <=',
        'gateway.latency p95 <=',
        'gateway.throughput rate >=',
        'gateway.fault_switches count ==',
        'gateway.path_deaths count ==',
      ],
    },
  },
};
