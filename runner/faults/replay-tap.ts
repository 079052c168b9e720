/**
 * An attacker on the path: records packets of one direction, sends copies again, delays genuine
 * ones, and forges.
 *
 * The scenario sets the share of replayed packets, their delay in packets and the reordering; draws
 * come from the tap's own stream, a fixed number per packet.
 *
 * @module
 */
import type { RandomStream } from '../../engine/core/stream.ts';
import type { ReplayAttack, Tap, TapControl, TappedPacket } from '../world.ts';

/** Largest number of packets that are kept for later; far more than scenarios need. */
const HELD_MAX = 65_536;
/**
 * Longest time for which a genuine packet is held back, ns. It is held back for a number of
 * packets; on a link that carries only an occasional probe, a thousand packets would take a minute,
 * which is not reordering.
 */
const MOVE_NS_MAX = 100_000_000;

/** Schedules a call after a delay in the world's time. */
export type CallAfter = (delayNs: number, fire: () => void) => void;

interface Held {
  readonly bytes: Uint8Array;
  /** Injects the packet with the addresses that it had. */
  readonly control: TapControl;
  isReleased: boolean;
}

/** An attacker on one link: replays, delays and forges packets. */
export class ReplayTap {
  readonly #action: ReplayAttack;
  readonly #random: RandomStream;
  /** Copies to inject, by the packet count at which they are due. */
  readonly #due = new Map<number, Held[]>();
  readonly #after: CallAfter;
  #seen = 0;
  #held = 0;

  constructor(action: ReplayAttack, random: RandomStream, after: CallAfter) {
    this.#action = action;
    this.#random = random;
    this.#after = after;
  }

  /** Handles one packet; returns false to remove it from the link. */
  readonly see: Tap = (packet: TappedPacket, control: TapControl): boolean => {
    this.#seen += 1;
    this.#release();
    const { replay, replayWithin, reorder, forge } = this.#action;
    const isReplayed = this.#random.chance(replay);
    const replayAfter = 1 + Math.floor(this.#random.uniform() * Math.max(1, replayWithin));
    const isForged = this.#random.chance(forge);
    const bit = Math.floor(this.#random.uniform() * packet.length * 8);
    // Only one packet in ten is moved, so that the distance of the reordering is tested and not its
    // frequency.
    const isMoved = this.#random.chance(reorder > 0 ? 0.1 : 0);
    const moveBy = 1 + Math.floor(this.#random.uniform() * Math.max(1, reorder));
    if (isReplayed) this.#keep(this.#seen + replayAfter, copyOf(packet), control);
    if (isForged) this.#keep(this.#seen + 1, forgedCopy(packet, bit), control);
    if (!isMoved) return true;
    const held = this.#keep(this.#seen + moveBy, copyOf(packet), control);
    if (held === undefined) return true;
    this.#after(MOVE_NS_MAX, () => this.#inject(held));
    return false;
  };

  #keep(dueAt: number, bytes: Uint8Array, control: TapControl): Held | undefined {
    if (this.#held >= HELD_MAX) return undefined;
    this.#held += 1;
    const held: Held = { bytes, control, isReleased: false };
    const waiting = this.#due.get(dueAt);
    if (waiting === undefined) this.#due.set(dueAt, [held]);
    else waiting.push(held);
    return held;
  }

  #release(): void {
    const due = this.#due.get(this.#seen);
    if (due === undefined) return;
    this.#due.delete(this.#seen);
    for (const held of due) this.#inject(held);
  }

  #inject(held: Held): void {
    if (held.isReleased) return;
    held.isReleased = true;
    this.#held -= 1;
    held.control.inject(held.bytes);
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
