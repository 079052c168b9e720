/**
 * A mix as a library, and packets for it.
 *
 * @module
 */
// The worker threads load this export.
export { protocol } from './jobs.ts';
export {
  type MixedPacket,
  Mixnode,
  type MixnodeOptions,
  type MixnodeParts,
  type MixnodeStats,
} from './mixnode.ts';
export { createMixPacket, type MixHop } from './packet-for.ts';
