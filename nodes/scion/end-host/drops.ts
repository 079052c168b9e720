/**
 * Reasons for which a host drops packets at its end-host port, in addition to those of the codecs
 * (wire/drops.ts).
 *
 * @module
 */

/** The drop reasons of the end-host port, each explained in one sentence. */
export const END_HOST_DROP_REASONS = {
  'scmp-only': 'A packet on the end-host port carries no SCMP.',
  'scmp-unknown': 'An SCMP message is of an informational type that a host does not know.',
  'scmp-unasked': 'An SCMP reply answers no request of this host.',
  'scmp-rate': 'More SCMP requests came than a host answers.',
  'scmp-queue': 'The local queue took no more SCMP messages.',
  'epic-clock':
    'A packet on an EPIC-HP path cannot be dated: by the clock of this host its segment is of the future, or older than a day.',
} as const;

/** Why a host drops a packet at its end-host port. */
export type EndHostDropReason = keyof typeof END_HOST_DROP_REASONS;
