/**
 * Reasons for which a mixnet node drops something, each explained in one sentence. A reason is also
 * a metric and a trace category. Names follow the metrics of the reference server where it has such
 * a metric (katzenpost, server/internal/instrument).
 *
 * @module
 */
import { SPHINX_DROP_REASONS } from '../sphinx/index.ts';
import { PROOF_REFUSALS } from '../vrf/index.ts';
import { CLIENT_DROP_REASONS } from './client/index.ts';
import { DIRECTORY_DROP_REASONS } from './directory/index.ts';
import { MIXING_DROP_REASONS } from './mixing/index.ts';
import { REPLAY_DROP_REASONS } from './replay/index.ts';

/** Reasons found while a datagram or a stream record is decoded. */
const WIRE_DROPS = {
  'frame-length': 'The datagram does not have the length that all datagrams of its network have.',
  'frame-command': 'The command of the frame is not known.',
  'frame-kind': 'The kind of the spooled message is not known.',
  'frame-padding': 'The bytes after the body of the frame are not all zero.',
  'record-malformed': 'A record of the stream has a type, length or body that nobody may send.',
  'record-truncated': 'The stream ended within a record.',
  'record-unexpected': 'A stream goes on after its one request.',
  'streams-full': 'The oldest stream to the authority made room for another one.',
} as const;

/** Drop reasons of mixes and providers. */
const RELAY_DROPS = {
  'unknown-sender': 'The datagram does not come from a node that may send here.',
  'unexpected-frame': 'The frame is one that this role never gets.',
  'next-hop-not-neighbour': 'The next hop is in the next layer, but not a neighbour of the mix.',
  'no-document': 'The node has no directory document yet.',
  'epoch-unknown':
    'The packet is authentic, but of an epoch that is not accepted at this time: a clock is off.',
  'mix-received-non-forward': 'A packet ends at a mix and is not one of its loops.',
  'rate-limited': 'The rate limit of the node is reached.',
  'queue-full': 'The node holds as many packets as it may.',
  'unwrap-queue-full': 'As many packets as may wait for worker threads.',
  'unwrap-failed': 'A worker thread gave no answer for the packet.',
  'outgoing-queue-full': 'The local socket accepted no more datagrams.',
} as const;

/** Drop reasons of providers that concern clients. */
const PROVIDER_DROPS = {
  'gateway-rate-limited': 'The client sent more than its token bucket holds.',
  'client-to-local-user':
    'A client sent a packet that ends at its own provider without passing a mix.',
  'recipient-unknown': 'The recipient is not a client of this provider.',
  'spool-full': 'The spool of the client, or of all clients, holds as much as it may.',
} as const;

/** Drop reasons of clients that retrieve messages from a spool. */
const RETRIEVAL_DROPS = {
  'spool-sequence':
    'The message is not the next one of the spool: it arrived before, or one is missing.',
} as const;

/**
 * Drop reasons of auditors that receive proofs of delays, in addition to the reasons for which a
 * mix gives no proof.
 */
const AUDIT_DROPS = {
  'proof-unasked': 'A proof arrived that was not requested, or not from the node that was asked.',
} as const;

/** Drop reasons of authorities, in addition to those for malformed directory texts. */
const AUTHORITY_DROPS = {
  'descriptor-refused':
    'The descriptor is malformed, badly signed, or not from a provisioned node.',
} as const;

/** Every drop reason of the mixnet. */
export const MIXNET_DROP_REASONS = {
  ...SPHINX_DROP_REASONS,
  ...MIXING_DROP_REASONS,
  ...REPLAY_DROP_REASONS,
  ...WIRE_DROPS,
  ...RELAY_DROPS,
  ...PROVIDER_DROPS,
  ...RETRIEVAL_DROPS,
  ...CLIENT_DROP_REASONS,
  ...DIRECTORY_DROP_REASONS,
  ...AUTHORITY_DROPS,
  ...AUDIT_DROPS,
  ...PROOF_REFUSALS,
} as const;

/** Why a `mixnet` node drops something. */
export type MixnetDropReason = keyof typeof MIXNET_DROP_REASONS;
