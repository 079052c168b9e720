/**
 * DTN: what must hold whatever happens to the network.
 *
 * @module
 */

import type { Must } from '../../engine/host/must.ts';
import type { ConfiguredNode } from '../../engine/host/protocol.ts';
import type { DtnOptions } from './config.ts';

/** The metrics that must keep their limits in any run of these nodes. */
export function dtnMust(nodes: readonly ConfiguredNode<DtnOptions>[]): Must {
  // A store in memory loses in a crash what its node had answered for, and had delivered. What a disk was
  // writing when its node crashed is delivered again: better twice than never.
  const isDurable = nodes.every(({ options }) => options.store.kind === 'durable');
  return {
    always: {
      'dtn.corrupted': { count: '== 0' },
      ...(isDurable
        ? { 'dtn.custody.lost': { count: '== 0' }, 'dtn.redelivered': { count: '== 0' } }
        : {}),
    },
    recover: {
      'dtn.delivery': { value: '>= 99%' },
    },
    withinSeconds: 15,
    options: {
      eids: ['dtn'],
      clock: ['none'],
      crc: ['"16"'],
      fragmentation: ['proactive'],
      layer: ['tcpcl', 'ltp'],
    },
  };
}
