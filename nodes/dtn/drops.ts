/**
 * Why a node drops a bundle, each with a sentence that explains it, in the order of the checks.
 *
 * @module
 */
import { BUNDLE_DROP_REASONS } from './wire/drops.ts';

/** All drop reasons of a `dtn` node, each with the sentence that explains it. */
export const DTN_DROP_REASONS = {
  'unknown-peer': 'the datagram does not come from a neighbour',
  'unknown-message': 'the datagram goes on with nothing that UDPCL knows',
  'bad-transfer': 'a piece of a bundle is malformed, or disagrees with the others',
  'transfers-full': 'pieces of too many bundles, or too many bytes of them, wait for others',
  'transfer-expired': 'the missing pieces of a bundle did not come in time',
  'ltp-bad-segment': 'the datagram is no segment of LTP',
  'ltp-stranger': 'the segment belongs to a session of another engine',
  'ltp-bad-data': 'the data does not fit the rest of its block',
  'ltp-bad-report': 'the report is about data that was not sent',
  'ltp-sessions-full': 'too many blocks, or too many bytes of them, come in at once',
  'ltp-closed-session': 'the block of this segment has ended',
  'ltp-forgotten': 'the segment answers a report from before this node was restarted',
  'ltp-silence': 'nothing more of the block came',
  'ltp-retries': 'the neighbour did not answer, however often it was asked',
  'ltp-cancelled': 'the neighbour gave the block up',
  'ltp-control-full': 'too many segments wait to be sent',
  'tcpcl-bad-message': 'the stream goes on with no message of TCPCL',
  'tcpcl-stranger': 'the session names another node than the one at the other end, or needs more',
  'tcpcl-no-tls': 'the other end of a session offers no TLS, and this node requires it',
  'tcpcl-tls-failed': 'the handshake of TLS failed: the other end has another key, or went away',
  'tcpcl-silence': 'the other end of a session said nothing for too long',
  'tcpcl-crowded': 'a session ended for a newer one: nothing proved yet who is at its other end',
  'tcpcl-refused': 'a transfer was refused',
  'tcpcl-unexpected': 'the message does not belong at this point of a session',
  'mesh-bad-frame':
    'the datagram is no frame of the mesh, or disagrees with the rest of its message',
  'mesh-assemblies-full': 'too many messages are incomplete',
  'mesh-queue-full': 'too many frames wait to be sent',
  'mesh-asleep': 'the neighbour sleeps, and nothing more is kept for it',
  'mesh-too-long': 'the bundle is longer than a message of the mesh',
  'bad-message':
    'the message of the carrier is neither a bundle nor a receipt, or was changed on the way',
  'late-receipt': 'no bundle waits for this receipt',
  ...BUNDLE_DROP_REASONS,
  'primary-unprotected': 'nothing protects the primary block, and the node requires it',
  duplicate: 'the node has the bundle, or had it',
  expired: 'the bundle is older than its lifetime',
  'hop-limit': 'the bundle has gone as many hops as it may',
  'block-unsupported': 'an unknown block asks that the bundle be deleted',
  'bad-fragment': 'the fragment gives another length for the whole payload than those before',
  'reassembly-full': 'fragments of too many bundles, or of too long ones, wait for others',
  'fragments-missing': 'the rest of a bundle in fragments did not come',
  'too-large': 'the bundle is longer than any way from this node carries, and may not be split',
  'no-storage': 'the store has no room',
  'source-share': 'bundles of one source may fill no more than their share of the store',
  displaced: 'the store was full, and its policy gave the room to another bundle',
  'store-error': 'the disk did not confirm the bundle',
  'bad-record': 'a record of the store cannot be read after a restart',
  'security-missing': 'a security operation is missing that a rule of this node requires',
  'payload-in-the-clear': 'the payload is not encrypted, and the guard of this node is on',
  'security-unknown': 'the bundle has an operation of a security context that is not known',
  'security-unexpected': 'the bundle has a security operation that a rule of this node forbids',
  'security-failed': 'a signature or a tag does not match, or its key is missing',
  'security-conflicting': 'the security blocks are malformed or contradict each other',
  'security-not-ready': 'the disk has not confirmed initialization vectors yet',
  'unknown-source': 'the bundle comes from a node that is not in the topology',
  'bad-encounter': 'the record of a neighbour at an encounter is malformed, or not its own',
  'unknown-record': 'the administrative record is of no known type',
} as const;

/** Name of a reason for which a node drops a bundle or datagram. */
export type DtnDropReason = keyof typeof DTN_DROP_REASONS;
