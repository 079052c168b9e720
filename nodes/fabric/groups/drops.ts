/**
 * Groups: drop reasons, each with a sentence that explains it.
 *
 * @module
 */

/** Why a group message, or the record of a group on disk, was dropped. */
export type GroupDropReason =
  | 'bad-group-message'
  | 'unknown-group-version'
  | 'unknown-group-kind'
  | 'unknown-group'
  | 'not-a-member'
  | 'list-without-me'
  | 'known-list'
  | 'left-group'
  | 'too-many-groups'
  | 'known-vote'
  | 'old-vote'
  | 'unknown-vote'
  | 'late-vote'
  | 'not-an-elector'
  | 'repeated-ballot'
  | 'second-ballot'
  | 'known-proposal'
  | 'unknown-proposal'
  | 'old-leave'
  | 'ballot-undelivered'
  | 'bad-group-record';

/** Drop reasons of fabric's groups, each with a sentence that explains it. */
export const GROUP_DROP_REASONS: Readonly<Record<GroupDropReason, string>> = {
  'bad-group-message': 'a message of a group is not in its deterministic form or beyond a bound',
  'unknown-group-version': 'a message of a group has another version',
  'unknown-group-kind': 'the kind of a message of a group is not known',
  'unknown-group': 'a message names a group that its sender or this node does not own',
  'not-a-member': 'who is no member of the group votes, proposes or leaves; it is told so',
  'list-without-me': 'a list of members names another owner than its sender, or not this node',
  'known-list': 'a list of members or a farewell is not newer than what is known',
  'left-group': 'a message of a group that this node has left or is leaving',
  'too-many-groups': 'this node is in as many groups as it can be; it leaves',
  'known-vote': 'an opening or a result of a vote is known already',
  'old-vote': 'a vote came after so many later ones that it is forgotten',
  'unknown-vote': 'a ballot names no vote of the group',
  'late-vote': 'a ballot came after its vote had ended; it is not counted',
  'not-an-elector': 'a ballot of a member who joined after the vote had opened',
  'repeated-ballot': 'a ballot came again with the same choice',
  'second-ballot': 'a ballot of a member who has voted otherwise; the first one counts',
  'known-proposal': 'a proposal came again',
  'unknown-proposal': 'an owner refused what nobody waits for',
  'old-leave': 'a member left, and was invited again before its message came',
  'ballot-undelivered': 'a ballot of this node did not reach the owner before the deadline',
  'bad-group-record': 'a record of a group on the disk cannot be read',
};
