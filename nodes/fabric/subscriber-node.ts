/**
 * Fabric: hands messages and calls to an application in this process, which asks for them one by one.
 *
 * A message counts as handled when the application asks for the next one, a call when the application answers or
 * refuses it. Messages and calls handed out before a restart are handed out again, marked as such. A message that the
 * application does not take before its deadline is dropped, and does not count as handled.
 *
 * @module
 */
import type { NodeRequest } from '../../engine/host/host.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { concatBytes, toHex } from '../_kit/bytes.ts';
import { DeadlineHeap } from '../_kit/deadlines.ts';
import type { ArrivedMessage, CallAnswer } from './effects.ts';
import {
  ASSEMBLY_BYTES_MAX,
  CALLS_AT_APPLICATION_MAX,
  RECEIVE_WINDOW_NUMBERS,
  STALE_ITEMS_MAX,
} from './geometry.ts';

const AGAIN = 1;
/** With fewer waiting messages than this, expired ones are not searched for. */
const WAITING_MIN = 64;

interface Waiting {
  readonly from: string;
  readonly arrival: ArrivedMessage;
}

interface Handed {
  readonly from: string;
  readonly number: number;
}

/** What an {@link ApplicationDelivery} uses of its node. */
export interface ApplicationDeliveryParts {
  now(): Nanoseconds;
  drop(reason: 'not-taken' | 'given-up'): void;
  /** Called when the application has handled a message. */
  handled(from: string, number: number, answer?: CallAnswer): void;
}

/** Hands messages and calls to the application of the process, one by one. */
export class ApplicationDelivery {
  readonly #parts: ApplicationDeliveryParts;
  #waiting: Waiting[] = [];
  /** Number of waiting messages at which those whose deadline has passed are searched for and dropped. */
  #waitingMax = WAITING_MIN;
  #waitingBytes = 0;
  #waitingBytesMax = ASSEMBLY_BYTES_MAX;
  /** Calls that were handed out, by their id. */
  readonly #calls = new Map<string, Handed>();
  /** Ids of the calls in `#calls`, by deadline; afterwards nobody waits for the answer. */
  readonly #ends = new DeadlineHeap<string>();
  /** The message or call handed out last, until the application asks for the next. */
  #last: Waiting | undefined;
  /** The application's open request for messages, and whether it is waiting for one now. */
  #request: NodeRequest | undefined;
  #hasRoom = false;

  constructor(parts: ApplicationDeliveryParts) {
    this.#parts = parts;
  }

  /** Number of calls that are with the application. */
  get open(): number {
    return this.#calls.size;
  }

  /** Number of remembered deadlines of calls, including calls that have ended. */
  get ends(): number {
    return this.#ends.size;
  }

  /** Number of messages and calls that wait for the application, including expired ones. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Called when a message or a call came for the application. */
  add(from: string, arrival: ArrivedMessage): void {
    this.#waiting.push({ from, arrival });
    this.#waitingBytes += arrival.envelope.length;
    const isFull = this.#waitingBytes > this.#waitingBytesMax;
    if (isFull || this.#waiting.length > this.#waitingMax) this.#clear(this.#parts.now());
    this.#hand();
  }

  /** Called when a peer has lost its disk: drops its messages and calls, whose outcome nobody awaits. */
  forget(from: string): void {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((one) => one.from !== from);
    for (let count = this.#waiting.length; count < before; count += 1) {
      this.#parts.drop('not-taken');
    }
    this.#waitingBytes = bytesOf(this.#waiting);
    for (const [id, call] of this.#calls) if (call.from === from) this.#calls.delete(id);
    // The peer numbers its messages anew, so the number of the last one may be given to a new message.
    if (this.#last?.from === from) this.#last = undefined;
  }

  /** Handles a request of the application: `messages`, `answer` or `refuse`. */
  request(request: NodeRequest): void {
    const now = this.#parts.now();
    for (let id = this.#ends.takeDue(now); id !== undefined; id = this.#ends.takeDue(now)) {
      this.#calls.delete(id);
    }
    if (request.kind === 'messages') this.#open(request);
    else this.#answer(request);
  }

  #open(request: NodeRequest): void {
    if (this.#request !== undefined) {
      request.respond('already-waiting');
      return;
    }
    const next = (): void => {
      this.#hasRoom = true;
      this.#confirm();
      this.#hand();
    };
    this.#request = request;
    request.onRoom(next);
    request.onCancel(() => {
      this.#request = undefined;
      this.#takeBack();
    });
    next();
  }

  #answer({ kind, target, body, respond }: NodeRequest): void {
    const call = this.#calls.get(target);
    if (call === undefined) {
      respond('unknown-call');
      return;
    }
    this.#calls.delete(target);
    const answer = kind === 'answer' ? 'reply' : 'refusal';
    this.#parts.handled(call.from, call.number, { kind: answer, payload: body.slice() });
    respond('ok');
  }

  #confirm(): void {
    const last = this.#last;
    this.#last = undefined;
    // A call counts as handled only when it is answered or refused.
    if (last === undefined || last.arrival.kind === 'call') return;
    this.#parts.handled(last.from, last.arrival.number);
  }

