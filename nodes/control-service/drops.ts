/**
 * Why a control service drops a packet or refuses a message, in the order of the checks.
 *
 * @module
 */
import { WIRE_DROP_REASONS } from '../scion/index.ts';
import type { BeaconRefusal } from './beacons/checks.ts';
import type { SignatureRefusal } from './beacons/signatures.ts';
import type { Level1Refusal } from './drkey/level1-exchange.ts';
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
  'signature-invalid': 'a signature is false',
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

/** All drop reasons of a control service. */
export const CONTROL_DROP_REASONS = {
  ...WIRE_DROP_REASONS,
  'not-for-us': 'the packet is for another AS or host',
  'upper-protocol': 'the packet is neither UDP nor SCMP',
  'scmp-quote': 'the SCMP error is about no packet of this control service',
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
  'selection-failed': 'the selection of beacons threw, or returned no list: none was chosen',
  'beacons-full': 'beacons of too many ASes, or longer ones than all that are kept',
  'segments-full': 'segments to too many ASes, or longer ones than all that are kept',
  'host-request': 'a host of this AS asks for nothing that a control service knows',
  'hosts-full': 'too many hosts of this AS wait for answers',
  'queue-full': 'the local queue refused the packet',
} as const;

/** The name of a reason. */
export type ControlDropReason = keyof typeof CONTROL_DROP_REASONS;
