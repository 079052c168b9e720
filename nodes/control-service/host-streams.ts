/**
 * Streams on which hosts of the AS ask for segments and keys (nodes/scion/daemon).
 *
 * @module
 */
import type { Listener, Stream } from '../../engine/host/stream.ts';
import { FrameReader } from '../_kit/frame-reader.ts';
import type { HostPart } from '../_kit/host-part.ts';
import {
  ANSWER_SEGMENTS_BYTES_MAX,
  CONTROL_PORT,
  decodeHostKeyRequest,
  decodeHostRequest,
  decodeSegmentFrame,
  type EpochKey,
  encodeHostAnswer,
  encodeHostKeyAnswer,
  type HostAnswer,
  type HostKeyRequest,
  type IsdAs,
  REQUEST_FRAME_LAYOUT,
} from '../scion/index.ts';
import { HOST_STREAMS_MAX, STREAMS_OF_HOST_MAX } from './geometry.ts';
import { fittingSegments } from './lookup/fitting-segments.ts';
import type { ReportedInterface } from './lookup/revocations.ts';
import { type AnswerCallback, StreamRequests } from './stream-requests.ts';

/** Finds segments for a host. */
type FindSegments = (target: IsdAs, done: (answer: HostAnswer) => void) => void;

/** Finds the key of the host with this address. */
type FindHostKey = (
  address: string,
  request: HostKeyRequest,
  done: (answer: EpochKey | undefined) => void,
) => void;

/** The functions that serve the requests of hosts, and take their reports that interfaces are down. */
export interface HostStreamsParts {
  readonly segments: FindSegments;
  readonly key: FindHostKey;
  readonly takeReport: (item: ReportedInterface) => void;
}

interface OpenStream {
  /** The address of the host at the other end. */
  readonly address: string;
  readonly requests: StreamRequests;
}

/** The streams of the hosts of an AS. */
export class HostStreams {
  readonly #host: HostPart<'drop' | 'endpointOf' | 'listen' | 'log'>;
  readonly #parts: HostStreamsParts;
  readonly #streams = new Map<Stream, OpenStream>();
  /** Number of open streams by host address, so that no host takes all streams. */
  readonly #perHost = new Map<string, number>();
  #listener: Listener | undefined;

  constructor(host: HostPart<'drop' | 'endpointOf' | 'listen' | 'log'>, parts: HostStreamsParts) {
    this.#host = host;
    this.#parts = parts;
  }

  start(): void {
    this.#listener = this.#host.listen({ port: CONTROL_PORT }, (stream) => this.#accept(stream));
    if (this.#listener === undefined) this.#host.log.warn(`port ${CONTROL_PORT} is taken`);
  }

  stop(): void {
    this.#listener?.close();
    for (const stream of this.#streams.keys()) stream.end();
  }

  #accept(stream: Stream): void {
    const { address } = this.#host.endpointOf(stream.remote);
    if (!this.#makeRoom(address)) {
      stream.reset();
      return;
    }
    const requests = new StreamRequests(stream, (message, done) => {
      this.#handle(address, message, done);
    });
    this.#streams.set(stream, { address, requests });
    this.#perHost.set(address, (this.#perHost.get(address) ?? 0) + 1);
    const reader = new FrameReader(REQUEST_FRAME_LAYOUT, (buffer, offset, length) => {
      const { request, message } = decodeSegmentFrame(buffer, offset, length);
      if (requests.take(request, message)) return;
      this.#host.drop('hosts-full');
      stream.reset();
    });
    stream.handle({
      onData: (buffer, offset, length) => {
        if (reader.read(buffer, offset, length)) return;
        this.#host.drop('host-request');
        stream.reset();
      },
      onDrain: () => requests.drained(),
      onEnd: () => stream.end(),
      onClose: () => {
        requests.close();
        this.#forget(stream, address);
      },
    });
  }

  /**
   * Resets the oldest stream without an open request if the streams of a host, or of all hosts, are too many.
   * @returns false if each has one.
   */
  #makeRoom(address: string): boolean {
    const isHostFull = (this.#perHost.get(address) ?? 0) >= STREAMS_OF_HOST_MAX;
    if (!isHostFull && this.#streams.size < HOST_STREAMS_MAX) return true;
    this.#host.drop('hosts-full');
    for (const [stream, open] of this.#streams) {
      if (!open.requests.isSilent || (isHostFull && open.address !== address)) continue;
      open.requests.close();
      this.#forget(stream, open.address);
      stream.reset();
      return true;
    }
    return false;
  }

  #forget(stream: Stream, address: string): void {
    if (!this.#streams.delete(stream)) return;
    const open = (this.#perHost.get(address) ?? 1) - 1;
    if (open === 0) this.#perHost.delete(address);
    else this.#perHost.set(address, open);
  }

  /** Handles a message; `done` is called once, with the function that makes the answer, if there is an answer. */
  #handle(address: string, message: Uint8Array, done: AnswerCallback): void {
    const key = decodeHostKeyRequest(message);
    if (key !== undefined && key !== 'malformed') {
      // The key is given for the host at the other end of the stream, whatever address its request
      // contains.
      this.#parts.key(address, key, (answer) => done(() => encodeHostKeyAnswer(answer)));
      return;
    }
    const asked = key === undefined ? decodeHostRequest(message) : undefined;
    if (asked?.kind === 'segments') {
      this.#parts.segments(asked.target, ({ segments, revoked }) => {
        const fitting = fittingSegments(segments, ANSWER_SEGMENTS_BYTES_MAX);
        done(() => encodeHostAnswer({ segments: fitting, revoked }));
      });
      return;
    }
    if (asked === undefined) this.#host.drop('host-request');
    else {
      const by = `host ${address}`;
      for (const item of asked.interfaces) this.#parts.takeReport({ ...item, by });
    }
    done(undefined);
  }
}
