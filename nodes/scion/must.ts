/**
 * SCION border router: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/**
 * Links come up again, also those that no traffic needs: a session that is down sends each second, and it takes three
 * packets (RFC 5880 section 6.2).
 */
export const ROUTER_MUST: Must = {
  always: {},
  recover: { 'bfd.links_down': { value: '== 0' } },
  withinSeconds: 5,
  clockErrorSeconds: 60,
};
