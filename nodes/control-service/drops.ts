/**
 * Why a control service drops a packet or refuses a message, in the order of the checks.
 *
 * @module
 */
import { END_HOST_DROP_REASONS, WIRE_DROP_REASONS } from '../scion/index.ts';
import type { BeaconRefusal } from './beacons/checks.ts';
import type { SignatureRefusal } from './beacons/signatures.ts';
import type { Level1Refusal } from './drkey/level1-exchange.ts';
import type { TrcRefusal } from './pki/signed-trc.ts';
import type { VoteRefusal } from './pki/trc-vote.ts';
import type { ChainMaterialRefusal } from './pki/trust-store.ts';
import type { RenewalsRefusal } from './renewals.ts';
import type { RpcDropReason } from './rpc/endpoint.ts';

const OF_PACKETS: Readonly<Record<RpcDropReason, string>> = {
  'rpc-truncated': 'the packet of a call is cut off',
  'rpc-version': 'the packet of a call has another version',
  'rpc-malformed': 'the packet of a call contradicts itself',
  'rpc-late': 'the call of the packet is over',
  'rpc-full': 'too many calls, of this AS or of all, are answered at a time',
  'rpc-ack': 'the packet acknowledges what was never sent',
  'rpc-duplicate': 'the packet of a call came before',
  'rpc-conflict': 'the packet disagrees with others of its call',
  'rpc-too-long': 'the message of a call is longer than any may be',
};

const OF_BEACONS: Readonly<Record<BeaconRefusal, string>> = {
  'beacon-interface': 'the beacon came over no interface to the AS that it comes from',
  'beacon-loop': 'the beacon has passed an AS twice, or this one',
  'beacon-too-long': 'the beacon has passed too many ASes',
  'beacon-relation': 'the beacon came from an AS that is neither parent nor core',
  'beacon-neighbour': 'the beacon was not sent by this neighbour to this AS over this link',
  'beacon-future': 'the beacon is dated in the future',
  'beacon-expired': 'a hop field of the beacon has expired',
};

const OF_SIGNATURES: Readonly<Record<SignatureRefusal, string>> = {
  'signature-key': 'an entry is signed with the key of another AS, or of none',
  'signature-length': 'a signature covers other bytes than those before it',
  'signature-trc': 'a signature names a TRC that is not known, or of another series',
  'signature-chain':
    'a signature names a certificate that nobody has, or that no TRC in use vouches for',
  'trc-inactive':
    'the TRC of the ISD, or the predecessor of a TRC, has expired or is not valid yet',
  'signature-time': 'a certificate is not valid for the whole time of an entry',
  'signature-invalid': 'a signature is false',
  'epic-digest':
    'what MACs leave out, beside a signed entry of a segment, is not what the entry signed a digest of',
};

const OF_KEYS: Readonly<Record<Level1Refusal, string>> = {
  'key-malformed': 'the request for a level 1 key is none',
  'key-protocol': 'the level 1 key that is asked for is of another protocol than SCMP',
  'key-epoch': 'the level 1 key that is asked for is neither of this epoch nor of one beside it',
  'key-caller': 'the request for a level 1 key came from another AS than it names',
  'key-signature': 'a request for a level 1 key, or the answer, was not signed by its AS',
  'key-answer':
    'the answer of another control service contains no level 1 key for this AS and epoch',
};

const OF_CHAINS: Readonly<Record<Exclude<ChainMaterialRefusal, 'trc-inactive'>, string>> = {
  'chain-malformed': 'what was asked for is no two certificates of the profile',
  'chain-owner': 'the certificate is of another AS or key than was asked for',
  'chain-kind': 'the certificates are not that of an AS and that of a CA',
  'chain-isd': 'the certificate is of another ISD than the TRC',
  'chain-issuer': 'the certificate of the AS was not issued by the CA',
  'chain-not-covered': 'the certificate of the CA does not cover that of the AS',
  'chain-no-root': 'the CA was issued by no root of the TRC',
  'chain-algorithm': "a signature of the chain is over another hash than that of the key's curve",
  'chain-signature': 'a signature of the chain is forged',
  'chain-time': 'a certificate of the chain has expired, or is not valid yet',
};

const OF_RENEWALS: Readonly<
  Record<Exclude<RenewalsRefusal, ChainMaterialRefusal | 'answer-malformed'>, string>
> = {
  'renewal-no-authority': 'a certificate is asked for, and this AS is no CA',
  'renewal-malformed': 'the request for a certificate is none',
  'renewal-isd': 'a certificate is asked for by an AS of another ISD than that of the CA',
  'renewal-unknown': 'the certificate by which another one is asked for is not known or not valid',
  'renewal-unsigned': 'the request for a certificate is not signed by the key of the one before',
  'renewal-stale':
    'the request for a certificate was signed too long ago, or is dated in the future',
  'renewal-unproved': 'the request for a certificate is not signed by the new key',
  'renewal-often':
    'the AS signed the request less than 10 s after one that was answered, or before it: it may be a replay',
  'renewal-profile':
    'the certificate that is asked for would be none of the profile, such as by too long a name',
};

