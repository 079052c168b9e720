/**
 * An attacker on the path: records packets of one direction, sends copies again, moves genuine ones
 * back, and forges.
 *
 * The share of replayed packets, their delay in packets and the reordering are those of the
 * scenario; draws come from the tap's own stream with a fixed number per packet.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import type { FaultAction } from '../model.ts';
import type { Tap, TapControl, TappedPacket } from './world.ts';

/** Packets kept for later at most; far above the distances that scenarios ask for. */
const HELD_MAX = 65_536;

/** One attacker. */
export class ReplayTap {
  readonly #action: Extract<FaultAction, { kind: 'tap' }>;
  readonly #random: RandomStream;
  /** Copies to inject when the packet count reaches the key. */
  readonly #due = new Map<number, Uint8Array[]>();
  #seen = 0;
  #held = 0;

  constructor(action: Extract<FaultAction, { kind: 'tap' }>, random: RandomStream) {
    this.#action = action;
    this.#random = random;
  }

  /** Sees one packet; false takes it out of the direction. */
  readonly see: Tap = (packet: TappedPacket, control: TapControl): boolean => {
    this.#seen += 1;
    this.#release(control);
    const { replay, replayWithin, reorder, forge } = this.#action;
    const isReplayed = this.#random.chance(replay);
    const replayAfter = 1 + Math.floor(this.#random.uniform() * Math.max(1, replayWithin));
    const isForged = this.#random.chance(forge);
    const bit = Math.floor(this.#random.uniform() * packet.length * 8);
    // One packet in ten is moved, so that most keep their place and the distance is what is tested.
    const isMoved = this.#random.chance(reorder > 0 ? 0.1 : 0);
    const moveBy = 1 + Math.floor(this.#random.uniform() * Math.max(1, reorder));
    if (isReplayed) this.#keep(this.#seen + replayAfter, copyOf(packet));
    if (isForged) this.#keep(this.#seen + 1, forgedCopy(packet, bit));
    if (!isMoved) return true;
    return !this.#keep(this.#seen + moveBy, copyOf(packet));
  };

  #keep(dueAt: number, bytes: Uint8Array): boolean {
    if (this.#held >= HELD_MAX) return false;
    this.#held += 1;
    const waiting = this.#due.get(dueAt);
    if (waiting === undefined) this.#due.set(dueAt, [bytes]);
    else waiting.push(bytes);
    return true;
  }

  #release(control: TapControl): void {
    const due = this.#due.get(this.#seen);
    if (due === undefined) return;
    this.#due.delete(this.#seen);
    this.#held -= due.length;
    for (const bytes of due) control.inject(bytes);
  }
}

function copyOf(packet: TappedPacket): Uint8Array {
  return packet.bytes.slice(packet.offset, packet.offset + packet.length);
}

function forgedCopy(packet: TappedPacket, bit: number): Uint8Array {
  const copy = copyOf(packet);
  const index = Math.floor(bit / 8);
  copy[index] = (copy[index] ?? 0) ^ (1 << (bit % 8));
  return copy;
}
