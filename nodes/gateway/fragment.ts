/**
 * Fragments: packets of 1 byte to 64 KiB in frames that fit the path.
 *
 * The fragments of a packet are sealed one after the other, so that fragment `i` has the sequence
 * of fragment 0 plus `i`: `(epoch, sequence - fragment)` names the packet without costing a byte on
 * the wire. Every fragment but the last has the same length. Reassembly is bounded in packets,
 * bytes and time, and each abandoned packet is counted under a drop reason. There is one
 * reassembler per peer, so that no peer can use up another's room. Nothing is retransmitted: a lost
 * fragment loses its packet.
 *
 * @module
 */
import type { FrameDropReason } from './drops.ts';
import {
  FRAGMENT_BYTES_MIN,
  FRAME_OVERHEAD_BYTES_MAX,
  PACKET_BYTES_MAX,
  REASSEMBLY_BYTES_MAX,
  REASSEMBLY_PACKETS_MAX,
  REASSEMBLY_TIMEOUT_NS,
} from './geometry.ts';
import type { FrameHeader } from './wire.ts';

/** The sizes of the fragments of a packet. */
export interface FragmentPlan {
  /** Bytes of each fragment; the last may have fewer. */
  readonly size: number;
  /** Number of fragments, 1 to 1,024. */
  readonly count: number;
}

/**
 * Room for a fragment in a frame of at most `frameBytesMax` bytes.
 * @returns bytes; below 64 the path cannot be used.
 */
export function fragmentBytesMax(frameBytesMax: number): number {
  return frameBytesMax - FRAME_OVERHEAD_BYTES_MAX;
}

/**
 * True when the packet fits one frame, so that it needs no {@link FragmentPlan}.
 * @param frameBytesMax Largest frame the path carries, bytes: path MTU less SCION and UDP headers.
 */
export function fitsOneFrame(packetLength: number, frameBytesMax: number): boolean {
  return packetLength > 0 && packetLength <= fragmentBytesMax(frameBytesMax);
}

/**
 * Plans the fragments of a packet.
 * @param packetLength Bytes, 1..65,536.
 * @param frameBytesMax Largest frame the path carries, bytes.
 * @returns the plan, or why the packet cannot be sent.
 */
export function planFragments(
  packetLength: number,
  frameBytesMax: number,
): FragmentPlan | FrameDropReason {
  if (packetLength < 1) return 'packet-empty';
  if (packetLength > PACKET_BYTES_MAX) return 'packet-too-large';
  const size = fragmentBytesMax(frameBytesMax);
  if (size < FRAGMENT_BYTES_MIN) return 'path-too-narrow';
  return { size, count: Math.ceil(packetLength / size) };
}

/** Limits of a {@link Reassembler}. */
export interface ReassemblyLimits {
  readonly packetsMax: number;
  readonly bytesMax: number;
  readonly timeoutNs: number;
}

/** The default limits, from `geometry.ts`. */
export const REASSEMBLY_LIMITS: ReassemblyLimits = {
  packetsMax: REASSEMBLY_PACKETS_MAX,
  bytesMax: REASSEMBLY_BYTES_MAX,
  timeoutNs: REASSEMBLY_TIMEOUT_NS,
};

/** A packet waiting for fragments. `parts` is emptied when it is complete. */
interface Pending {
  readonly epoch: number;
  readonly first: number;
  readonly deadlineNs: number;
  readonly count: number;
  parts: (Uint8Array | undefined)[];
  missing: number;
  bytes: number;
}

/** Identifies a packet by the header of its first fragment. */
export interface IncompletePacketId {
  readonly epoch: number;
  readonly sequence: number;
  readonly fragment: 0;
}

/** Called for each packet that is abandoned, with the reason and the packet's identity. */
export type OnReassemblyAbandoned = (
  reason: 'fragment-timeout' | 'fragment-evicted',
  of: IncompletePacketId,
) => void;

/** Receives reports about packets that start to wait for fragments, and about complete ones. */
export interface ReassemblyListener {
  opened(of: IncompletePacketId): void;
  completed(of: IncompletePacketId): void;
}

/** Reassembles the fragments of one peer. */
export class Reassembler {
  readonly #limits: ReassemblyLimits;
  readonly #giveUp: OnReassemblyAbandoned;
  readonly #listener: ReassemblyListener | undefined;
  /**
   * Packets in the order in which their first fragment arrived, which is the order of their
   * deadlines.
   */
  readonly #pending: Pending[] = [];
  #bytes = 0;

