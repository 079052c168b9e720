/**
 * What users may choose about the model of reliable streams, with every default and its source.
 *
 * Rules: docs/spec/stream-model.md. There is one set of options per world, nothing per stream.
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import { HEADER_BYTES } from './segment.ts';

/** Options of the stream model. */
export interface StreamOptions {
  /** Largest payload of a segment, bytes; a smaller MTU on the route lowers it. */
  readonly segmentBytes: number;
  /** Bytes that a receiver buffers before its application takes them. */
  readonly receiveBufferBytes: number;
  /** Number of written bytes that may wait to be sent before `write` returns `full`. */
  readonly sendLimitBytes: number;
  /** Congestion window at the start, segments. */
  readonly initialWindow: number;
  /** Number of segments in order after which an acknowledgement is sent at the latest: 1 or 2. */
  readonly acknowledgeEvery: 1 | 2;
  /** Number of timeouts in a row without any answer after which the peer counts as gone. */
  readonly unansweredMax: number;
  /** How long the end of a stream is remembered, to answer a repeated FIN, ns. */
  readonly lingerNs: number;
}

/** Defaults of {@link StreamOptions}. */
const STREAM_DEFAULTS: StreamOptions = {
  // An Ethernet MTU of 1,500 bytes less 40 bytes of TCP and IP headers.
  segmentBytes: 1_460,
  receiveBufferBytes: 1_048_576,
  sendLimitBytes: 65_536,
  // RFC 6928: ten segments.
  initialWindow: 10,
  acknowledgeEvery: 1,
  // 0.2 s * (2^9 - 1) = 102 s at the smallest timeout: RFC 1122 4.2.3.5 wants at least 100 s.
  unansweredMax: 8,
  // Longer than three repetitions of a FIN at an RTO of 1 s (1 + 2 + 4 s).
  lingerNs: 8_000_000_000,
};

/**
 * Largest number of open streams of one listener; further ones are rejected (as in engine/live).
 */
export const STREAMS_PER_LISTENER_MAX = 4_096;
/** Largest number of open streams of one host, opened or accepted by it: the number of its dynamic ports. */
export const STREAMS_PER_HOST_MAX = 16_384;
/** Largest number of closed streams that a host remembers; the oldest is removed first. */
export const LINGERING_STREAMS_MAX = 4_096;
/** Queued bytes at which a writer that ignores `full` loses its stream (as in engine/live). */
export const QUEUE_BYTES_MAX = 64 * 1_024 * 1_024;
/**
 * Largest number of segments of one stream under way; further ones wait, however small they are.
 */
export const SEGMENTS_IN_FLIGHT_MAX = 65_536;
/** Largest number of gaps in the bytes of one receiver; a segment that would add one more is not taken. */
export const RECEIVER_GAPS_MAX = 4_096;
/** How often SYN and SYN/ACK are repeated: after 1 s, 2 s and 4 s. */
export const HANDSHAKE_RETRIES = 3;
/** Time after which SYN or SYN/ACK is repeated first, ns. */
export const HANDSHAKE_RETRY_NS = 1_000_000_000;
/** Time after which `connect` gives up, ns (engine/host/stream.ts). */
export const CONNECT_TIMEOUT_NS = 7_000_000_000;
/** Time by which an acknowledgement is delayed at most, ns. */
export const DELAYED_ACK_NS = 40_000_000;

/** The defaults with some values changed; throws for values that no stream can have. */
export function streamOptionsWith(changes: Partial<StreamOptions>): StreamOptions {
  const options = { ...STREAM_DEFAULTS, ...changes };
  const { segmentBytes, receiveBufferBytes, sendLimitBytes, initialWindow } = options;
  const isSegment = Number.isInteger(segmentBytes) && segmentBytes >= 1;
  assert(isSegment && segmentBytes <= 65_507 - HEADER_BYTES, `segmentBytes ${segmentBytes}`);
  assert(inRange(receiveBufferBytes), `receiveBufferBytes ${receiveBufferBytes}`);
  assert(inRange(sendLimitBytes), `sendLimitBytes ${sendLimitBytes}`);
  assert(Number.isInteger(initialWindow) && initialWindow >= 1, `initialWindow ${initialWindow}`);
  assert(options.unansweredMax >= 1, `unansweredMax ${options.unansweredMax}`);
  return options;
}

/** True for 1 byte to 1 GiB, which 32 bits of window and one ring can hold. */
function inRange(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= 1 && bytes <= 2 ** 30;
}
