/**
 * The requests on the stream of one host. While a host does not read its answers, its requests are not read, so that
 * the waiting answers are bounded.
 *
 * @module
 */
import type { Stream } from '../../engine/host/stream.ts';
import { encodeSegmentFrame } from '../scion/index.ts';
import { STREAM_OPEN_MAX, STREAM_WAITING_MAX } from './geometry.ts';

/** Takes the function that makes the message of an answer; undefined if there is no answer. */
export type AnswerCallback = (make: (() => Uint8Array) | undefined) => void;

interface Waiting {
  readonly request: number;
  readonly message: Uint8Array;
}

/** The requests on a stream. */
export class StreamRequests {
  readonly #stream: Pick<Stream, 'setPaused' | 'write'>;
  readonly #handle: (message: Uint8Array, done: AnswerCallback) => void;
  /** Requests that arrived in one read together with those that are open. */
  readonly #waiting: Waiting[] = [];
  /** Functions that make answers once the stream has room; only then is their message encoded. */
  readonly #held: (() => Uint8Array)[] = [];
  #open = 0;
  #isFull = false;
  #isPaused = false;
  #isClosed = false;
  #isHandling = false;

  constructor(
    stream: Pick<Stream, 'setPaused' | 'write'>,
    handle: (message: Uint8Array, done: AnswerCallback) => void,
  ) {
    this.#stream = stream;
    this.#handle = handle;
  }

  /** True if no request waits for its answer. */
  get isSilent(): boolean {
    return this.#open === 0 && this.#waiting.length === 0;
  }

  /**
   * Takes a request.
   * @returns false if too many wait, which a host that stops sending while it is paused cannot cause.
   */
  take(request: number, message: Uint8Array): boolean {
    if (this.#isClosed) return true;
    if (this.#waiting.length >= STREAM_WAITING_MAX) return false;
    this.#waiting.push({ request, message: message.slice() });
    this.#next();
    return true;
  }

  /** Called when the stream has room again. */
  drained(): void {
    this.#isFull = false;
    for (let make = this.#takeHeld(); make !== undefined; make = this.#takeHeld())
      this.#write(make);
    this.#next();
  }

  /** Forgets all requests and answers. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#held.length = 0;
  }

  #takeHeld(): (() => Uint8Array) | undefined {
    return this.#isFull ? undefined : this.#held.shift();
  }

  /** Handles requests as long as there is room for their answers; otherwise the host is not read from. */
  #next(): void {
    // A request that is answered at once leads to a further call of this function from within.
    if (this.#isHandling) return;
    this.#isHandling = true;
    while (!this.#isFull && this.#open < STREAM_OPEN_MAX) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#open += 1;
      this.#handle(next.message, (make) => this.#done(next.request, make));
    }
    this.#isHandling = false;
    const isPaused = this.#isFull || this.#open >= STREAM_OPEN_MAX;
    if (isPaused === this.#isPaused || this.#isClosed) return;
    this.#isPaused = isPaused;
    this.#stream.setPaused(isPaused);
  }

  #done(request: number, make: (() => Uint8Array) | undefined): void {
    if (this.#isClosed) return;
    if (make === undefined) this.#open -= 1;
    else {
      const frame = (): Uint8Array => encodeSegmentFrame(request, make());
      if (this.#isFull) this.#held.push(frame);
      else this.#write(frame);
    }
    this.#next();
  }

  #write(frame: () => Uint8Array): void {
    this.#open -= 1;
    this.#isFull = this.#stream.write(frame()) === 'full';
  }
}
