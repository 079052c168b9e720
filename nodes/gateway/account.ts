/**
 * Gateway: reports what happens to application packets, for the account of messages
 * (ADR 0028): with which frame each packet leaves, and which packets the gateway holds for a
 * while because they wait for a session, a path, the replay window's bound on disk, or their
 * other fragments.
 *
 * It only reports; a gateway without an observer has no object of this class.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { isdAsWords, PacketView, PROTOCOL_UDP, UDP_HEADER_LENGTH } from '../scion/index.ts';
import { FRAME_TYPE } from './geometry.ts';
import type { PacketAddresses } from './underlay/packet-template.ts';
import { decodeFrame, FrameHeader } from './wire.ts';

// A packet key has 53 bits: 20 for the pair of endpoints, 6 for the epoch, 27 for the sequence of
// the first fragment.
const PAIRS = 2 ** 20;
const EPOCHS = 2 ** 6;
const SEQUENCES = 2 ** 27;
/** Offset basis and prime of the hash FNV-1a, 32 bits. */
const HASH_SEED = 0x811c_9dc5;
const HASH_PRIME = 0x0100_0193;

type FrameName = Pick<FrameHeader, 'epoch' | 'sequence' | 'fragment'>;

/** Reports on the packets between this gateway and one peer. */
export class PacketAccount {
  readonly #observer: MessageObserver;
  readonly #peer: string;
  readonly #nextNumber: () => number;
  readonly #outward: number;
  readonly #inward: number;

  /** @param nextNumber Returns the next number of a packet, counted over all peers of the node. */
  constructor(
    observer: MessageObserver,
    nextNumber: () => number,
    { peer, ends }: { readonly peer: string; readonly ends: PacketAddresses },
  ) {
    this.#observer = observer;
    this.#peer = peer;
    this.#nextNumber = nextNumber;
    const source = { ...isdAsWords(ends.source), bytes: ends.sourceHost.bytes };
    const target = { ...isdAsWords(ends.target), bytes: ends.targetHost.bytes };
    this.#outward = pairOf(source, target);
    this.#inward = pairOf(target, source);
  }

  /** Registers a packet accepted for sending; returns its number. */
  // hot: once per packet.
  accept(): number {
    const number = this.#nextNumber();
    this.#observer.accepted?.(number);
    return number;
  }

  /** Reports that the packet's first frame has been sealed and is about to leave. */
  sent(number: number, header: FrameName): void {
    this.#observer.created(keyOf(this.#outward, header), 'payload', this.#peer, number);
  }

  /**
   * Reports that this node no longer keeps any part of the packet; if `dropped`, the last reported
   * drop is the reason.
   */
  settled(number: number, how: 'sent' | 'dropped'): void {
    this.#observer.settled?.(number, how);
  }

  /** Reports that a received packet, or a fragment of one, is kept here for a while. */
  held(header: FrameName): void {
    this.#observer.arrived(keyOf(this.#inward, header));
  }

  /** Reports that a frame is no longer held. */
  ended(header: FrameName, how: 'delivered' | 'dropped'): void {
    this.#observer.ended(keyOf(this.#inward, header), how);
  }
}

const view = new PacketView();
const frame = new FrameHeader();

/** The packet key of a datagram between gateways; undefined when the datagram carries no packet. */
export function accountKeyOfDatagram(datagram: Uint8Array): number | undefined {
  if (view.parse(datagram, 0, datagram.length) !== undefined) return undefined;
  if (view.upperProtocol !== PROTOCOL_UDP) return undefined;
  const at = view.upperOffset + UDP_HEADER_LENGTH;
  // The buffer may be longer than the datagram it holds.
  const end = Math.min(view.end, view.start + view.headerLength + view.payloadLength);
  if (decodeFrame(datagram, at, end - at, frame) !== undefined) return undefined;
  if (frame.type !== FRAME_TYPE.data) return undefined;
  const { sourceHigh, sourceLow, targetHigh, targetLow, sourceHostOffset, targetHostOffset } = view;
  const bytesAt = (offset: number, length: number): Uint8Array =>
    datagram.subarray(offset, offset + length);
  const sourceBytes = bytesAt(sourceHostOffset, view.pathOffset - sourceHostOffset);
  const targetBytes = bytesAt(targetHostOffset, sourceHostOffset - targetHostOffset);
  const pair = pairOf(
    { high: sourceHigh, low: sourceLow, bytes: sourceBytes },
    { high: targetHigh, low: targetLow, bytes: targetBytes },
  );
  return keyOf(pair, frame);
}

// hot: once per packet.
function keyOf(pair: number, { epoch, sequence, fragment }: FrameName): number {
  const first = (sequence - fragment) % SEQUENCES;
  return (pair * EPOCHS + (epoch % EPOCHS)) * SEQUENCES + first;
}

interface End {
  readonly high: number;
  readonly low: number;
  readonly bytes: Uint8Array;
}

/** 20 bits that identify an ordered pair of endpoints. */
function pairOf(source: End, target: End): number {
  let hash = HASH_SEED;
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ value, HASH_PRIME) >>> 0;
  };
  for (const { high, low, bytes } of [source, target]) {
    for (const word of [high, low]) for (const shift of [24, 16, 8, 0]) mix((word >>> shift) & 255);
    for (const byte of bytes) mix(byte);
  }
  return (hash ^ (hash >>> 20)) % PAIRS;
}
