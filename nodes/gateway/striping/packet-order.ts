/**
 * Delivers the packets of one peer in the order in which they were sent, even if they came over
 * several paths (docs/spec/multipath.md, "Strategies").
 *
 * @module
 */
import type { DeliveryFacts } from '../../../engine/host/transport.ts';
import type { PacketAccount } from '../account.ts';
import type { PacketReceiverOutput } from '../behaviour.ts';
import { ReorderBuffer } from '../reorder-buffer.ts';
import type { FrameHeader } from '../wire.ts';
import { DelaySpread, ORDER_WAIT_NS_MAX } from './delay-spread.ts';
import { PACKET_NUMBER_BYTES, readPacketNumber } from './packet-number.ts';

/** Largest number of packets that wait: 100 ms of 20,000 a second. */
const ORDER_PACKETS_MAX = 2_048;
/**
 * Largest number of bytes of the packets that wait: 100 ms of 160 Mbit/s, or 32 of the largest
 * packets.
 */
const ORDER_BYTES_MAX = 2_097_152;
/**
 * A packet that is further behind than this shows that the sender has begun anew after its clock
 * was set back: 3 s of 20,000 a second.
 */
const ORDER_BEHIND_MAX = 65_536;

/** The last frame of a packet. */
export type LastFrame = Pick<FrameHeader, 'epoch' | 'sequence' | 'fragment'>;

/** The functions that a {@link PacketOrder} calls. */
export interface PacketOrderOutput {
  /** Hands over a packet; it is read during the call only. */
  deliver(packet: Uint8Array): void;
  /** Hands over a packet that had to wait; `held` was called for it before. */
  deliverHeld(packet: Uint8Array, last: LastFrame, arrived: DeliveryFacts): void;
  /** Called for a packet that has to wait. @returns how it has arrived. */
  held(last: LastFrame): DeliveryFacts;
  /**
   * Counts a gap of missing packets that was given up (`gap`), or a packet that came after later
   * ones (`late`).
   */
  count(what: 'gap' | 'late'): void;
}

/** The functions with which the peer takes part in the ordering of packets. */
export interface PacketOrderEvents extends Pick<PacketOrderOutput, 'count'> {
  /** Returns how the present packet has arrived. */
  readonly arrived: () => DeliveryFacts;
  /** Called before a packet that had to wait is delivered, with the way in which it arrived. */
  readonly released: (arrived: DeliveryFacts) => void;
}

interface NumberedPacket {
  readonly packet: Uint8Array;
  readonly last: LastFrame;
  /** Present if the packet had to wait. */
  readonly arrived?: DeliveryFacts;
}

/** Puts the packets of one peer in order. */
export class PacketOrder {
  readonly #output: PacketOrderOutput;
  readonly #buffer: ReorderBuffer<NumberedPacket>;
  readonly #spread = new DelaySpread();

  constructor(output: PacketOrderOutput) {
    this.#output = output;
    this.#buffer = new ReorderBuffer(ORDER_WAIT_NS_MAX, {
      itemsMax: ORDER_PACKETS_MAX,
      bytesMax: ORDER_BYTES_MAX,
      behindMax: ORDER_BEHIND_MAX,
      // Numbers begin with the time, so no packet has the number 0: even the first packet waits, in
      // case it has overtaken an earlier one.
      before: 0,
      take: ({ packet, last, arrived }): void => {
        if (arrived === undefined) output.deliver(packet);
        else output.deliverHeld(packet, last, arrived);
      },
      keep: ({ packet, last: { epoch, sequence, fragment } }): NumberedPacket => {
        const last = { epoch, sequence, fragment };
        return { packet: packet.slice(), last, arrived: output.held(last) };
      },
      gaveUp: (): void => output.count('gap'),
    });
  }

  /** When {@link expire} must be called next, ns; Infinity if no packet waits. */
  get deadlineNs(): number {
    return this.#buffer.deadlineNs;
  }

  /** Number of packets that wait. */
  get waiting(): number {
    return this.#buffer.size;
  }

  /** Records how long a frame was under way. @param ageUs See {@link DelaySpread.note}. */
  noteDelay(nowNs: number, ageUs: number): void {
    this.#spread.note(nowNs, ageUs);
    this.#buffer.waitNs = this.#spread.waitNs;
  }

  /**
   * Takes a packet with its number, and delivers it when its turn comes. Call {@link expire}
   * before.
   * @returns why it is dropped; undefined if it is not.
   */
  // hot: once per packet.
  take(nowNs: number, content: Uint8Array, last: LastFrame): 'malformed-body' | undefined {
    const number = readPacketNumber(content);
    if (number === undefined) return 'malformed-body';
    const packet = content.subarray(PACKET_NUMBER_BYTES);
    const item = { packet, last };
    const outcome = this.#buffer.add(nowNs, number, { item, bytes: packet.length });
    if (outcome === 'late') this.#output.count('late');
    // Only a faulty peer gives two packets the same number; the application gets both.
    else if (outcome === 'repeated') this.#output.deliver(packet);
    return undefined;
  }

  /** Delivers the packets that have waited long enough. */
  expire(nowNs: number): void {
    this.#buffer.expire(nowNs);
  }
}

/**
 * Connects the ordering with the account of messages, so that packets which wait for their turn
 * count as held.
 */
export function orderOutputOf(
  to: { readonly output: PacketReceiverOutput; readonly account: PacketAccount | undefined },
  { arrived: arrivedNow, released, count }: PacketOrderEvents,
): PacketOrderOutput {
  const { output, account } = to;
  return {
    count,
    deliver: (packet): void => output.deliver(packet),
    held: (last): DeliveryFacts => {
      account?.held(last);
      return arrivedNow();
    },
    deliverHeld: (packet, last, arrived): void => {
      released(arrived);
      output.deliver(packet);
      account?.ended(last, 'delivered');
    },
  };
}
