/**
 * Gateway: what it tells of the packets of its applications, so that an account of them can be kept
 * (docs/adr/0028): under which frame each leaves, and which ones it holds beyond an event, because they
 * wait for a session or a path, for the bound of the replay window, or for their other fragments.
 *
 * It measures and never decides; without an observer nothing of it exists.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import { isdAsWords, PacketView, PROTOCOL_UDP, UDP_LENGTH } from '../scion/index.ts';
import { FRAME_TYPE } from './geometry.ts';
import type { PacketEnds } from './underlay/packet-template.ts';
import { decodeFrame, FrameHeader } from './wire.ts';

// A key has 53 bits: 20 of the two ends, 6 of the epoch, 27 of the sequence of the first fragment.
const PAIRS = 2 ** 20;
const EPOCHS = 2 ** 6;
const SEQUENCES = 2 ** 27;
/** FNV-1a, 32 bits. */
const HASH_SEED = 0x811c_9dc5;
const HASH_PRIME = 0x0100_0193;

type FrameName = Pick<FrameHeader, 'epoch' | 'sequence' | 'fragment'>;

/** The packets between this gateway and one peer. */
export class PacketAccount {
  readonly #observer: MessageObserver;
  readonly #peer: string;
  readonly #nextNumber: () => number;
  readonly #outward: number;
  readonly #inward: number;

  /** @param nextNumber Numbers the packets of all peers of the node. */
  constructor(
    observer: MessageObserver,
    nextNumber: () => number,
    { peer, ends }: { readonly peer: string; readonly ends: PacketEnds },
  ) {
    this.#observer = observer;
    this.#peer = peer;
    this.#nextNumber = nextNumber;
    const source = { ...isdAsWords(ends.source), bytes: ends.sourceHost.bytes };
    const target = { ...isdAsWords(ends.target), bytes: ends.targetHost.bytes };
    this.#outward = pairOf(source, target);
    this.#inward = pairOf(target, source);
  }

  /** Takes a packet over; returns its number. */
  // hot: once per packet.
  accept(): number {
    const number = this.#nextNumber();
    this.#observer.accepted?.(number);
    return number;
  }

  /** The first frame of a packet is sealed, and leaves next. */
  sent(number: number, header: FrameName): void {
    this.#observer.created(keyOf(this.#outward, header), 'payload', this.#peer, number);
  }

  /** Nothing of the packet is left here; `dropped` is the drop that was just named. */
  settled(number: number, how: 'sent' | 'dropped'): void {
    this.#observer.settled?.(number, how);
  }

  /** A packet that came, or a part of it, stays for a while. */
  held(header: FrameName): void {
    this.#observer.arrived(keyOf(this.#inward, header));
  }

  /** It stays no longer. */
  ended(header: FrameName, how: 'delivered' | 'dropped'): void {
    this.#observer.ended(keyOf(this.#inward, header), how);
  }
}

const view = new PacketView();
const frame = new FrameHeader();

/** The key of the packet in a datagram between gateways; undefined when it carries none. */
export function packetKey(datagram: Uint8Array): number | undefined {
  if (view.parse(datagram, 0, datagram.length) !== undefined) return undefined;
  if (view.upperProtocol !== PROTOCOL_UDP) return undefined;
  const at = view.upperOffset + UDP_LENGTH;
  // A buffer may be longer than the datagram in it.
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

/** 20 bits that name two ends in their order. */
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
