/**
 * One end of a call: sends its own message in fragments until all have arrived, and collects the fragments of the other
 * end's message until it is whole.
 *
 * Pure: time and packets in, packets out.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { concatByteList } from '../../_kit/bytes.ts';
import { LossRecovery } from '../../_kit/loss-recovery/loss-recovery.ts';
import { ReceivedPackets } from '../../_kit/loss-recovery/received-packets.ts';
import { RPC_MESSAGE_BYTES_MAX, RPC_OVERHEAD_BYTES, RPC_WAIT_NS_MAX } from './geometry.ts';
import type { RpcFragment, RpcPacket } from './packet.ts';

/** The call and the end of it that an {@link Exchange} serves. */
export interface ExchangeParts {
  readonly callId: number;
  readonly isAnswer: boolean;
  readonly random: Random;
  /** Largest packet of a call over the path in use, bytes. */
  readonly packetBytes: number;
}

/** Why a packet of a call is dropped. */
export type ExchangeDropReason = 'rpc-duplicate' | 'rpc-conflict' | 'rpc-too-long' | 'rpc-ack';

/** The exchange of the two messages of a call, request and answer, as one end sees it. */
export class Exchange {
  readonly #parts: ExchangeParts;
  readonly #recovery: LossRecovery<number>;
  readonly #received = new ReceivedPackets();
  #own: Uint8Array | undefined;
  #fragmentBytes = 0;
  /** Indexes of the fragments that have to leave. */
  #toSend: number[] = [];
  /** Indexes of the fragments of this end's message whose arrival is not confirmed yet. */
  readonly #unconfirmed = new Set<number>();
  #other: (Uint8Array | undefined)[] | undefined;
  #missing = 0;
  #otherBytes = 0;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    const { packetBytes, random } = parts;
    this.#recovery = new LossRecovery({ packetBytes, random, waitNsMax: RPC_WAIT_NS_MAX });
  }

  /** True if the other end has confirmed all of this end's message. */
  get isConfirmed(): boolean {
    return this.#own !== undefined && this.#unconfirmed.size === 0;
  }

  /** Number of bytes of the other end's message that are held while parts are missing. */
  get incompleteBytes(): number {
    return this.#missing > 0 ? this.#otherBytes : 0;
  }

  /** Sets the message of this end; called once. */
  setMessage(message: Uint8Array): void {
    this.#own = message;
    this.#fragmentBytes = Math.max(1, this.#parts.packetBytes - RPC_OVERHEAD_BYTES);
    const count = Math.ceil(message.length / this.#fragmentBytes);
    this.#toSend = Array.from({ length: count }, (_, index) => index);
    for (const index of this.#toSend) this.#unconfirmed.add(index);
  }

  /**
   * Takes a packet of the other end.
   * @returns the other end's message when this packet makes it whole; the reason if it is dropped.
   */
  receive(now: Nanoseconds, packet: RpcPacket): Uint8Array | ExchangeDropReason | undefined {
    const { ack, fragment } = packet;
    if (ack !== undefined) {
      const news = this.#recovery.acknowledged(now, ack);
      if (news === undefined) return 'rpc-ack';
      for (const index of news.acked) this.#unconfirmed.delete(index);
      this.#repeat(news.lost);
    }
    if (fragment === undefined) return undefined;
    if (!this.#received.note(now, packet.number, true)) return 'rpc-duplicate';
    return this.#take(fragment);
  }

  /** The next packet that may leave now; undefined if there is none. */
  next(now: Nanoseconds): RpcPacket | undefined {
    const index = this.#nextToSend();
    if (index !== undefined && this.#recovery.room(now) > 0) {
      this.#toSend.shift();
      return this.#packetWith(now, index);
    }
    return this.#received.nextAt() <= now ? this.acknowledgement(now) : undefined;
  }

  /** Makes a packet that contains nothing but an acknowledgement. */
  acknowledgement(now: Nanoseconds): RpcPacket {
    const ack = this.#received.take(now);
    return this.#packet(0, ack, undefined);
  }

  /** Does what is due: fragments that are lost, or were not acknowledged in time, will leave again. */
  due(now: Nanoseconds): void {
    const { lost, probe } = this.#recovery.due(now);
    this.#repeat(lost);
    if (probe !== undefined) this.#repeat([probe]);
  }

  /** The next instant at which something is due. */
  nextAt(now: Nanoseconds): Nanoseconds {
    const sends = this.#nextToSend() === undefined ? Number.POSITIVE_INFINITY : this.#roomAt(now);
    return Math.min(sends, this.#recovery.nextAt(), this.#received.nextAt());
  }

  #packet(number: number, ack: RpcPacket['ack'], fragment: RpcPacket['fragment']): RpcPacket {
    const { callId, isAnswer, packetBytes: room } = this.#parts;
    return { callId, isAnswer, isOver: false, room, number, ack, fragment };
  }

  #roomAt(now: Nanoseconds): Nanoseconds {
    return this.#recovery.room(now) > 0 ? now : this.#recovery.roomAt(now);
  }

  #nextToSend(): number | undefined {
    while (this.#toSend.length > 0 && !this.#unconfirmed.has(this.#toSend[0] as number)) {
      this.#toSend.shift();
    }
    return this.#toSend[0];
  }

  #repeat(indexes: readonly number[]): void {
    for (const index of indexes) {
      if (this.#unconfirmed.has(index) && !this.#toSend.includes(index)) this.#toSend.push(index);
    }
  }

  #packetWith(now: Nanoseconds, index: number): RpcPacket {
    const own = this.#own as Uint8Array;
    const start = index * this.#fragmentBytes;
    const data = own.subarray(start, start + this.#fragmentBytes);
    const number = this.#recovery.sent(now, data.length + RPC_OVERHEAD_BYTES, index);
    const ack = this.#received.isOwed ? this.#received.take(now) : undefined;
    const count = Math.ceil(own.length / this.#fragmentBytes);
    return this.#packet(number, ack, { index, count, data });
  }

  #take({ index, count, data }: RpcFragment): Uint8Array | ExchangeDropReason | undefined {
    if (this.#other === undefined) {
      this.#other = Array.from({ length: count }, () => undefined);
      this.#missing = count;
    }
    const other = this.#other;
    if (other.length !== count) return 'rpc-conflict';
    if (other[index] !== undefined || this.#missing === 0) return 'rpc-duplicate';
    if (this.#otherBytes + data.length > RPC_MESSAGE_BYTES_MAX) return 'rpc-too-long';
    other[index] = data.slice();
    this.#otherBytes += data.length;
    this.#missing -= 1;
    if (this.#missing > 0) return undefined;
    const message = concatByteList(other as Uint8Array[]);
    // The fragments of a complete message are released; the list keeps only their number.
    for (const at of other.keys()) other[at] = undefined;
    return message;
  }
}
