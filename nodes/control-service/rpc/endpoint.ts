/**
 * The calls of one control service: those that it makes, and those that it answers.
 *
 * The caller draws an id that names the call at both ends. A late copy of a request is not handled again; a caller that
 * already has its answer tells an answerer that is still sending to stop. Everything that others can fill is bounded,
 * in total and for each AS.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';
import { Exchange, type ExchangeDropReason } from './exchange.ts';
import {
  RPC_ANSWER_NS_MAX,
  RPC_ANSWERED_MAX,
  RPC_CALLS_MAX,
  RPC_CALLS_PER_AS_MAX,
  RPC_INCOMPLETE_BYTES_MAX,
} from './geometry.ts';
import {
  decodeRpcPacket,
  encodeRpcPacket,
  type RpcPacket,
  type RpcPacketRefusal,
} from './packet.ts';

/** The AS at the other end of a call, and the length of the largest packet to it. */
export interface RpcWay {
  /** The AS at the other end, as its packets claim. */
  readonly isdAs: string;
  /** Largest packet of a call, bytes. */
  readonly packetBytes: number;
}

/** The result of a call: the answer's message, or why there is no answer. */
export type RpcAnswer = Uint8Array | 'timeout' | 'too-many-calls';

/** A call to be made. */
export interface RpcCall<Way> {
  readonly way: Way;
  /** The request, at least one byte. */
  readonly message: Uint8Array;
  readonly deadlineNs: Nanoseconds;
  readonly done: (answer: RpcAnswer) => void;
  /** Called once when the way is reported dead. The call goes on. */
  readonly suspected?: (() => void) | undefined;
}

/** Why a packet of a call is dropped. */
export type RpcDropReason = RpcPacketRefusal | ExchangeDropReason | 'rpc-late' | 'rpc-full';

/** Callbacks of the calls of a control service: send a packet, handle a call. */
export interface RpcOutput<Way> {
  send(way: Way, packet: Uint8Array): void;
  /** Handles a request; `answer` may be called later, once. */
  handle(way: Way, message: Uint8Array, answer: (message: Uint8Array) => void): void;
}

interface OpenCall<Way> {
  readonly callId: number;
  readonly exchange: Exchange;
  /** The latest way to the other end. */
  way: Way;
  readonly deadlineNs: Nanoseconds;
  /** Absent for a call that is answered here. */
  readonly done: ((answer: RpcAnswer) => void) | undefined;
  suspected: (() => void) | undefined;
  /** Earliest instant at which the call is in the heap of deadlines; Infinity if it is in none. */
  dueNs: Nanoseconds;
  isOver: boolean;
}

/** The calls of one control service. */
export class RpcEndpoint<Way extends RpcWay> {
  readonly #output: RpcOutput<Way>;
  readonly #random: Random;
  /** Calls that were made here, by id. */
  readonly #made = new Map<number, OpenCall<Way>>();
  /** Calls that are answered here, by AS and id. */
  readonly #answered = new Map<string, OpenCall<Way>>();
  readonly #perAs = new Map<string, number>();
  /** Names (AS and id) of calls that were answered, the oldest first. */
  readonly #over = new Set<string>();
  readonly #due = new DeadlineHeap<OpenCall<Way>>();
  #incompleteBytes = 0;

  constructor(random: Random, output: RpcOutput<Way>) {
    this.#random = random;
    this.#output = output;
  }

