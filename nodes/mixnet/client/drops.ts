/**
 * Reasons for which a client drops a packet or refuses a message, each explained in one sentence.
 *
 * @module
 */

/** Drop reasons of a client, in addition to those of Sphinx. */
export const CLIENT_DROP_REASONS = {
  'send-queue-full': 'The queue in front of the payload process has no room for the message.',
  'ack-queue-full':
    'The queue in front of the payload process has no room for the acknowledgement.',
  'contact-unknown': 'The recipient of the message is not among the contacts.',
  'message-too-long': 'The message needs more fragments than one message may have.',
  'path-unavailable':
    'No path over neighbours, whose hops have keys for the epoch of arrival, was found.',
  'lifetime-over': 'The lifetime of the message ended before it was acknowledged.',
  'message-abandoned': 'No acknowledgement came after the last allowed transmission.',
  'message-kind': 'The payload is neither a fragment nor an acknowledgement nor a loop.',
  'fragment-format': 'The index, count or length of a fragment contradict each other.',
  'fragment-conflict': 'The fragment contradicts earlier fragments of its message.',
  'fragment-duplicate': 'The fragment arrived before; it is acknowledged again and not kept.',
  'reassembly-full': 'Too many messages are waiting for their fragments.',
  'reassembly-timeout': 'A message stayed incomplete for too long; its fragments are forgotten.',
  'duplicates-full': 'Too many messages are remembered to tell this one from a duplicate.',
  'delivered-log-failed':
    'The disk did not take the name of a whole message, which is not delivered for that.',
  'sender-unknown': 'The message names a sender that is not among the contacts.',
  'surb-foreign': 'The SURB of the message does not begin at the own provider.',
  'surb-unknown': 'No message waits for a reply under this identifier.',
  'surb-tag': 'The reply was changed in transit: its tag is not zero.',
  'surb-refused': 'The SURB or the keys of the reply are malformed.',
  'payload-format': 'The payload has another length, flag or reserved byte than allowed.',
  'ack-mismatch': 'The acknowledgement names another fragment than its SURB was made for.',
  'loop-unknown': 'A loop returned that was not sent, had already returned, or is overdue.',
} as const;

/** Why a client drops something. */
export type ClientDropReason = keyof typeof CLIENT_DROP_REASONS;

/** Why a client does not accept a message for sending. */
export type SubmitRefusal = 'send-queue-full' | 'contact-unknown' | 'message-too-long';
