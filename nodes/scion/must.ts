/**
 * SCION border router: limits that must hold in every scenario, whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/**
 * Links come up again after faults, even links without traffic: a session that is down sends a
 * packet each second, and three packets bring it up (RFC 5880 section 6.2).
 */
export const ROUTER_MUST: Must = {
  always: {},
  recover: { 'bfd.links_down': { value: '== 0' } },
  withinSeconds: 5,
  clockErrorSeconds: 60,
};
