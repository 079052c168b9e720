/**
 * Requests segments and keys from the control service of the host's AS over one stream that stays
 * open, as the daemon of the reference does.
 *
 * @module
 */
import type { Stream } from '../../../engine/host/stream.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { FrameReader } from '../../_kit/frame-reader.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import type { PathInterface } from '../paths/path.ts';
import { encodeSegmentsRequest, type SegmentsRequest } from '../paths/segment-messages.ts';
import { CONTROL_PORT } from '../router/geometry.ts';
import { ANSWER_FRAME_LAYOUT, decodeSegmentFrame, encodeSegmentFrame } from './frames.ts';
import { decodeHostAnswer, type HostAnswer } from './host-answer.ts';
import { encodeDownReport } from './host-request.ts';
import {
  decodeHostKeyAnswer,
  type EpochKey,
  encodeHostKeyRequest,
  type HostKeyRequest,
} from './key-messages.ts';

/** Longest time that a host waits for an answer before the request counts as failed, ns. */
const ANSWER_NS_MAX: Nanoseconds = 5_000_000_000;
/** Largest number of requests that wait for an answer; further ones fail at once. */
const REQUESTS_MAX = 1_000;

type Done = (message: Uint8Array | undefined) => void;

/** The requests of one host to the control service of its AS. */
export class SegmentClient {
  readonly #host: HostPart<'after' | 'connect' | 'endpoint'>;
  readonly #address: string;
  #stream: Stream | undefined;
  #isConnecting = false;
  #request = 0;
  /** The requests that are under way and their callbacks, by number. */
  readonly #waiting = new Map<number, { readonly frame: Uint8Array; readonly done: Done }>();

  /** @param address Address of the control service. */
  constructor(host: HostPart<'after' | 'connect' | 'endpoint'>, address: string) {
    this.#host = host;
    this.#address = address;
  }

  /**
   * Requests the segments from one AS to another.
   * @param done Called once, with undefined if there was no answer.
   */
  find(request: SegmentsRequest, done: (answer: HostAnswer | undefined) => void): void {
    this.#ask(encodeSegmentsRequest(request), (message) => {
      done(message && decodeHostAnswer(message));
    });
  }

  /**
   * Requests the key that another AS shares with this host.
   * @param done Called once, with undefined if there is no key or no answer.
   */
  findKey(request: HostKeyRequest, done: (answer: EpochKey | undefined) => void): void {
    this.#ask(encodeHostKeyRequest(request), (message) => {
      done(message && decodeHostKeyAnswer(message));
    });
  }

  #ask(message: Uint8Array, done: Done): void {
    if (this.#waiting.size >= REQUESTS_MAX) {
      done(undefined);
      return;
    }
    const number = this.#request++;
    const timer = this.#host.after(ANSWER_NS_MAX, () => this.#end(number, undefined));
    const frame = encodeSegmentFrame(number, message);
    this.#waiting.set(number, {
      frame,
      done: (answer): void => {
        timer.cancel();
        done(answer);
      },
    });
    if (this.#stream !== undefined) this.#stream.write(frame);
    else if (!this.#isConnecting) this.#connect();
  }

  /**
   * Reports to the control service that an interface is down. Nothing is sent if the stream is not
   * open, since reports are hints that are repeated.
   */
  report(item: PathInterface): void {
    this.#stream?.write(encodeSegmentFrame(this.#request++, encodeDownReport(item)));
  }

  /** Ends the stream; `done` is not called for requests that still wait. */
  close(): void {
    this.#waiting.clear();
    this.#stream?.end();
  }

  #connect(): void {
    this.#isConnecting = true;
    const to = this.#host.endpoint(this.#address, CONTROL_PORT);
    this.#host.connect({ to, timeout: ANSWER_NS_MAX }, (stream) => {
      this.#isConnecting = false;
      if (stream === undefined) this.#failAll();
      else this.#use(stream);
    });
  }

  #use(stream: Stream): void {
    this.#stream = stream;
    const reader = new FrameReader(ANSWER_FRAME_LAYOUT, (buffer, offset, length) => {
      const { request, message } = decodeSegmentFrame(buffer, offset, length);
      // The answer is copied, since its decoded form consists of views of these bytes.
      this.#end(request, message.slice());
    });
    stream.handle({
      onData: (buffer, offset, length) => {
        if (!reader.read(buffer, offset, length)) stream.reset();
      },
      onEnd: () => stream.end(),
      onClose: () => {
        this.#stream = undefined;
        this.#failAll();
      },
    });
    for (const { frame } of this.#waiting.values()) stream.write(frame);
  }

  #end(request: number, message: Uint8Array | undefined): void {
    const waiting = this.#waiting.get(request);
    this.#waiting.delete(request);
    waiting?.done(message);
  }

  #failAll(): void {
    for (const request of [...this.#waiting.keys()]) this.#end(request, undefined);
  }
}
