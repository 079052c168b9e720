/**
 * Fabric: the messages to one peer, from their acceptance to their end.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes, readUint48, writeUint48 } from '../../_kit/bytes.ts';
import type {
  ArrivedMessage,
  CallAnswer,
  MessageSettlement,
  SubmittedMessage,
} from '../effects.ts';
import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  isAnswerKind,
  type MessageKind,
  makeMessageId,
  readMessageNumber,
} from '../envelope.ts';
import { MEMORY_NAME_BYTES, UNCONFIRMED_ANSWERS_MAX } from '../geometry.ts';
import { conversationName, nsUntil, type PeerMachineContext, unixMs } from '../peer-parts.ts';
import type { HandledNews } from '../wire.ts';
import { Outbox } from './outbox.ts';
import { OutgoingMessage } from './outgoing-message.ts';

const BITS = 8;
const NS_PER_MS = 1_000_000;
const NUMBER_DIGITS = 12;
const NUMBER_BYTES = 6;
const NO_BYTES = new Uint8Array(0);
const HEX = 16;

/** An accepted message that waits for a message number. */
interface Waiting<Request> {
  readonly kind: MessageKind;
  readonly payload: Uint8Array;
  readonly priority: number;
  readonly deadlineNs: Nanoseconds;
  readonly sinceNs: Nanoseconds;
  readonly correlation: Uint8Array | null;
  readonly request: Request | undefined;
  /** Called when the message has got a number, or is given up without one. */
  readonly numbered?: () => void;
}

/**
 * Keeps the messages to one peer from their acceptance to their end: numbers them, stores them and settles
 * them.
 */
export class Sender<Request> {
  readonly outbox: Outbox<Request>;
  readonly #shared: PeerMachineContext<Request>;
  #waiting: Waiting<Request>[] = [];

  constructor(shared: PeerMachineContext<Request>) {
    this.#shared = shared;
    this.outbox = new Outbox(shared.parts.numbers.next);
  }

  /** Number of messages that are not over. */
  get size(): number {
    return this.outbox.size + this.#waiting.length;
  }

  /**
   * Restores the messages that were open before a restart.
   * @param recall Called for each call of the peer whose answer is on disk, with the name of the peer's memory
   * and the call's number.
   */
  restore(now: Nanoseconds, recall: (memory: Uint8Array, number: number) => void): void {
    const { records, clock, answeredRecord } = this.#shared.parts;
    const answered = new Set(numbersIn(answeredRecord));
    for (const [key, value] of records) {
      const envelope = decodeEnvelope(value);
      if (typeof envelope === 'string') {
        this.#shared.emit({ kind: 'erase', key });
        continue;
      }
      const { correlation, deadlineMs } = envelope;
      if (correlation !== null) {
        recall(correlation.subarray(0, MEMORY_NAME_BYTES), readMessageNumber(correlation));
        this.#shared.emit({ kind: 'effected', call: correlation, how: 'found' });
      }
      const leftNs = nsUntil(deadlineMs, clock());
      const message = this.#found(now, envelope, now + Math.max(0, leftNs));
      this.#accepted(message.kind, payloadOf(message));
      this.#keep(message);
      if (answered.has(message.number)) this.#erase(message);
      else {
        this.outbox.restore(message);
        this.outbox.queue(message);
      }
    }
    // The answers to these calls came before the restart; whether the application was told of them is not
    // known.
    for (const number of answered)
      this.#shared.emit({ kind: 'settled', settlement: answeredEarlier(number) });
  }

  /** Accepts a message of the application, or refuses it. */
  submit(now: Nanoseconds, submission: SubmittedMessage<Request>): void {
    const { kind, payload, priority, lifetimeNs, request } = submission;
    const deadlineNs = now + lifetimeNs;
    const waiting = {
      kind,
      payload,
      priority,
      deadlineNs,
      sinceNs: now,
      correlation: null,
      request,
    };
    if (this.outbox.size + this.#waiting.length < this.#shared.parts.options.queue) {
      this.#accept(waiting);
      return;
    }
    const displaced = this.outbox.displaced(priority);
    if (displaced === undefined) this.#refuse(waiting);
    else {
      this.end(now, displaced, 'queue-full');
      this.#accept(waiting);
    }
  }

