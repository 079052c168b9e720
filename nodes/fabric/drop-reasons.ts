/**
 * Fabric: drop reasons, each with a sentence that explains it.
 *
 * @module
 */

import { GROUP_DROP_REASONS } from './groups/drops.ts';

/** Drop reasons of fabric, each with a sentence that explains it. */
export const FABRIC_DROP_REASONS: Readonly<Record<string, string>> = {
  truncated: 'a packet is shorter than its head',
  'wrong-version': 'a packet or an envelope has another version',
  'bad-checksum': 'a packet has another checksum than it says: its bytes were changed on the way',
  'bad-acknowledgement': 'an acknowledgement has ranges that are not descending or too many',
  'bad-news': 'news are longer than the window, or than their packet',
  'bad-challenge': 'a challenge or a confirmation ends behind its packet',
  'bad-piece': 'a piece is empty, ends behind its message or its packet, or is one of too many',
  'never-sent': 'a packet is acknowledged that was never sent',
  'unconfirmed-memory': 'a packet of another memory than the one known, until the peer confirms it',
  'unconfirmed-floor':
    'a packet says that more numbers are over than a window has, until the peer confirms it',
  'foreign-challenge': 'the peer asks about a packet that is not of this life of this node',
  'given-up': 'its sender has given up a message that is here in part, or was not handed over',
  'beyond-window': 'a message with a number that is not in use yet',
  'too-long': 'a message is said to be longer than 64 MiB',
  'no-room': 'pieces of unfinished messages of this peer take too much memory; they come again',
  'bad-envelope': 'a message is not an envelope in deterministic CBOR',
  'unknown-kind': 'the kind of a message is not known',
  'wrong-peer': 'a message names another sender or recipient than its carrier',
  'wrong-id': 'the id of a message is not that of its pieces',
  late: 'a message is whole after its deadline',
  'not-taken': 'no application of the process took a message before its deadline',
  'late-reply': 'an answer to a call for which nobody waits any more',
  'deadline-over': 'a message of this node was not handled before its deadline',
  'queue-full': 'a message is refused, or gives way to one of a higher priority: too many are open',
  'unknown-peer': 'the carrier names a peer that does not run this protocol',
  'not-private':
    'a private message has no way that hides who writes to whom, or came over one that does not',
  'not-ready': 'a packet came before the disk had counted this life, and too many wait',
  ...GROUP_DROP_REASONS,
};
