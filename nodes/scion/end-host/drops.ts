/**
 * Why a host drops what comes to its end-host port, beyond the reasons for which any SCION packet is dropped.
 *
 * @module
 */

/** The reasons, each with a sentence that explains it. */
export const END_HOST_DROP_REASONS = {
  'scmp-only': 'A packet on the end-host port carries no SCMP.',
  'scmp-unknown': 'An SCMP message is of an informational type that a host does not know.',
  'scmp-unasked': 'An SCMP reply answers no request of this host.',
  'scmp-rate': 'More SCMP requests came than a host answers.',
  'scmp-queue': 'The local queue took no more SCMP messages.',
} as const;

/** The name of a reason. */
export type EndHostDropReason = keyof typeof END_HOST_DROP_REASONS;