const OF_TRCS: Readonly<Record<TrcRefusal, string>> = {
  'signed-data-too-long': 'the TRC is longer than any may be, or has too many signatures',
  'signed-data-malformed': 'what was asked for is no SignedData of CMS',
  'signed-data-type': 'the SignedData is of another version or about something else',
  'trc-too-long': 'the payload of the TRC is longer than any may be',
  'trc-malformed': 'the payload is no TRC',
  'trc-version': 'the TRC has another version',
  'trc-id': 'the numbers of the TRC contradict each other',
  'trc-validity': 'the TRC ends before it begins',
  'trc-grace-period':
    'the period of grace is negative, or the TRC is the first of its series and has one',
  'trc-votes': 'a vote is there twice, of nobody, or in the first TRC of a series',
  'trc-quorum': 'the quorum is not from 1 to 255',
  'trc-ases':
    'the core or authoritative ASes are none, twice, malformed, or authorities that are not core',
  'trc-certificate': 'a certificate of the TRC is malformed, or neither of a voter nor of a root',
  'trc-voters': 'the TRC has fewer voters than its quorum',
  'trc-no-root': 'the TRC has no root',
  'trc-isd': 'a certificate of the TRC is of another ISD',
  'trc-not-covered': 'a certificate of the TRC does not cover its validity',
  'trc-duplicate': 'two certificates of the TRC have the same serial number or owner',
  'trc-not-base': 'the TRC is not the first of its series',
  'update-isd': 'the TRC is of another ISD than its predecessor',
  'update-base': 'the TRC is of another series than its predecessor',
  'update-serial': 'the TRC does not follow its predecessor',
  'update-trust-reset': 'the TRC changes whether a new series may begin',
  'update-quorum': 'the TRC has fewer votes than the quorum of its predecessor',
  'update-vote': 'a vote is not of a voter, or not of the same kind as the others',
  'update-not-regular': 'the TRC changes by regular votes what only sensitive ones may',
  'update-vote-missing': 'a regular voter that changes its certificate has not voted',
  'trc-possession-unproved': 'a new voter has not signed the TRC',
  'trc-root-unacknowledged': 'the old root has not signed the TRC that replaces it',
  'trc-vote-unsigned': 'a voter has not signed the TRC',
  'signer-duplicate': 'a certificate has signed the TRC twice',
  'signer-algorithm':
    "a signature of the TRC is over an unknown hash, or another one than that of the key's curve",
  'signer-attributes': 'a signature of the TRC lacks an attribute, or has it twice',
  'signer-digest': 'a signature of the TRC is of other bytes',
  'signer-signature': 'a signature of the TRC is forged',
};

const OF_VOTES: Readonly<
  Record<Exclude<VoteRefusal, TrcRefusal> | 'vote-no-voter' | 'vote-invalid', string>
> = {
  'vote-unsigned': 'the TRC that is proposed is not signed by one of its voters, and by no other',
  'vote-not-asked': 'the TRC that is proposed does not name this AS among its voters',
  'vote-change': 'the TRC that is proposed changes more than its time: an operator must agree',
  'vote-time':
    'the TRC that is proposed begins or ends at another time, or has too long a period of grace',
  'vote-often': 'the TRC before the one that is proposed has begun just before',
  'vote-no-voter': 'this AS has no regular voter in the TRC of its ISD',
  'vote-invalid': 'what a voter answered is no signature of the TRC that was proposed',
};

/** All drop reasons of a control service. */
export const CONTROL_DROP_REASONS = {
  ...WIRE_DROP_REASONS,
  ...END_HOST_DROP_REASONS,
  'not-for-us': 'the packet is for another AS or host',
  'upper-protocol': 'the packet is neither UDP nor SCMP',
  'scmp-quote':
    'the SCMP error quotes no request of an open call of this control service: it is forged, late, or about an answer',
  'scmp-source': 'the SCMP error speaks of an interface of another AS than it comes from',
  'scmp-reports': 'routers say of more interfaces than are believed at a time that they are down',
  'path-irreversible':
    'the path of the packet cannot be reversed, so that nobody could be answered',
  'not-a-router': 'the packet came from no border router of this AS',
  ...OF_PACKETS,
  'request-malformed': 'the message of a call is none that a control service knows',
  'answer-malformed': 'the answer of another control service is none',
  'beacon-malformed': 'the message contains no beacon',
  'beacon-unlinked': 'an entry of the beacon does not lead to the next one',
  ...OF_BEACONS,
  'segment-invalid':
    'a segment does not end, or one that is registered does not begin here, passes an AS twice, is too long or has expired',
  ...OF_SIGNATURES,
  ...OF_KEYS,
  ...OF_RENEWALS,
  'trust-unknown': 'another control service asks for a certificate or TRC that is not here',
  'trust-full':
    'too many certificates and TRCs are asked for, of one AS or of all, or too many messages wait',
  ...OF_CHAINS,
  ...OF_TRCS,
  ...OF_VOTES,
  'selection-failed': 'the selection of beacons threw, or returned no list: none was chosen',
  'beacons-full': 'beacons of too many ASes, or longer ones than all that are kept',
  'segments-full': 'segments to too many ASes, or longer ones than all that are kept',
  'host-request': 'a host of this AS asks for nothing that a control service knows',
  'host-reports': 'hosts of this AS say more often that interfaces are down than they are believed',
  'hosts-full': 'too many hosts of this AS wait for answers',
  'queue-full': 'the local queue refused the packet',
} as const;

/** The name of a reason. */
export type ControlDropReason = keyof typeof CONTROL_DROP_REASONS;
