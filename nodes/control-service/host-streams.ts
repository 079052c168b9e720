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
  encodeSegmentFrame,
  type HostAnswer,
  type HostKeyRequest,
  type IsdAs,
  type PathInterface,
  REQUEST_FRAMES,
} from '../scion/index.ts';
import { HOST_STREAMS_MAX, STREAMS_OF_HOST_MAX } from './geometry.ts';
import { fittingSegments } from './lookup/fitting-segments.ts';

/** Finds segments for a host. */
type FindSegments = (target: IsdAs, done: (answer: HostAnswer) => void) => void;

/** Finds the key of the host with this address. */
type FindHostKey = (
  address: string,
  request: HostKeyRequest,
  done: (answer: EpochKey | undefined) => void,
) => void;

/** What hosts get, and what becomes of their reports that interfaces are down. */
export interface HostStreamsParts {
  readonly segments: FindSegments;
  readonly key: FindHostKey;
  readonly takeReport: (item: PathInterface) => void;
}

/** The streams of the hosts of an AS. */
export class HostStreams {
  readonly #host: HostPart<'drop' | 'endpointOf' | 'listen' | 'log'>;
  readonly #parts: HostStreamsParts;
  readonly #streams = new Set<Stream>();
  /** Numbers of open streams by address, so that no host takes all. */
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
    for (const stream of this.#streams) stream.end();
  }

  #accept(stream: Stream): void {
    const { address } = this.#host.endpointOf(stream.remote);
    const open = this.#perHost.get(address) ?? 0;
    if (this.#streams.size >= HOST_STREAMS_MAX || open >= STREAMS_OF_HOST_MAX) {
      this.#host.drop('hosts-full');
      stream.reset();
      return;
    }
    this.#streams.add(stream);
    this.#perHost.set(address, open + 1);
    const reader = new FrameReader(REQUEST_FRAMES, (buffer, offset, length) => {
      const { request, message } = decodeSegmentFrame(buffer, offset, length);
      const key = decodeHostKeyRequest(message);
      if (key !== undefined && key !== 'malformed') {
        this.#answerKey(stream, request, key);
        return;
      }
      const asked = key === undefined ? decodeHostRequest(message) : undefined;
      if (asked === undefined) this.#host.drop('host-request');
      else if (asked.kind === 'segments') this.#answer(stream, request, asked.target);
      else for (const item of asked.interfaces) this.#parts.takeReport(item);
    });
    stream.handle({
      onData: (buffer, offset, length) => {
        if (reader.read(buffer, offset, length)) return;
        this.#host.drop('host-request');
        stream.reset();
      },
      onEnd: () => stream.end(),
      onClose: () => this.#forget(stream, address),
    });
  }

  #forget(stream: Stream, address: string): void {
    if (!this.#streams.delete(stream)) return;
    const open = (this.#perHost.get(address) ?? 1) - 1;
    if (open === 0) this.#perHost.delete(address);
    else this.#perHost.set(address, open);
  }

  #answer(stream: Stream, request: number, target: IsdAs): void {
    this.#parts.segments(target, ({ segments, revoked }) => {
      if (!this.#streams.has(stream)) return;
      const fitting = fittingSegments(segments, ANSWER_SEGMENTS_BYTES_MAX);
      const answer = encodeHostAnswer({ segments: fitting, revoked });
      stream.write(encodeSegmentFrame(request, answer));
    });
  }

  /** The key is for the host at the other end, whatever it says. */
  #answerKey(stream: Stream, request: number, asked: HostKeyRequest): void {
    const { address } = this.#host.endpointOf(stream.remote);
    this.#parts.key(address, asked, (answer) => {
      if (!this.#streams.has(stream)) return;
      stream.write(encodeSegmentFrame(request, encodeHostKeyAnswer(answer)));
    });
  }
}
