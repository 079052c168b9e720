/**
 * Gateway: the conditions that hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/**
 * The conditions that a gateway guarantees, either always or once there has been no fault for a
 * while. `antireplay.false_reject` is not among them, because a packet that a link delays for
 * longer than the window lasts is refused (docs/LIMITATIONS.md).
 */
export const GATEWAY_MUST: Must = {
  always: {
    'antireplay.false_accept': { count: '== 0' },
    'gateway.duplicates': { count: '== 0' },
    'gateway.corrupted': { count: '== 0' },
  },
  recover: {
    'gateway.delivery': { value: '>= 99%' },
  },
  withinSeconds: 5,
  // The largest clock error that hunts draw; two gateways' clocks may differ by 300 s (R-031).
  clockErrorSeconds: 60,
  options: {
    'multipath.reports': ['false'],
    'antiReplay.windowSize': ['64', '65536'],
    'antiReplay.reserve': ['1024'],
    'rekey.age': ['2s'],
  },
};
