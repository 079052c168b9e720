/**
 * What a simulated stream needs from its host; stream-stack.ts provides it.
 *
 * @module
 */
import type { DatagramSocket, Endpoint } from '../../host/socket.ts';
import type { StreamHost } from '../stream-hook.ts';
import type { Segment } from './segment.ts';
import type { StreamOptions } from './stream-options.ts';

/** Endpoints, ports and number by which a stream is identified. */
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

/**
 * One end of a stream, as its host keeps it in its tables: to find it, to pass it segments, and to
 * forget it.
 */
export interface HostStream {
  readonly identity: StreamIdentity;
  phase: StreamPhase;
  /** Until when a closed stream is remembered, ns. */
  lingerUntil: number;
  /** Called when a segment of this stream has arrived; its payload is `length` bytes of `buffer` from `offset` on. */
  onSegment(segment: Segment, buffer: Uint8Array, offset: number, length: number): void;
  /** Ends the stream because its host has crashed: nothing is sent and no handler is called. */
  abandon(): void;
}

/** What a simulated stream needs from the streams of its host. */
export interface SimStreamContext {
  readonly host: StreamHost;
  readonly options: StreamOptions;
  /** Sends a header, filling in its ports, and `length` bytes of payload. */
  transmit(to: StreamIdentity, header: Segment, length: number, payload?: PayloadSource): void;
  /** Keeps a stream that has ended in order for a while, to answer a repeated FIN. */
  linger(stream: HostStream): void;
  /** Removes a stream that has ended. */
  forget(stream: HostStream): void;
}

/** Writes the payload of a segment. */
export interface PayloadSource {
  copyBytes(sequence: number, length: number, target: Uint8Array, offset: number): void;
}
