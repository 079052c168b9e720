/**
 * Receives the SIG frames of one peer in all its sessions and streams, and delivers the packets in them
 * (scionproto/scion, `gateway/dataplane/worker.go`).
 *
 * Frames that overtook each other are read in order. The reference holds none, so it loses the packet that an early
 * frame continues (rlist.go, `Insert`).
 *
 * Streams need no agreement: a frame begins one. Any sender that can spoof the peer can therefore begin many, so
 * their number is bounded, unlike in the reference.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import { ReorderBuffer } from '../reorder-buffer.ts';
import { decodeSigHeader, type SigHeader } from './frame.ts';
import {
  SIG_HEADER_BYTES,
  SIG_REORDER_BYTES_MAX,
  SIG_REORDER_FRAMES_MAX,
  SIG_STREAM_IDLE_NS_MAX,
  SIG_STREAM_NUMBER_MAX,
  SIG_STREAMS_MAX,
} from './geometry.ts';
import { type SigOutput, SigReassembly } from './reassembly.ts';

interface SigFrame {
  readonly header: SigHeader;
  readonly payload: Uint8Array;
}

interface ReceivedStream {
  readonly reassembly: SigReassembly;
  readonly order: ReorderBuffer<SigFrame>;
  idleAtNs: number;
}

/** Where packets go, and how long frames wait for earlier ones. */
export interface SigReceiverSetup {
  readonly output: SigOutput;
  /** How long a frame waits for earlier ones of its stream, ns; with 0, none waits, as in the reference. */
  readonly reorderNs: number;
}

/** Receives the SIG frames of one peer. */
export class SigReceiver {
  readonly #setup: SigReceiverSetup;
  /** Streams by session and number; the one that has been silent for longest comes first. */
  readonly #streams = new Map<number, ReceivedStream>();

  constructor(setup: SigReceiverSetup) {
    this.#setup = setup;
  }

  /** Number of packets of which a part is missing. */
  get unfinished(): number {
    return [...this.#streams.values()].filter(({ reassembly }) => reassembly.isUnfinished).length;
  }

  /** When {@link expire} must be called next, ns; Infinity if nothing is held. */
  get deadlineNs(): number {
    if (this.#streams.size === 0) return Number.POSITIVE_INFINITY;
    const streams = [...this.#streams.values()];
    return leastOf(streams.map(({ idleAtNs, order }) => Math.min(idleAtNs, order.deadlineNs)));
  }

  /** Takes the content of a datagram; packets that it completes are delivered at once. */
  receive(nowNs: number, frame: Uint8Array): void {
    this.expire(nowNs);
    const header = decodeSigHeader(frame);
    if (typeof header === 'string') {
      this.#setup.output.drop(header);
      return;
    }
    const stream = this.#use(nowNs, header);
    const payload = frame.subarray(SIG_HEADER_BYTES);
    const item = { header, payload };
    const outcome = stream.order.add(nowNs, header.sequence, { item, bytes: payload.length });
    if (outcome === 'repeated') this.#setup.output.drop('sig-duplicate');
    this.#makeRoom();
  }

  /** Reads frames that have waited long enough, and forgets silent streams. */
  expire(nowNs: number): void {
    for (const [key, { order, reassembly, idleAtNs }] of this.#streams) {
      order.expire(nowNs);
      if (idleAtNs > nowNs) continue;
      reassembly.giveUp('sig-timeout');
      this.#streams.delete(key);
    }
  }

  /** Drops all unfinished packets. */
  discard(): void {
    this.expire(Number.POSITIVE_INFINITY);
  }

  /** Finds the frame's stream, or begins it, and moves it to the end of the order. */
  #use(nowNs: number, { session, stream }: SigHeader): ReceivedStream {
    const key = session * (SIG_STREAM_NUMBER_MAX + 1) + stream;
    const used = this.#streams.get(key) ?? this.#begin();
    used.idleAtNs = nowNs + SIG_STREAM_IDLE_NS_MAX;
    this.#streams.delete(key);
    this.#streams.set(key, used);
    return used;
  }

  #begin(): ReceivedStream {
    const { output, reorderNs } = this.#setup;
    const reassembly = new SigReassembly(output);
    const order = new ReorderBuffer<SigFrame>(reorderNs, {
      itemsMax: SIG_REORDER_FRAMES_MAX,
      bytesMax: SIG_REORDER_BYTES_MAX,
      behindMax: SIG_REORDER_FRAMES_MAX,
      before: -1,
      take: ({ header, payload }): void => reassembly.take(header, payload),
      keep: ({ header, payload }): SigFrame => ({ header, payload: payload.slice() }),
    });
    return { reassembly, order, idleAtNs: 0 };
  }

  /**
   * Forgets streams that hold nothing. If there are still too many, forgets the one that has been
   * silent for longest.
   */
  #makeRoom(): void {
    if (this.#streams.size <= SIG_STREAMS_MAX) return;
    for (const [key, { order, reassembly }] of this.#streams) {
      if (reassembly.isUnfinished || order.size > 0) continue;
      this.#streams.delete(key);
      return;
    }
    const [oldest] = this.#streams;
    if (oldest === undefined) return;
    const [key, { order, reassembly }] = oldest;
    order.expire(Number.POSITIVE_INFINITY);
    reassembly.giveUp('sig-evicted');
    this.#streams.delete(key);
  }
}
