/**
 * Reasons for which a frame of the SCION-IP gateway, or a packet in it, is refused, each explained in one sentence.
 *
 * @module
 */

/** All reasons of this folder. */
export const SIG_DROP_REASONS = {
  'sig-truncated': 'The datagram ends before the header of a SIG frame does.',
  'sig-version': 'The version of the SIG frame is not 0.',
  'sig-sequence': 'The sequence number of the SIG frame is 2^53 or more.',
  'sig-empty': 'The SIG frame carries nothing.',
  'sig-index': 'The index of the SIG frame is behind its end.',
  'sig-no-start': 'The SIG frame continues a packet whose start did not arrive.',
  'sig-packet-start': 'Where a packet starts, the SIG frame has no whole header of IPv4 or IPv6.',
  'sig-too-old': 'The SIG frame is older than the packet that its stream waits for.',
  'sig-duplicate': 'The SIG frame is already there.',
  'sig-evicted':
    'A packet was given up: a SIG frame of it is missing, or newer ones need its place.',
  'sig-invalid': 'A packet was given up: a SIG frame that continues it contradicts its length.',
  'sig-timeout': 'A packet was given up because no more SIG frames of its stream came.',
  'sig-queue-full': 'The packet found too many others that wait to be put into SIG frames.',
  'ip-malformed': 'What was to be sent is no IPv4 or IPv6 packet of the length that it says.',
} as const;

/** Why a frame or packet was dropped. */
export type SigDropReason = keyof typeof SIG_DROP_REASONS;