  /**
   * Sends the answer to a call of the peer. @param numbered Called when the answer has its number and its
   * record is about to be written.
   */
  answer(
    now: Nanoseconds,
    call: ArrivedMessage,
    { kind, payload }: CallAnswer,
    numbered: () => void,
  ): void {
    const { id, deadlineNs, priority } = call;
    this.#makeRoomForAnswer(now);
    const times = { deadlineNs, sinceNs: now };
    this.#accept({
      kind,
      payload,
      priority,
      ...times,
      correlation: id,
      request: undefined,
      numbered,
    });
  }

  /** Called when message numbers have become free: the messages that wait for one get them. */
  numbers(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const number = this.#shared.parts.numbers.take();
      if (number === undefined) return;
      this.#waiting.shift();
      this.#begin(first, number);
    }
  }

  /**
   * Called when the peer lists the messages that it has handled. @returns false if the list is about another
   * memory than this node's.
   */
  news(now: Nanoseconds, { memory, contiguous, above }: HandledNews): boolean {
    if (!equalBytes(memory, this.#shared.parts.memory)) return false;
    const { outbox } = this;
    const end = Math.min(contiguous, outbox.last);
    for (let number = outbox.floor; number <= end; number += 1) this.#handled(now, number);
    for (let bit = 0; bit < above.length * BITS; bit += 1) {
      const byte = above[bit >>> 3] as number;
      if (((byte >>> (bit & 7)) & 1) === 1) this.#handled(now, contiguous + 1 + bit);
    }
    return true;
  }

  /**
   * Called when an answer to a call of this node came.
   * @returns false if nobody waits for it any more.
   */
  answered(now: Nanoseconds, envelope: Envelope): boolean {
    const { correlation, kind, payload } = envelope;
    if (correlation === null) return false;
    const isOurs = equalBytes(
      correlation.subarray(0, MEMORY_NAME_BYTES),
      this.#shared.parts.memory,
    );
    const call = isOurs ? this.outbox.get(readMessageNumber(correlation)) : undefined;
    if (call === undefined || call.kind !== 'call') return false;
    this.outbox.over(call);
    const { parts, journal, emit } = this.#shared;
    parts.watch?.ended(now, call, kind);
    emit({ kind: 'count', of: 'payload_bytes', amount: call.payloadBytes });
    parts.chooser?.handled(call, now - call.sinceNs);
    const outcome = kind === 'reply' ? 'ok' : 'refused';
    const settlement = { ...this.#settlement(now, call, outcome), body: payload.slice() };
    journal.ask({ kind: 'answered', settlement });
    return true;
  }

  /** Erases from disk this node's calls with these numbers, whose answers are recorded in the same write. */
  eraseCalls(numbers: readonly number[]): void {
    const { parts, emit } = this.#shared;
    if (parts.options.outbox === 'memory') return;
    for (const number of numbers)
      emit({ kind: 'erase', key: recordKey(conversationName(parts), number) });
  }

  /** Ends a message that the peer has not handled, with this outcome. */
  end(
    now: Nanoseconds,
    message: OutgoingMessage<Request>,
    outcome: 'deadline-over' | 'queue-full',
  ): void {
    const { parts, emit } = this.#shared;
    this.outbox.over(message);
    this.#erase(message);
    parts.watch?.ended(now, message, outcome);
    emit({ kind: 'drop', reason: outcome });
    emit({ kind: 'settled', settlement: this.#settlement(now, message, outcome) });
  }

  /** Ends the messages whose deadline is over. */
  expire(now: Nanoseconds): void {
    for (let due = this.outbox.takeDue(now); due !== undefined; due = this.outbox.takeDue(now)) {
      this.end(now, due, 'deadline-over');
    }
    if (this.#waitingAt() <= now) this.#expireWaiting(now);
  }

  nextAt(): Nanoseconds {
    return Math.min(this.outbox.nextAt, this.#waitingAt());
  }

  #waitingAt(): Nanoseconds {
    let at = Number.POSITIVE_INFINITY;
    for (const { deadlineNs } of this.#waiting) if (deadlineNs < at) at = deadlineNs;
    return at;
  }

  /**
   * Called when the peer has restarted and so has lost the pieces of incomplete messages: all open messages are
   * sent anew.
   */
  restart(now: Nanoseconds): void {
    for (const message of this.outbox.messages()) {
      if (message.state !== 'open') continue;
      if (message.sentEnd > 0) this.#shared.parts.watch?.again(now, message, 'peer-restarted');
      message.restart();
      this.outbox.queue(message);
    }
  }

  #accepted(messageKind: MessageKind, payload: Uint8Array): void {
    this.#shared.emit({ kind: 'accepted', messageKind, payload });
  }

  #accept(waiting: Waiting<Request>): void {
    this.#accepted(waiting.kind, waiting.payload);
    const number = this.#waiting.length > 0 ? undefined : this.#shared.parts.numbers.take();
    if (number === undefined) this.#waiting.push(waiting);
    else this.#begin(waiting, number);
  }

  /**
   * Ends the oldest answer if there are {@link UNCONFIRMED_ANSWERS_MAX}: a peer might never confirm answers.
   */
  #makeRoomForAnswer(now: Nanoseconds): void {
    const waiting = this.#waiting.filter(({ kind }) => isAnswerKind(kind));
    if (this.outbox.answers + waiting.length < UNCONFIRMED_ANSWERS_MAX) return;
    const oldest = this.outbox.oldestAnswer();
    if (oldest !== undefined) this.end(now, oldest, 'queue-full');
    else this.#giveUp(now, waiting.slice(0, 1), 'queue-full');
  }

  #refuse(waiting: Waiting<Request>): void {
    this.#settleUnnumbered(waiting, { outcome: 'queue-full', tookNs: 0, isKept: false });
  }

  /** Ends accepted messages whose deadline has passed before they got a number. */
  #expireWaiting(now: Nanoseconds): void {
    const due = this.#waiting.filter(({ deadlineNs }) => deadlineNs <= now);
    this.#giveUp(now, due, 'deadline-over');
  }

  #giveUp(
    now: Nanoseconds,
    given: readonly Waiting<Request>[],
    outcome: 'queue-full' | 'deadline-over',
  ): void {
    this.#waiting = this.#waiting.filter((one) => !given.includes(one));
    for (const waiting of given) {
      const tookNs = now - waiting.sinceNs;
      this.#settleUnnumbered(waiting, { outcome, tookNs, isKept: true });
      // The deadline of the answer is also that of its call: the call has ended too.
      waiting.numbered?.();
    }
  }

  #settleUnnumbered(
    { kind, request, payload }: Waiting<Request>,
    how: {
      readonly outcome: 'queue-full' | 'deadline-over';
      readonly tookNs: Nanoseconds;
      readonly isKept: boolean;
    },
  ): void {
    const { emit } = this.#shared;
    emit({ kind: 'drop', reason: how.outcome });
    emit({ kind: 'settled', settlement: { number: 0, kind, request, payload, ...how } });
  }

  #begin(waiting: Waiting<Request>, number: number): void {
    const { parts, journal } = this.#shared;
    const { kind, payload, priority, deadlineNs, sinceNs, correlation, request } = waiting;
    const envelope: Envelope = {
      id: makeMessageId(parts.memory, number),
      from: parts.own,
      to: parts.peer,
      kind,
      correlation,
      deadlineMs: unixMs(parts.clock()) + Math.ceil((deadlineNs - sinceNs) / NS_PER_MS),
      priority,
      attempt: 0,
      payload,
    };
    const bytes = encodeEnvelope(envelope);
    const payloadBytes = payload.length;
    const ends = { priority, private: parts.isPrivate, deadlineNs, sinceNs };
    const made = { number, kind, ...ends, bytes, payloadBytes, correlation, request };
    const message = new OutgoingMessage(made);
    this.outbox.add(message);
    parts.watch?.accepted(sinceNs, message);
    waiting.numbered?.();
    if (isAnswerKind(kind)) {
      // The answer leaves only when it is on disk: its record also marks the call as handled.
      this.#put(message);
      journal.ask({ kind: 'answer', message });
      return;
    }
    this.outbox.queue(message);
    if (parts.options.outbox === 'durable') {
      this.#put(message);
      journal.ask({ kind: 'kept', message });
    } else this.#keep(message);
  }

  /** Reports that the message is on disk, or need not be (option `outbox: memory`). */
  #keep(message: OutgoingMessage<Request>): void {
    const { number, kind: messageKind } = message;
    this.#shared.emit({ kind: 'kept', messageKind, number });
  }

  /** Called when the record of a message is on the disk: reports it, or sends the answer. */
  written(message: OutgoingMessage<Request>): void {
    const { correlation } = message;
    if (correlation === null) this.#keep(message);
    else {
      this.#shared.emit({ kind: 'effected', call: correlation, how: 'written' });
      this.outbox.queue(message);
    }
  }

  #found(now: Nanoseconds, envelope: Envelope, deadlineNs: Nanoseconds): OutgoingMessage<Request> {
    const { id, kind, priority, attempt, payload, correlation } = envelope;
    return new OutgoingMessage({
      correlation: correlation === null ? null : correlation.slice(),
      private: this.#shared.parts.isPrivate,
      ...{ number: readMessageNumber(id), kind, priority, deadlineNs, sinceNs: now },
      bytes: encodeEnvelope({ ...envelope, attempt: attempt + 1 }),
      payloadBytes: payload.length,
    });
  }

  #handled(now: Nanoseconds, number: number): void {
    const message = this.outbox.get(number);
    if (message === undefined || message.state !== 'open') return;
    if (message.kind === 'call') {
      this.outbox.handled(message);
      return;
    }
    const { parts, emit } = this.#shared;
    this.outbox.over(message);
    this.#erase(message);
    parts.watch?.ended(now, message, 'ok');
    emit({ kind: 'count', of: 'payload_bytes', amount: message.payloadBytes });
    if (!isAnswerKind(message.kind)) {
      parts.chooser?.handled(message, now - message.sinceNs);
      emit({ kind: 'settled', settlement: this.#settlement(now, message, 'ok') });
    }
  }

  #settlement(
    now: Nanoseconds,
    message: OutgoingMessage<Request>,
    outcome: string,
  ): MessageSettlement<Request> {
    const { number, kind, request, sinceNs } = message;
    const payload = payloadOf(message);
    return { number, kind, request, outcome, payload, tookNs: now - sinceNs, isKept: true };
  }

  #put(message: OutgoingMessage<Request>): void {
    this.#shared.emit({
      kind: 'put',
      key: recordKey(conversationName(this.#shared.parts), message.number),
      value: message.bytes,
    });
  }

  #erase(message: OutgoingMessage<Request>): void {
    const { parts, emit } = this.#shared;
    if (parts.options.outbox === 'memory' && !isAnswerKind(message.kind)) return;
    emit({ kind: 'erase', key: recordKey(conversationName(parts), message.number) });
  }
}

