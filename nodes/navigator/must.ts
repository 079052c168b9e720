/**
 * Navigator: what must hold whatever happens to the network.
 *
 * @module
 */
import type { Must } from '../../engine/host/must.ts';

/** The promises of `navigator` nodes: nothing about loss, which is the business of their carriers. */
export const NAVIGATOR_MUST: Must = {
  always: { 'navigator.exposed': { count: '== 0' }, 'navigator.spent': { max: '<= 1000' } },
  recover: { 'navigator.delivery': { value: '>= 99%' } },
  withinSeconds: 2,
};
