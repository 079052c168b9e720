/**
 * Packets from one peer, from accepted frames to the application: reassembles fragments, puts numbered packets in order,
 * and reports what is held meanwhile.
 *
 * @module
 */
import type { PacketAccount } from './account.ts';
import type { PacketReceiverOutput } from './behaviour.ts';
import { type OnReassemblyAbandoned, REASSEMBLY_LIMITS, Reassembler } from './fragment.ts';
import { FRAME_TYPE } from './geometry.ts';
import { SIG_REORDER_NS } from './sig/geometry.ts';
import { SigReceiver } from './sig/receiver.ts';
import {
  type LastFrame,
  orderOutputOf,
  PacketOrder,
  type PacketOrderEvents,
} from './striping/packet-order.ts';
import type { FrameHeader } from './wire.ts';

/** Where received packets go: to an output, and into the account of messages. */
export interface PacketReceiverSetup {
  readonly output: PacketReceiverOutput;
  /** Absent when packets are not accounted for (ADR 0028). */
  readonly account: PacketAccount | undefined;
  /** Present if packets are numbered (strategy `striping`). */
  readonly order?: PacketOrderEvents | undefined;
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
    this.#order = setup.order && new PacketOrder(orderOutputOf({ output, account }, setup.order));
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

  /**
   * Drops packets whose fragments did not all arrive in time, and delivers packets that waited long
   * enough for their turn.
   */
  expire(now: number): void {
    this.#reassembler.expire(now);
    this.#order?.expire(now);
    this.#sig.expire(now);
  }

  /** Delivers packets that waited long enough for their turn. */
  expireOrder(now: number): void {
    this.#order?.expire(now);
  }

  /** Drops all unfinished packets; delivers whole packets that wait for their turn. */
  discard(): void {
    this.#reassembler.discard();
    this.#order?.expire(Number.POSITIVE_INFINITY);
    this.#sig.discard();
  }

  /** Takes an unsealed frame, which may contain any number of packets. */
  takeSig(now: number, frame: Uint8Array): void {
    this.#sig.receive(now, frame);
  }

  /**
   * Takes an accepted data frame; delivers the packet when it is complete and its turn has come.
   * @param ageUs Our clock minus the frame's time stamp, microseconds.
   * @returns `waits` if a packet may now wait, so that {@link expire} has to be called.
   */
  // hot: once per data frame.
  take(
    now: number,
    header: FrameHeader,
    plaintext: Uint8Array,
    ageUs: number,
  ): 'waits' | undefined {
    this.#order?.noteDelay(now, ageUs);
    const isWhole = header.fragments === 1;
    const packet = isWhole ? plaintext : this.#reassembler.add(header, plaintext, now);
    if (typeof packet === 'string') this.#setup.output.drop(packet);
    else if (packet !== undefined) this.#deliver(now, header, packet);
    return isWhole && this.#order === undefined ? undefined : 'waits';
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
