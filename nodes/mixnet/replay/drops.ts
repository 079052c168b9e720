/**
 * Reasons for which replay protection refuses a packet, each explained in one sentence.
 *
 * @module
 */

/** Every drop reason of replay protection. */
export const REPLAY_DROP_REASONS = {
  replay:
    'A packet with this tag arrived before under the same key, or the filter has a false positive.',
  'replay-filter-full': 'As many packets arrived under this key as its filter was made for.',
  'replay-log-busy': 'Too many packets wait until their tags are on disk.',
  'replay-log-failed': 'The tag of the packet could not be written to disk.',
} as const;

/** Why replay protection rejects a packet. */
export type ReplayDropReason = keyof typeof REPLAY_DROP_REASONS;
