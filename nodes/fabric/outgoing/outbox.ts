/**
 * Fabric: the open messages for one peer, and the order in which they are sent: by priority, then by age.
 * It handles neither packets nor ways.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';
import { PRIORITY_COUNT, RECEIVE_WINDOW_NUMBERS, STALE_ITEMS_MAX } from '../geometry.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** The open messages for one peer, in the order in which they are sent. */
export class Outbox<Request> {
  /** Messages that are not over, by number. */
  readonly #open = new Map<number, OutgoingMessage<Request>>();
  /** Messages with bytes to send, by priority, oldest first. */
  #queues: OutgoingMessage<Request>[][] = Array.from({ length: PRIORITY_COUNT }, () => []);
  /** Number of ended messages that are still in a queue. */
  #overQueued = 0;
  readonly #deadlines = new DeadlineHeap<OutgoingMessage<Request>>();
  /** Number of answers among the open messages. */
  #answers = 0;
  #floor: number;
  #next: number;

  /** @param next The least message number that may be used for a new message. */
  constructor(next: number) {
    this.#next = next;
    this.#floor = next;
  }

  /** Number of messages that are not over. */
  get size(): number {
    return this.#open.size;
  }

  /** Number of answers that are not over. */
  get answers(): number {
    return this.#answers;
  }

  /** Number of messages in queues; some of them may be over. */
  get queued(): number {
    return this.#queues.reduce((sum, { length }) => sum + length, 0);
  }

  /** The open answer with the least number; undefined if there is none. */
  oldestAnswer(): OutgoingMessage<Request> | undefined {
    for (const message of this.#open.values()) if (message.correlation !== null) return message;
    return undefined;
  }

  /**
   * The least number of a message that the peer has not handled: all messages below it are over, or calls
   * that await their answers.
   */
  get floor(): number {
    return this.#floor;
  }

  /** The highest message number used so far. */
  get last(): number {
    return this.#next - 1;
  }

  get(number: number): OutgoingMessage<Request> | undefined {
    return this.#open.get(number);
  }

  /** Messages that are not over, in the order of their numbers. */
  messages(): IterableIterator<OutgoingMessage<Request>> {
    return this.#open.values();
  }

  /** Adds a new message; its number must be above all numbers used so far. */
  add(message: OutgoingMessage<Request>): void {
    if (this.#open.size === 0 && message.number > this.#floor) this.#floor = message.number;
    this.#next = message.number + 1;
    this.#put(message);
  }

  /**
   * Adds a message that was found on disk; called in ascending order of numbers, before any new message is
   * added.
   */
  restore(message: OutgoingMessage<Request>): void {
    if (this.#open.size === 0) this.#floor = message.number;
    this.#put(message);
  }

  /**
   * The message to refuse in favour of one with this priority: of those with the lowest priority below it,
   * the newest of which nothing was sent; undefined if there is none.
   */
  displaced(priority: number): OutgoingMessage<Request> | undefined {
    for (let lower = 0; lower < priority; lower += 1) {
      const found = this.#queues[lower]?.findLast(({ sentEnd }) => sentEnd === 0);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Puts a message that has bytes to send into the queue of its priority, behind older messages. */
  queue(message: OutgoingMessage<Request>): void {
    if (message.isQueued || message.state !== 'open' || message.todo.size === 0) return;
    message.isQueued = true;
    const queue = this.#queues[message.priority] as OutgoingMessage<Request>[];
    const { number } = message;
    if (number < (queue[0]?.number ?? Number.POSITIVE_INFINITY)) {
      queue.unshift(message);
      return;
    }
    let place = queue.length;
    while (place > 0 && (queue[place - 1] as OutgoingMessage<Request>).number > number) place -= 1;
    queue.splice(place, 0, message);
  }

  /** The message whose bytes leave next; undefined if there is none. */
  next(): OutgoingMessage<Request> | undefined {
    for (let priority = PRIORITY_COUNT - 1; priority >= 0; priority -= 1) {
      const queue = this.#queues[priority] as OutgoingMessage<Request>[];
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        const isDue = first.state === 'open' && first.todo.size > 0;
        // The number is beyond the receiver's window; the messages that hold the window back are in another
        // queue.
        if (isDue && first.number >= this.#floor + RECEIVE_WINDOW_NUMBERS) break;
        if (isDue) return first;
        first.isQueued = false;
        queue.shift();
      }
    }
    return undefined;
  }

  /** Called when the peer has handled a message. */
  handled(message: OutgoingMessage<Request>): void {
    message.state = 'handled';
    this.#raise();
  }

  /** Called when nothing more happens to a message. */
  over(message: OutgoingMessage<Request>): void {
    message.state = 'over';
    if (this.#open.delete(message.number) && message.correlation !== null) this.#answers -= 1;
    // Otherwise one old open message would keep the deadlines of all ended messages in the heap.
    if (this.#deadlines.size > 2 * this.#open.size + STALE_ITEMS_MAX) {
      this.#deadlines.retain(({ state }) => state !== 'over');
    }
    if (message.isQueued) this.#overQueued += 1;
    if (this.#overQueued > this.#open.size + STALE_ITEMS_MAX) {
      this.#overQueued = 0;
      this.#queues = this.#queues.map((queue) => queue.filter(({ state }) => state !== 'over'));
    }
    this.#raise();
  }

  /** The earliest deadline; it may be that of a message that is over. */
  get nextAt(): Nanoseconds {
    for (
      let first = this.#deadlines.first;
      first?.state === 'over';
      first = this.#deadlines.first
    ) {
      this.#deadlines.takeDue(Number.POSITIVE_INFINITY);
    }
    return this.#deadlines.nextAt ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the next message whose deadline has passed and that is not over; undefined if there is none. */
  takeDue(now: Nanoseconds): OutgoingMessage<Request> | undefined {
    for (;;) {
      const due = this.#deadlines.takeDue(now);
      if (due === undefined || due.state !== 'over') return due;
    }
  }

  /** True if there are messages that the peer has not handled. */
  get isWaiting(): boolean {
    return this.#floor < this.#next;
  }

  #put(message: OutgoingMessage<Request>): void {
    this.#open.set(message.number, message);
    if (message.correlation !== null) this.#answers += 1;
    this.#deadlines.add(message.deadlineNs, message);
  }

  #raise(): void {
    while (this.#floor < this.#next && this.#open.get(this.#floor)?.state !== 'open') {
      this.#floor += 1;
    }
  }
}
