/**
 * Fabric: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** Limits that fabric keeps whatever happens to the network. */
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
  // Not `order: sent`: one message that a carrier gave up holds back those behind it until its deadline.
  options: { packet: ['600B'] },
};
