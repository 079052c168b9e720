/**
 * The packets that come from one peer, from accepted frames to the application: fragments are put
 * together, and whoever keeps account is told of what stays meanwhile.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { PacketAccount } from './account.ts';
import type { GatewayOptions } from './config.ts';
import { type GiveUp, REASSEMBLY_LIMITS, Reassembler } from './fragment.ts';
import { FRAME_TYPE } from './geometry.ts';
import type { FrameHeader } from './wire.ts';

/** Of the test double `swallowing`: one packet of so many vanishes. */
const SWALLOWED_EACH = 10;

/** Whose packets these are, and for whom. */
export interface ArrivalsSetup {
  readonly host: Host;
  readonly peer: string;
  readonly double: GatewayOptions['double'];
  /** Absent where nobody keeps account. */
  readonly account: PacketAccount | undefined;
}

/** See the module. */
export class Arrivals {
  readonly #setup: ArrivalsSetup;
  readonly #reassembler: Reassembler;
  #packets = 0;

  constructor(setup: ArrivalsSetup) {
    this.#setup = setup;
    const { host, account } = setup;
    const giveUp: GiveUp = (reason, of) => {
      host.drop(reason);
      account?.ended(of, 'dropped');
    };
    const listener = account && {
      opened: account.held.bind(account),
      completed: (of: Parameters<PacketAccount['ended']>[0]): void =>
        account.ended(of, 'delivered'),
    };
    this.#reassembler = new Reassembler(REASSEMBLY_LIMITS, giveUp, listener);
  }

  /** When {@link expire} has work next, ns; Infinity when nothing waits for fragments. */
  get deadlineNs(): number {
    return this.#reassembler.deadlineNs;
  }

  /** Packets of which fragments are missing. */
  get unfinished(): number {
    return this.#reassembler.unfinished;
  }

  /** Gives up the packets whose fragments did not come in time. */
  expire(now: number): void {
    this.#reassembler.expire(now);
  }

  /** Gives up all of them. */
  discard(): void {
    this.#reassembler.discard();
  }

  /** Takes an accepted data frame; delivers the packet when it is whole. */
  take(header: FrameHeader, plaintext: Uint8Array): void {
    if (header.fragments === 1) {
      this.#deliver(plaintext);
      return;
    }
    const { host } = this.#setup;
    const whole = this.#reassembler.add(header, plaintext, host.now());
    if (typeof whole === 'string') host.drop(whole);
    else if (whole !== undefined) this.#deliver(whole);
  }

  /** A frame waits for the bound of the replay window. */
  held(header: FrameHeader): void {
    if (header.type === FRAME_TYPE.data) this.#setup.account?.held(header);
  }

  /** It waits no longer; `dropped` is the drop that was just named. */
  heldEnded(header: FrameHeader, how: 'delivered' | 'dropped'): void {
    if (header.type === FRAME_TYPE.data) this.#setup.account?.ended(header, how);
  }

  // hot: once per packet.
  #deliver(packet: Uint8Array): void {
    const { host, peer, double } = this.#setup;
    if (double === 'swallowing' && this.#packets++ % SWALLOWED_EACH === 0) return;
    host.deliver(peer, packet, 0, packet.length);
  }
}