/** Encodes message numbers of calls as a record: six bytes for each number. */
export function encodeCallNumbers(numbers: readonly number[]): Uint8Array {
  const record = new Uint8Array(numbers.length * NUMBER_BYTES);
  for (const [at, number] of numbers.entries()) writeUint48(record, at * NUMBER_BYTES, number);
  return record;
}

function numbersIn(record: Uint8Array = NO_BYTES): readonly number[] {
  const count = Math.floor(record.length / NUMBER_BYTES);
  return Array.from({ length: count }, (_, at) => readUint48(record, at * NUMBER_BYTES));
}

/** The settlement of a call whose answer came before a restart. */
function answeredEarlier(number: number): MessageSettlement<never> {
  const unknown = { request: undefined, payload: NO_BYTES, tookNs: 0 };
  return { number, kind: 'call', outcome: 'ok', isKept: true, ...unknown };
}

/** Prefix of the keys under which the messages of a conversation are on the disk. */
export function outgoingRecordKeyPrefix(conversation: string): string {
  return `out/${conversation}/`;
}

/** Key of the record of a message; the order of keys is the order of numbers. */
function recordKey(conversation: string, number: number): string {
  return outgoingRecordKeyPrefix(conversation) + number.toString(HEX).padStart(NUMBER_DIGITS, '0');
}

/** The payload is the end of the envelope. */
function payloadOf({ bytes, payloadBytes }: OutgoingMessage<unknown>): Uint8Array {
  return bytes.subarray(bytes.length - payloadBytes);
}