  /** Numbers of open calls: those made here, and those answered here. */
  get open(): { readonly made: number; readonly answered: number } {
    return { made: this.#made.size, answered: this.#answered.size };
  }

  /**
   * Makes a call; `done` is called once, at the deadline at the latest.
   * @returns a function that ends the call without calling `done`.
   */
  call(now: Nanoseconds, { way, message, deadlineNs, done, suspected }: RpcCall<Way>): () => void {
    if (this.#made.size >= RPC_CALLS_MAX) {
      done('too-many-calls');
      return (): void => undefined;
    }
    let callId = this.#drawId();
    while (this.#made.has(callId)) callId = this.#drawId();
    const exchange = this.#exchange(callId, way, false);
    exchange.setMessage(message);
    const dueNs = Number.POSITIVE_INFINITY;
    const call = { callId, exchange, way, deadlineNs, done, suspected, dueNs, isOver: false };
    this.#made.set(callId, call);
    this.#flush(now, call);
    return (): void => {
      if (!call.isOver) this.#end(call);
    };
  }

  /** Takes a packet. @param way The way back to its sender. @returns why it is dropped, if it is. */
  receive(now: Nanoseconds, way: Way, bytes: Uint8Array): RpcDropReason | undefined {
    const packet = decodeRpcPacket(bytes);
    if (typeof packet === 'string') return packet;
    return packet.isAnswer
      ? this.#receiveAnswer(now, way, packet)
      : this.#receiveRequest(now, way, packet);
  }

  /**
   * The way of the open call with an AS to which a packet sent from here belongs; undefined if there is no such call.
   */
  wayOf(
    isdAs: string,
    { callId, isAnswer }: Pick<RpcPacket, 'callId' | 'isAnswer'>,
  ): Way | undefined {
    const call = isAnswer ? this.#answered.get(`${isdAs} ${callId}`) : this.#made.get(callId);
    return call?.way.isdAs === isdAs ? call.way : undefined;
  }

  /** Tells the makers of calls over ways for which `isDead` is true that the way is reported dead. */
  suspect(isDead: (way: Way) => boolean): void {
    for (const call of [...this.#made.values()]) {
      const { suspected } = call;
      if (call.isOver || suspected === undefined || !isDead(call.way)) continue;
      call.suspected = undefined;
      suspected();
    }
  }

  /** Does what is due. */
  due(now: Nanoseconds): void {
    for (let call = this.#due.takeDue(now); call !== undefined; call = this.#due.takeDue(now)) {
      if (call.isOver) continue;
      call.dueNs = Number.POSITIVE_INFINITY;
      if (call.deadlineNs <= now) {
        this.#end(call);
        call.done?.('timeout');
      } else {
        if (call.exchange.nextAt(now) <= now) call.exchange.due(now);
        this.#flush(now, call);
      }
    }
  }

  /** The next instant at which something may be due; Infinity if no call is open. */
  nextAt(): Nanoseconds {
    return this.#due.nextAt ?? Number.POSITIVE_INFINITY;
  }

  #receiveAnswer(now: Nanoseconds, way: Way, packet: RpcPacket): RpcDropReason | undefined {
    const call = this.#made.get(packet.callId);
    if (call === undefined) {
      // Our acknowledgement was lost: tell the answerer that it need not send any more.
      const { callId } = packet;
      const over = { callId, isAnswer: false, isOver: true, number: 0, room: way.packetBytes };
      this.#output.send(way, encodeRpcPacket({ ...over, ack: undefined, fragment: undefined }));
      return 'rpc-late';
    }
    if (way.isdAs !== call.way.isdAs) return 'rpc-conflict';
    const heard = this.#heard(now, call, packet);
    if (typeof heard === 'string') return heard;
    if (heard === undefined) this.#flush(now, call);
    else {
      this.#end(call);
      this.#output.send(call.way, encodeRpcPacket(call.exchange.acknowledgement(now)));
      call.done?.(heard);
    }
    return undefined;
  }

  #receiveRequest(now: Nanoseconds, way: Way, packet: RpcPacket): RpcDropReason | undefined {
    const key = `${way.isdAs} ${packet.callId}`;
    const known = this.#answered.get(key);
    if (packet.isOver) {
      if (known !== undefined) this.#end(known);
      return undefined;
    }
    if (known === undefined && (this.#over.has(key) || packet.fragment === undefined)) {
      return 'rpc-late';
    }
    const call = known ?? this.#accept(now, way, packet);
    if (call === undefined) return 'rpc-full';
    call.way = way;
    const heard = this.#heard(now, call, packet);
    if (typeof heard === 'string') return heard;
    if (call.exchange.isConfirmed) {
      this.#end(call);
      return undefined;
    }
    if (heard !== undefined) {
      this.#output.handle(way, heard, (message) => {
        if (call.isOver) return;
        call.exchange.setMessage(message);
        this.#flush(now, call);
      });
    }
    this.#flush(now, call);
    return undefined;
  }

  #accept(now: Nanoseconds, way: Way, { callId, room }: RpcPacket): OpenCall<Way> | undefined {
    const { isdAs } = way;
    const ofAs = this.#perAs.get(isdAs) ?? 0;
    const isFull = this.#answered.size >= RPC_CALLS_MAX || ofAs >= RPC_CALLS_PER_AS_MAX;
    if (isFull || this.#incompleteBytes > RPC_INCOMPLETE_BYTES_MAX) return undefined;
    const deadlineNs = now + RPC_ANSWER_NS_MAX;
    const packetBytes = Math.min(room, way.packetBytes);
    const exchange = this.#exchange(callId, { packetBytes }, true);
    const dueNs = Number.POSITIVE_INFINITY;
    const told = { done: undefined, suspected: undefined };
    const call = { callId, exchange, way, deadlineNs, ...told, dueNs, isOver: false };
    this.#answered.set(`${isdAs} ${callId}`, call);
    this.#perAs.set(isdAs, ofAs + 1);
    return call;
  }

  /** Gives a packet to its call, and counts the bytes that incomplete messages hold. */
  #heard(
    now: Nanoseconds,
    { exchange }: OpenCall<Way>,
    packet: RpcPacket,
  ): ReturnType<Exchange['receive']> {
    const before = exchange.incompleteBytes;
    const heard = exchange.receive(now, packet);
    this.#incompleteBytes += exchange.incompleteBytes - before;
    return heard;
  }

  #end(call: OpenCall<Way>): void {
    const { callId, way, exchange, done } = call;
    call.isOver = true;
    this.#incompleteBytes -= exchange.incompleteBytes;
    if (done !== undefined) {
      this.#made.delete(callId);
      return;
    }
    const { isdAs } = way;
    const key = `${isdAs} ${callId}`;
    this.#answered.delete(key);
    const ofAs = (this.#perAs.get(isdAs) ?? 0) - 1;
    if (ofAs > 0) this.#perAs.set(isdAs, ofAs);
    else this.#perAs.delete(isdAs);
    this.#over.add(key);
    const [oldest] = this.#over;
    if (this.#over.size > RPC_ANSWERED_MAX && oldest !== undefined) this.#over.delete(oldest);
  }

  /** Sends the packets that may leave now, and schedules the call's next deadline. */
  #flush(now: Nanoseconds, call: OpenCall<Way>): void {
    const { exchange, way } = call;
    for (let packet = exchange.next(now); packet !== undefined; packet = exchange.next(now)) {
      this.#output.send(way, encodeRpcPacket(packet));
    }
    const dueNs = Math.min(call.deadlineNs, exchange.nextAt(now));
    if (dueNs >= call.dueNs) return;
    call.dueNs = dueNs;
    this.#due.add(dueNs, call);
  }

  #exchange(
    callId: number,
    { packetBytes }: Pick<RpcWay, 'packetBytes'>,
    isAnswer: boolean,
  ): Exchange {
    return new Exchange({ callId, isAnswer, random: this.#random, packetBytes });
  }

  #drawId(): number {
    return 0x1_0000_0000 * this.#random.below(0x1_0000) + this.#random.u32();
  }
}
