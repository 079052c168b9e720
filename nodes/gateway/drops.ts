/**
 * Reasons for which the gateway's frame layer refuses something, each explained in one sentence
 * . A reason is also a metric and a trace category. Reasons of path selection are in
 * `multipath`.
 *
 * @module
 */
import { ROUTING_DROP_REASONS } from './routing/routing-drop-reasons.ts';
import { SIG_DROP_REASONS } from './sig/drops.ts';

/** Reasons found while decoding a frame; together they are the rejection `malformed` of R-017. */
export const WIRE_DROP_REASONS = {
  'malformed-truncated': 'The datagram ends before the frame does.',
  'malformed-shape': 'The datagram is not the array of seven integers and one byte string.',
  'malformed-canonical': 'An integer or length is longer than its shortest form.',
  'malformed-version': 'The version of the frame is not 1.',
  'malformed-type': 'The type of the frame is not known.',
  'malformed-range': 'An integer of the frame is above its limit, or fragment numbers contradict.',
} as const;

/** All reasons of the frame layer, sessions and reassembly. */
export const FRAME_DROP_REASONS = {
  ...WIRE_DROP_REASONS,
  ...SIG_DROP_REASONS,
  ...ROUTING_DROP_REASONS,
  'peer-not-allowed': 'The sender or its static key is not on the list of peers.',
  overload: 'More was offered than the path to the peer carries; refused before it was sealed.',
  'rate-limited': 'The peer sent more than its token bucket holds.',
  'no-session': 'There are no keys yet for this peer.',
  'epoch-unknown': 'The frame names an epoch whose keys are not held (never agreed, or retired).',
  'bad-auth': 'The frame or handshake message was not made by the peer, or was changed.',
  replay: 'The sequence number was accepted before.',
  duplicate: 'The second copy of a frame that raced on two paths; the first came on the other one.',
  expired: 'The sequence number is behind the window, or the frame is older than allowed.',
  future: 'The timestamp is further ahead than the clock tolerance.',
  'reserve-full': 'Too many frames wait for the durable bound of the replay window.',
  'opening-full': 'As many frames of the peer as may be with the threads that open them.',
  'key-exhausted': 'The key reached the end of its life before a new one was agreed.',
  'handshake-replay': 'A handshake message is older than one already answered.',
  'handshake-collision': 'Both sides opened at the same time and ours wins.',
  'handshake-unexpected': 'A handshake answer arrived that nothing had asked for.',
  'handshake-epoch': 'The proposed epoch is out of range.',
  'handshake-length': 'A handshake message is not as long as its kind is.',
  'handshake-mac': 'An opening was not made for us, or an answer does not name our opening.',
  'cookie-required': 'Many openings come; this sender must prove its address, and was told how.',
  'epoch-not-durable': 'The next epoch is still being written; the opening is answered when it is.',
  'packet-too-large': 'The packet is longer than 64 KiB.',
  'packet-empty': 'The packet has no bytes.',
  'path-too-narrow': 'The path leaves less than 64 bytes for a body.',
  'fragment-duplicate': 'The fragment is already there, or its packet was complete.',
  'fragment-mismatch': 'The fragment contradicts an earlier one of the same packet.',
  'fragment-timeout': 'A packet was given up because fragments did not come in time.',
  'fragment-evicted': 'A packet was given up because newer ones needed its place.',
} as const;

/** Why a decoder rejected the bytes. */
export type WireDropReason = keyof typeof WIRE_DROP_REASONS;

/** Why the frame layer rejected something. */
export type FrameDropReason = keyof typeof FRAME_DROP_REASONS;
