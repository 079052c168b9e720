/**
 * Reasons for which Sphinx refuses something, each explained in one sentence. A drop reason is also
 * a metric and a trace category; a refusal tells a sender what to change.
 *
 * @module
 */

/** Reasons found while unwrapping a packet with one key, in the order of the checks. */
export const UNWRAP_DROP_REASONS = {
  truncated: 'The packet is shorter than a header.',
  'unknown-version': 'The two bytes of the version are not zero.',
  'low-order-point': 'The element is a point of low order: the shared secret would be all zero.',
  'mac-mismatch': 'The header was changed, or made for another node or for a key no longer held.',
  'bad-command': 'A command is unknown, cut, forbidden twice, or followed by a non-zero byte.',
  'payload-tag': 'The payload was changed in transit: its tag is not zero.',
} as const;

/** Drop reasons of a node, in addition to those of unwrapping. */
export const NODE_DROP_REASONS = {
  'wrong-length': 'The packet does not have the length of its geometry.',
  'bad-command-set': 'The commands are neither forward nor to user nor SURB reply.',
  replay: 'A packet with this element was accepted before under the same key.',
  'delay-impossible': 'The delay asked for outlives the key of the packet.',
  'next-hop-invalid': 'The next node is not one that the topology allows here.',
} as const;

/** Reasons for which the owner of a SURB, or a sender that uses it, rejects a SURB, reply or plaintext. */
export const SURB_DROP_REASONS = {
  'surb-length': 'The SURB does not have the length of its geometry.',
  'surb-keys': 'The keys of the SURB are not a whole number of 64-byte entries, two at least.',
  'surb-unknown': 'No SURB is waiting under this identifier: never made, used before, or evicted.',
  'surb-tag': 'The reply was changed in transit: its tag is not zero.',
  'payload-format': 'The forward payload has another length, flag or reserved byte than allowed.',
} as const;

/** Every reason for which a packet, SURB or reply is dropped. */
export const SPHINX_DROP_REASONS = {
  ...UNWRAP_DROP_REASONS,
  ...NODE_DROP_REASONS,
  ...SURB_DROP_REASONS,
} as const;

/** Why a packet cannot be opened with one key. */
export type UnwrapDropReason = keyof typeof UNWRAP_DROP_REASONS;
/** Why a node drops a packet: a reason of unwrapping, or of the node's own checks. */
export type NodeDropReason = UnwrapDropReason | keyof typeof NODE_DROP_REASONS;
/** Why a SURB, a reply or the plaintext of a packet is rejected. */
export type SurbDropReason = keyof typeof SURB_DROP_REASONS;

/** Reasons for which a packet or SURB cannot be made. */
export const PATH_REFUSALS = {
  'path-length': 'The path has no hop, or more hops than the header has room for.',
  'node-id-length': 'The identifier of a node has not 32 bytes.',
  'key-length': 'The public key of a node does not have the length of the key exchange.',
  'key-invalid': 'The public key of a node gives no secret: a point of low order, or malformed.',
  'next-node-given': 'The caller gave a next-node command, which is made from the path.',
  'commands-length': 'The commands of a hop do not fit in its slot.',
  'payload-length': 'The payload does not have the length of its geometry.',
} as const;

/** Why a packet or SURB cannot be made for a path. */
export type PathRefusal = keyof typeof PATH_REFUSALS;
