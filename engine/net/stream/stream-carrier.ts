/**
 * What a simulated stream needs from its host; stream-stack.ts provides it.
 *
 * @module
 */
import type { DatagramSocket, Endpoint } from '../../host/socket.ts';
import type { StreamHost } from '../stream-hook.ts';
import type { Segment } from './segment.ts';
import type { StreamOptions } from './stream-options.ts';

/** The two ends of a stream. */
export interface StreamIdentity {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Hidden sockets of this end and of the peer. */
  readonly socket: DatagramSocket;
  readonly peer: Endpoint;
  readonly localPort: number;
  readonly remotePort: number;
  /** Number assigned by the host that opened it. */
  readonly connection: number;
}

/** Phase in the life of a stream. */
export type StreamPhase = 'connecting' | 'accepting' | 'open' | 'lingering' | 'gone';

/** A stream as the host's tables see it. */
export interface CarriedStream {
  readonly identity: StreamIdentity;
  phase: StreamPhase;
  /** Until when a closed stream is remembered, ns. */
  lingerUntil: number;
  /** A segment of this stream has arrived; its payload is `buffer[offset .. offset + length)`. */
  onSegment(segment: Segment, buffer: Uint8Array, offset: number, length: number): void;
  /** The host is gone: nothing is sent and no handler is called. */
  abandon(): void;
}

/** The surroundings of a stream. */
export interface StreamCarrier {
  readonly host: StreamHost;
  readonly options: StreamOptions;
  /** Sends a header, filling in its ports, and `length` bytes of payload. */
  transmit(to: StreamIdentity, header: Segment, length: number, payload?: PayloadSource): void;
  /** The stream has ended in order; keep it for a while to answer a repeated FIN. */
  linger(stream: CarriedStream): void;
  /** Removes a stream that has ended. */
  forget(stream: CarriedStream): void;
}

/** Writes the payload of a segment. */
export interface PayloadSource {
  copyBytes(sequence: number, length: number, target: Uint8Array, offset: number): void;
}
