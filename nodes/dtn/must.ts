/**
 * DTN: the limits that hold whatever the faults of the network.
 *
 * @module
 */

import type { Must } from '../../engine/host/must.ts';
import type { ConfiguredNode } from '../../engine/host/protocol.ts';
import type { DtnOptions } from './config.ts';

/**
 * Routers that forward one copy of each bundle and need no records of encounters. Whether the other routers deliver a
 * bundle depends on which nodes met, and in which order.
 */
const WITHOUT_ENCOUNTERS: readonly DtnOptions['router'][] = ['contact-graph', 'direct', 'static'];

/** The metrics with the limits that they keep in any run of these nodes. */
export function dtnMust(nodes: readonly ConfiguredNode<DtnOptions>[]): Must {
  // In a crash, a store in memory loses the bundles that its node had acknowledged, and the marks of delivered ones.
  // Even a durable store can repeat a delivery whose record was not on disk yet.
  const isDurable = nodes.every(({ options }) => options.store.kind === 'durable');
  return {
    always: {
      'dtn.corrupted': { count: '== 0' },
      ...(isDurable
        ? { 'dtn.custody.lost': { count: '== 0' }, 'dtn.redelivered': { count: '== 0' } }
        : {}),
    },
    recover: nodes.every(({ options }) => WITHOUT_ENCOUNTERS.includes(options.router))
      ? { 'dtn.delivery': { value: '>= 99%' } }
      : {},
    withinSeconds: 15,
    // Of the streams without a proven identity, the newest 64 stay open: at this rate, each for about 2.5 s.
    floodRates: nodes.every(({ options }) => options.layer === 'tcpcl')
      ? { 'silent-stream': 25 }
      : {},
    options: {
      eids: ['dtn'],
      clock: ['none'],
      crc: ['"16"'],
      fragmentation: ['proactive'],
      layer: ['tcpcl', 'ltp'],
    },
  };
}
