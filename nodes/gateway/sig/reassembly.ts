/**
 * Takes the packets out of the SIG frames of one stream (scionproto/scion,
 * `gateway/dataplane/rlist.go` and `framebuf.go`). At most one packet is unfinished at a time, and
 * its frames must follow each other without a gap.
 *
 * As in the reference, nothing is remembered while no packet is unfinished, so an old frame that
 * contains only whole packets is then accepted again. SIG frames have neither protection against
 * replay nor authentication.
 *
 * @module
 */

import { readIpLength } from '../../../engine/pure/ip-headers.ts';
import { concatByteList } from '../../_kit/bytes.ts';
import type { SigDropReason } from './drops.ts';
import type { SigHeader } from './frame.ts';
import { SIG_LIST_FRAMES_MAX, SIG_NO_PACKET_STARTS } from './geometry.ts';

/** Receives the packets, and the reasons for which frames are dropped. */
export interface SigOutput {
  /** @param packet Valid during the call only. */
  deliver(packet: Uint8Array): void;
  drop(reason: SigDropReason): void;
}

/** Reassembles the packets of one stream. */
export class SigReassembly {
  readonly #output: SigOutput;
  /** The parts of the unfinished packet that have arrived, one for each frame. */
  #parts: Uint8Array[] = [];
  /** Sequence number of the frame in which the unfinished packet starts. */
  #first = 0;
  /** Number of bytes of the unfinished packet that are still missing. */
  #missing = 0;

  constructor(output: SigOutput) {
    this.#output = output;
  }

  /** True while a packet has started but not ended. */
  get isUnfinished(): boolean {
    return this.#parts.length > 0;
  }

  /** Takes a frame whose header was checked; `payload` is the part after the header. */
  take(header: SigHeader, payload: Uint8Array): void {
    if (!this.isUnfinished) {
      this.#start(header, payload);
      return;
    }
    const next = this.#first + this.#parts.length;
    // If a frame is far behind, the unfinished packet was probably never sent, because its sequence
    // number is not authenticated.
    if (this.#first - header.sequence > SIG_LIST_FRAMES_MAX) {
      this.#restart('sig-evicted', header, payload);
    } else if (header.sequence < this.#first) this.#output.drop('sig-too-old');
    // As in rlist.go, `Insert`.
    else if (header.sequence < next) this.#output.drop('sig-duplicate');
    else if (header.sequence > next) this.#restart('sig-evicted', header, payload);
    else if (this.#parts.length === SIG_LIST_FRAMES_MAX) {
      this.#restart('sig-evicted', header, payload);
    } else this.#continue(header, payload);
  }

  /** Drops the unfinished packet, if there is one. */
  giveUp(reason: SigDropReason): void {
    if (this.isUnfinished) this.#output.drop(reason);
    this.#parts = [];
  }

  #restart(reason: SigDropReason, header: SigHeader, payload: Uint8Array): void {
    this.giveUp(reason);
    this.#start(header, payload);
  }

  /** Takes a frame that continues the unfinished packet. */
  #continue(header: SigHeader, payload: Uint8Array): void {
    const isMiddle = header.index === SIG_NO_PACKET_STARTS;
    const length = isMiddle ? payload.length : header.index;
    // In rlist.go, `tryReassemble` counts all bytes of the last frame, including those of the
    // packet that starts in it. So if the index contradicts the length, it delivers a mixture of
    // two packets. Here both must agree.
    const isRight = isMiddle ? length <= this.#missing : length === this.#missing;
    if (!isRight) {
      this.#restart('sig-invalid', header, payload);
      return;
    }
    this.#parts.push(payload.slice(0, length));
    this.#missing -= length;
    if (this.#missing > 0) return;
    const packet = concatByteList(this.#parts);
    this.#parts = [];
    this.#output.deliver(packet);
    if (!isMiddle) this.#read(header, payload);
  }

  /** Takes a frame while no packet is unfinished. Bytes before the index are the end of a packet that was given up. */
  #start(header: SigHeader, payload: Uint8Array): void {
    if (header.index === SIG_NO_PACKET_STARTS) this.#output.drop('sig-no-start');
    else this.#read(header, payload);
  }

  /**
   * Delivers the whole packets from the index on. Keeps the start of a packet that continues in the
   * next frame.
   */
  #read({ sequence, index }: SigHeader, payload: Uint8Array): void {
    let at = index;
    while (at < payload.length) {
      const length = readIpLength(payload, at);
      if (length === undefined) {
        this.#output.drop('sig-packet-start');
        return;
      }
      if (at + length > payload.length) {
        this.#first = sequence;
        this.#parts = [payload.slice(at)];
        this.#missing = at + length - payload.length;
        return;
      }
      this.#output.deliver(payload.subarray(at, at + length));
      at += length;
    }
  }
}
