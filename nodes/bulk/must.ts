/**
 * Bulk: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** The metrics that must keep their limits in any bulk run, always or once faults are over. */
export const BULK_MUST: Must = {
  always: {
    'bulk.duplicates': { count: '== 0' },
    'bulk.corrupted': { count: '== 0' },
  },
  recover: {
    'bulk.delivery': { value: '>= 99%' },
  },
  // A stream is given up after a silence of at most 60 s; the other 20 s are for a new stream.
  withinSeconds: 80,
  options: { secure: ['psk'] },
};