  constructor(
    limits: ReassemblyLimits,
    giveUp: OnReassemblyAbandoned,
    listener?: ReassemblyListener,
  ) {
    this.#limits = limits;
    this.#giveUp = giveUp;
    this.#listener = listener;
  }

  /** Number of packets with missing fragments. */
  get unfinished(): number {
    return this.#pending.filter(({ missing }) => missing > 0).length;
  }

  /** Number of packets held: incomplete ones, and complete ones whose late fragments are still recognised. */
  get packets(): number {
    return this.#pending.length;
  }

  /** Number of bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When {@link Reassembler.expire} must be called next, ns; Infinity if nothing is held. */
  get deadlineNs(): number {
    return this.#pending[0]?.deadlineNs ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Adds an authenticated fragment; the caller delivers unfragmented packets (`fragments` = 1)
   * itself.
   * @param bytes Its plaintext; copied.
   * @returns the complete packet, undefined while fragments are missing, or why this fragment is
   * dropped.
   */
  add(
    header: FrameHeader,
    bytes: Uint8Array,
    nowNs: number,
  ): Uint8Array | FrameDropReason | undefined {
    if (bytes.length === 0) return 'packet-empty';
    this.expire(nowNs);
    const packet = this.#find(header) ?? this.#open(header, nowNs);
    const reason = checkFragment(packet, header, bytes.length);
    if (reason !== undefined) return reason;
    packet.parts[header.fragment] = bytes.slice();
    packet.missing--;
    packet.bytes += bytes.length;
    this.#bytes += bytes.length;
    if (packet.missing === 0) return this.#complete(packet);
    this.#makeRoom(packet);
    return undefined;
  }

  /** Drops packets whose time-out has passed, as `fragment-timeout`. */
  expire(nowNs: number): void {
    while (this.deadlineNs <= nowNs) this.#remove(0, 'fragment-timeout');
  }

  /** Drops all packets, as if they had timed out. */
  discard(): void {
    while (this.#pending.length > 0) this.#remove(0, 'fragment-timeout');
  }

  #find(header: FrameHeader): Pending | undefined {
    const first = header.sequence - header.fragment;
    // There are only a few packets at a time, so a linear search is faster than a map with compound
    // keys.
    return this.#pending.find((one) => one.first === first && one.epoch === header.epoch);
  }

  #open(header: FrameHeader, nowNs: number): Pending {
    if (this.#pending.length >= this.#limits.packetsMax) this.#remove(0, 'fragment-evicted');
    const packet: Pending = {
      epoch: header.epoch,
      first: header.sequence - header.fragment,
      deadlineNs: nowNs + this.#limits.timeoutNs,
      count: header.fragments,
      parts: new Array<Uint8Array | undefined>(header.fragments).fill(undefined),
      missing: header.fragments,
      bytes: 0,
    };
    this.#pending.push(packet);
    this.#listener?.opened(nameOf(packet));
    return packet;
  }

  /**
   * Joins the parts. The empty entry stays until its time-out so that duplicates are recognised.
   */
  #complete(packet: Pending): Uint8Array {
    const whole = new Uint8Array(packet.bytes);
    let at = 0;
    for (const part of packet.parts) {
      if (part === undefined) continue;
      whole.set(part, at);
      at += part.length;
    }
    this.#bytes -= packet.bytes;
    packet.bytes = 0;
    packet.parts = [];
    this.#listener?.completed(nameOf(packet));
    return whole;
  }

  #makeRoom(keep: Pending): void {
    let index = 0;
    while (this.#bytes > this.#limits.bytesMax && index < this.#pending.length) {
      if (this.#pending[index] === keep) index++;
      else this.#remove(index, 'fragment-evicted');
    }
  }

  #remove(index: number, reason: 'fragment-timeout' | 'fragment-evicted'): void {
    const [packet] = this.#pending.splice(index, 1);
    if (packet === undefined || packet.missing === 0) return;
    this.#bytes -= packet.bytes;
    this.#giveUp(reason, nameOf(packet));
  }
}

function nameOf({ epoch, first }: Pending): IncompletePacketId {
  return { epoch, sequence: first, fragment: 0 };
}

function checkFragment(
  packet: Pending,
  header: FrameHeader,
  length: number,
): FrameDropReason | undefined {
  if (header.fragments !== packet.count) return 'fragment-mismatch';
  if (packet.missing === 0) return 'fragment-duplicate';
  if (packet.parts[header.fragment] !== undefined) return 'fragment-duplicate';
  if (packet.bytes + length > PACKET_BYTES_MAX) return 'packet-too-large';
  return undefined;
}
