/**
 * Packets from one peer, from accepted frames to the application: reassembles fragments and reports
 * what is held meanwhile.
 *
 * @module
 */
import type { PacketAccount } from './account.ts';
import type { PacketReceiverOutput } from './behaviour.ts';
import { type OnReassemblyAbandoned, REASSEMBLY_LIMITS, Reassembler } from './fragment.ts';
import { FRAME_TYPE } from './geometry.ts';
import { SIG_REORDER_NS } from './sig/geometry.ts';
import { SigReceiver } from './sig/receiver.ts';
import type { FrameHeader } from './wire.ts';

/** Where received packets go: to an output, and into the account of messages. */
export interface PacketReceiverSetup {
  readonly output: PacketReceiverOutput;
  /** Absent when packets are not accounted for (ADR 0028). */
  readonly account: PacketAccount | undefined;
}

/** The receiving side of one peer: from accepted frames to packets. */
export class PacketReceiver {
  readonly #setup: PacketReceiverSetup;
  readonly #reassembler: Reassembler;
  readonly #sig: SigReceiver;

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
  }

  /** When {@link expire} must be called next, ns; Infinity if no packet waits for fragments. */
  get deadlineNs(): number {
    return Math.min(this.#reassembler.deadlineNs, this.#sig.deadlineNs);
  }

  /** Number of packets with missing fragments. */
  get unfinished(): number {
    return this.#reassembler.unfinished + this.#sig.unfinished;
  }

  /** Drops packets whose fragments did not arrive in time. */
  expire(now: number): void {
    this.#reassembler.expire(now);
    this.#sig.expire(now);
  }

  /** Drops all unfinished packets. */
  discard(): void {
    this.#reassembler.discard();
    this.#sig.discard();
  }

  /** Takes an unsealed frame, in which there may be any number of packets. */
  takeSig(now: number, frame: Uint8Array): void {
    this.#sig.receive(now, frame);
  }

  /** Takes an accepted data frame; delivers the packet when it is complete. */
  take(now: number, header: FrameHeader, plaintext: Uint8Array): void {
    if (header.fragments === 1) {
      this.#deliver(plaintext);
      return;
    }
    const whole = this.#reassembler.add(header, plaintext, now);
    if (typeof whole === 'string') this.#setup.output.drop(whole);
    else if (whole !== undefined) this.#deliver(whole);
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
  #deliver(packet: Uint8Array): void {
    this.#setup.output.deliver(packet);
  }
}
