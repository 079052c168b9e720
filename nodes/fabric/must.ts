/**
 * Fabric: the limits that hold whatever faults the network has.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** Limits of metrics that fabric keeps whatever faults the network has. */
export const FABRIC_MUST: Must = {
  always: {
    'fabric.duplicates': { count: '== 0' },
    'fabric.corrupted': { count: '== 0' },
    'fabric.handled_twice': { count: '== 0' },
    'fabric.wrong_answers': { count: '== 0' },
    'fabric.group.disagreed': { count: '== 0' },
  },
  recover: {
    'fabric.delivery': { value: '>= 99%' },
  },
  withinSeconds: 15,
  // `order: sent` is not hunted: with it, a message that a carrier gave up holds back all later messages
  // until its deadline.
  options: { packet: ['600B'] },
};
