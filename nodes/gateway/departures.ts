/**
 * Packets that an application has handed over for one peer, until their frames leave: immediately,
 * or later when a session and a path exist. Each packet is reported to the account of messages.
 *
 * @module
 */

import type { PeerReachability, SendWishes } from '../../engine/host/transport.ts';
import { dscpOfPriority } from '../../engine/pure/traffic-class.ts';
import type { PacketAccount } from './account.ts';
import type { Behaviour } from './behaviour.ts';
import type { FrameDropReason } from './drops.ts';
import type { PeerOutput } from './peer-output.ts';
import type { PeerTraceWriter } from './peer-trace.ts';
import { PENDING_PACKETS_MAX, PendingPackets } from './pending-packets.ts';
import type { PacketNumbers } from './striping/packet-number.ts';
import type { FrameHeader } from './wire.ts';

/** Why a packet is not sent. */
export type DepartureDropReason = FrameDropReason | 'no-path' | 'lifetime-over' | 'displaced';
/** Seals the content of a frame, which is or contains a packet, and sends it in datagrams with this DSCP, or returns why it cannot. */
export type SendPacket = (
  content: Uint8Array,
  dscp: number,
  packet: Uint8Array,
) => FrameDropReason | undefined;

/** The output for the packets to one peer, and the objects that are notified of them. */
export interface PacketSenderSetup extends Pick<Behaviour, 'leaving'> {
  readonly output: PeerOutput;
  /** Absent when packets are not accounted for (ADR 0028). */
  readonly account: PacketAccount | undefined;
  /** Present if packets are numbered (strategy `striping`). */
  readonly numbers?: PacketNumbers | undefined;
  /** Absent while no trace is recorded. */
  readonly peerTrace: PeerTraceWriter | undefined;
}

/** The sending side of one peer: from packets to frames. */
export class PacketSender {
  readonly #setup: PacketSenderSetup;
  readonly #waiting = new PendingPackets();
  /** Number of the packet being sent. */
  #number = -1;

  constructor(setup: PacketSenderSetup) {
    this.#setup = setup;
  }

  /** Number of packets that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** When {@link expire} must be called next, ns; Infinity if no packet waits. */
  get deadlineNs(): number {
    return this.#waiting.deadlineNs;
  }

  /** Sends a packet that need not wait. */
  // hot: once per packet.
  sendNow(
    body: Uint8Array,
    wishes: SendWishes | undefined,
    send: SendPacket,
  ): FrameDropReason | undefined {
    const { account } = this.#setup;
    const dscp = dscpOfPriority(wishes?.priority);
    if (account === undefined) return this.#leave(body, dscp, send);
    this.#number = account.accept();
    const reason = this.#leave(body, dscp, send);
    // Settled as sent even if `send` rejected the packet, since the application is told the reason.
    account.settled(this.#number, 'sent');
    return reason;
  }

  /**
   * Queues a packet. In a full queue it displaces a packet of lower priority, if there is one.
   * @returns why it is not queued; undefined if it is.
   */
  keep(now: number, body: Uint8Array, wishes?: SendWishes): 'no-path' | undefined {
    const { account } = this.#setup;
    if (this.#waiting.size >= PENDING_PACKETS_MAX) {
      const displaced = this.#waiting.displace(wishes?.priority);
      if (displaced === undefined) return 'no-path';
      this.#drop(displaced.number, 'displaced');
    }
    this.#waiting.add(body, now, { wishes, number: account?.accept() });
    this.show(now);
    return undefined;
  }

  /**
   * Sends the waiting packets.
   * @param way `closed`: no path is known to answer, so packets that may wait for a path stay.
   */
  sendWaiting(now: number, send: SendPacket, way: PeerReachability): void {
    this.expire(now);
    const all = way === 'open' ? this.#waiting.takeAll() : this.#waiting.takeImpatient();
    const waiting = this.#setup.leaving(all);
    this.show(now);
    for (const { body, number, priority } of waiting) {
      this.#number = number;
      const reason = this.#leave(body, dscpOfPriority(priority), send);
      if (reason === undefined) this.#setup.account?.settled(number, 'sent');
      else this.#drop(number, reason);
    }
  }

  /** Reports that the packet's first frame has been sealed and is about to leave. */
  sealed(header: FrameHeader): void {
    this.#setup.account?.sent(this.#number, header);
  }

  /** Drops packets that have waited too long. */
  expire(now: number): void {
    for (const { number, reason } of this.#waiting.expire(now)) this.#drop(number, reason);
    this.show(now);
  }

  /** Drops all waiting packets. */
  discard(): void {
    for (const { number } of this.#waiting.takeAll()) this.#drop(number, 'no-path');
  }

  /** Traces how many packets wait. */
  show(now: number): void {
    this.#setup.peerTrace?.waiting(now, this.#waiting.size, PENDING_PACKETS_MAX);
  }

  #leave(body: Uint8Array, dscp: number, send: SendPacket): FrameDropReason | undefined {
    const { numbers } = this.#setup;
    const reason = send(numbers?.numbered(body) ?? body, dscp, body);
    if (reason === undefined) numbers?.used();
    return reason;
  }

  #drop(number: number, reason: DepartureDropReason): void {
    this.#setup.output.drop(reason);
    this.#setup.account?.settled(number, 'dropped');
  }
}
