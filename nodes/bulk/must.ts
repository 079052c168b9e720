/**
 * Bulk: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/**
 * The metrics that must keep their limits in any bulk run, always or once faults are over. The longest silence after
 * which a stream is given up is a minute; then a new one is opened.
 */
export const BULK_MUST: Must = {
  always: {
    'bulk.duplicates': { count: '== 0' },
    'bulk.corrupted': { count: '== 0' },
  },
  recover: {
    'bulk.delivery': { value: '>= 99%' },
  },
  withinSeconds: 80,
  options: { secure: ['psk'] },
};
