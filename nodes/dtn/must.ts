/**
 * DTN: what must hold whatever happens to the network.
 *
 * @module
 */

import type { Must } from '../../engine/host/must.ts';
import type { ConfiguredNode } from '../../engine/host/protocol.ts';
import type { DtnOptions } from './config.ts';

/**
 * Routers that send one copy of each bundle, on planned ways. Whether the others deliver depends on which nodes met, and
 * in which order: they learn from records that they exchange when they meet.
 */
const WITHOUT_ENCOUNTERS: readonly DtnOptions['router'][] = ['contact-graph', 'direct', 'static'];

/** The metrics that must keep their limits in any run of these nodes. */
export function dtnMust(nodes: readonly ConfiguredNode<DtnOptions>[]): Must {
  // In a crash, a store in memory loses the bundles that its node had answered for, and the memory of
  // those delivered. A delivery whose record was not on disk yet is repeated: better twice than never.
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
    // Of the streams that have not proved who they are, the last 64 stay: at this rate for 2.5 s each.
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