  /**
   * Called when the application's request ends or did not take the last message: queues that message
   * again, as it may not have been handled. A call that was answered is not queued.
   */
  #takeBack(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last === undefined) return;
    const { from, arrival } = last;
    if (arrival.kind === 'call' && !this.#calls.delete(toHex(arrival.id))) return;
    this.#waiting.unshift({ from, arrival: { ...arrival, isAgain: true } });
    this.#waitingBytes += arrival.envelope.length;
  }

  #hand(): void {
    const request = this.#hasRoom ? this.#request : undefined;
    const first = request === undefined ? undefined : this.#first();
    if (request === undefined || first === undefined) return;
    const { from, arrival } = first;
    const { number, kind, id, envelope, isAgain } = arrival;
    if (kind === 'call') this.#callOut(toHex(id), { from, number }, arrival.deadlineNs);
    this.#last = first;
    this.#hasRoom = false;
    const given = request.more(concatBytes(Uint8Array.of(isAgain ? AGAIN : 0), envelope));
    if (given === 'full') this.#takeBack();
  }

  /** Takes the first message whose deadline has not passed; drops the expired ones before it. */
  #first(): Waiting | undefined {
    const now = this.#parts.now();
    let first = this.#waiting.shift();
    while (first !== undefined && first.arrival.deadlineNs <= now) {
      this.#waitingBytes -= first.arrival.envelope.length;
      this.#parts.drop('not-taken');
      first = this.#waiting.shift();
    }
    this.#waitingBytes -= first?.arrival.envelope.length ?? 0;
    return first;
  }

  /**
   * Drops expired messages, and messages beyond the bounds: an application that never asks must not fill
   * the memory.
   */
  #clear(now: Nanoseconds): void {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter(({ arrival }) => arrival.deadlineNs > now);
    for (let count = this.#waiting.length; count < before; count += 1) {
      this.#parts.drop('not-taken');
    }
    this.#clearGivenUp();
    this.#waitingMax = Math.max(WAITING_MIN, 2 * this.#waiting.length);
    this.#waitingBytes = bytesOf(this.#waiting);
    this.#waitingBytesMax = Math.max(ASSEMBLY_BYTES_MAX, 2 * this.#waitingBytes);
  }

  /**
   * Drops messages of a peer beyond the number or bytes that it can have open: the peer must have given
   * them up.
   */
  #clearGivenUp(): void {
    const held = new Map<string, { count: number; bytes: number }>();
    const kept: Waiting[] = [];
    for (const one of this.#waiting.toReversed()) {
      const ofPeer = held.get(one.from) ?? { count: 0, bytes: 0 };
      held.set(one.from, ofPeer);
      ofPeer.count += 1;
      ofPeer.bytes += one.arrival.envelope.length;
      if (ofPeer.count <= RECEIVE_WINDOW_NUMBERS && ofPeer.bytes <= ASSEMBLY_BYTES_MAX)
        kept.push(one);
      else this.#parts.drop('given-up');
    }
    this.#waiting = kept.toReversed();
  }

  #callOut(id: string, call: Handed, deadlineNs: Nanoseconds): void {
    this.#calls.set(id, call);
    this.#ends.add(deadlineNs, id);
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= CALLS_AT_APPLICATION_MAX) break;
      this.#calls.delete(oldest);
      this.#parts.drop('given-up');
    }
    if (this.#ends.size > 2 * this.#calls.size + STALE_ITEMS_MAX) {
      this.#ends.retain((one) => this.#calls.has(one));
    }
  }
}

function bytesOf(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { arrival }) => sum + arrival.envelope.length, 0);
}
