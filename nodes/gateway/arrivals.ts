/**
 * Packets from one peer, from accepted frames to the application: reassembles fragments, puts numbered packets in order,
 * and reports what is held meanwhile.
 *
 * @module
 */
import type { DeliveryFacts } from '../../engine/host/transport.ts';
import type { PacketAccount } from './account.ts';
import type { PacketReceiverOutput } from './behaviour.ts';
import { type OnReassemblyAbandoned, REASSEMBLY_LIMITS, Reassembler } from './fragment.ts';
import { FRAME_TYPE } from './geometry.ts';
import { SIG_REORDER_NS } from './sig/geometry.ts';
import { SigReceiver } from './sig/receiver.ts';
import { type LastFrame, PacketOrder, type PacketOrderOutput } from './striping/packet-order.ts';
import type { FrameHeader } from './wire.ts';

/** Where received packets go: to an output, and into the account of messages. */
export interface PacketReceiverSetup {
  readonly output: PacketReceiverOutput;
  /** Absent when packets are not accounted for (ADR 0028). */
  readonly account: PacketAccount | undefined;
  /** Present if packets are numbered (strategy `striping`). */
  readonly order?: PacketOrderEvents;
}

/** What the peer says and hears of packets that wait for their turn. */
export interface PacketOrderEvents extends Pick<PacketOrderOutput, 'count'> {
  /** How the packet in hand has arrived. */
  arrived(): DeliveryFacts;
  /** Called before a packet is delivered that arrived so. */
  released(arrived: DeliveryFacts): void;
}

/** The receiving side of one peer: from accepted frames to packets. */
export class PacketReceiver {
  readonly #setup: PacketReceiverSetup;
  readonly #reassembler: Reassembler;
  readonly #sig: SigReceiver;
  readonly #order: PacketOrder | undefined;

  constructor(setup: PacketReceiverSetup) {
    this.#setup = setup;
    const { output, account } = setup;
    const giveUp: OnReassemblyAbandoned = (reason, of) => {
      output.drop(reason);
      account?.ended(of, 'dropped');
    };
    const listener = account && {
      opened: account.held.bind(account),
      completed: (of: Parameters<PacketAccount['ended']>[0]): void =>
        account.ended(of, 'delivered'),
    };
    this.#reassembler = new Reassembler(REASSEMBLY_LIMITS, giveUp, listener);
    this.#sig = new SigReceiver({ output, reorderNs: SIG_REORDER_NS });
    this.#order = setup.order && new PacketOrder(orderOutputOf(setup, setup.order));
  }

  /** When {@link expire} must be called next, ns; Infinity if no packet waits for fragments or for its turn. */
  get deadlineNs(): number {
    const orderNs = this.#order?.deadlineNs ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#reassembler.deadlineNs, this.#sig.deadlineNs, orderNs);
  }

  /** Number of packets that wait for fragments or for their turn. */
  get unfinished(): number {
    const waiting = this.#order?.waiting ?? 0;
    return this.#reassembler.unfinished + this.#sig.unfinished + waiting;
  }

  /** Drops packets whose fragments did not arrive in time, and delivers those that waited long enough for their turn. */
  expire(now: number): void {
    this.#reassembler.expire(now);
    this.#order?.expire(now);
    this.#sig.expire(now);
  }

  /** Drops all unfinished packets; whole ones that wait for their turn are delivered. */
  discard(): void {
    this.#reassembler.discard();
    this.#order?.expire(Number.POSITIVE_INFINITY);
    this.#sig.discard();
  }

  /** Takes an unsealed frame, in which there may be any number of packets. */
  takeSig(now: number, frame: Uint8Array): void {
    this.#sig.receive(now, frame);
  }

  /**
   * Takes an accepted data frame; delivers the packet when it is complete, and it is its turn.
   * @param ageUs Our clock less the frame's time stamp, microseconds.
   */
  take(now: number, header: FrameHeader, plaintext: Uint8Array, ageUs: number): void {
    this.#order?.noteDelay(now, ageUs);
    if (header.fragments === 1) {
      this.#deliver(now, header, plaintext);
      return;
    }
    const whole = this.#reassembler.add(header, plaintext, now);
    if (typeof whole === 'string') this.#setup.output.drop(whole);
    else if (whole !== undefined) this.#deliver(now, header, whole);
  }

  /** Reports that a frame waits until the replay window's bound is on disk. */
  held(header: FrameHeader): void {
    if (header.type === FRAME_TYPE.data) this.#setup.account?.held(header);
  }

  /** Reports that the frame no longer waits; for `dropped`, the reason is the drop just reported. */
  heldEnded(header: FrameHeader, how: 'delivered' | 'dropped'): void {
    if (header.type === FRAME_TYPE.data) this.#setup.account?.ended(header, how);
  }

  // hot: once per packet.
  #deliver(now: number, last: LastFrame, content: Uint8Array): void {
    const { output } = this.#setup;
    if (this.#order === undefined) {
      output.deliver(content);
      return;
    }
    const reason = this.#order.take(now, content, last);
    if (reason !== undefined) output.drop(reason);
  }
}

/** Packets that wait for their turn are in the account meanwhile. */
function orderOutputOf(
  { output, account }: PacketReceiverSetup,
  events: PacketOrderEvents,
): PacketOrderOutput {
  return {
    deliver: (packet): void => output.deliver(packet),
    held: (last): DeliveryFacts => {
      account?.held(last);
      return events.arrived();
    },
    deliverHeld: (packet, last, arrived): void => {
      events.released(arrived);
      output.deliver(packet);
      account?.ended(last, 'delivered');
    },
    count: (what): void => events.count(what),
  };
}
