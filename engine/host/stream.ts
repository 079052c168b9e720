/**
 * Reliable ordered bytes: modelled segments over the simulated links in `sim`
 * (docs/spec/stream-model.md), TCP through a relay over the same links in `live`
 * (docs/spec/live.md#streams). Every completion is an event.
 *
 * @module
 */
import type { Endpoint, SendResult } from './socket.ts';

/** Why a stream ended before its orderly close. */
export type StreamError =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'unreachable'
  | 'secure-failed'
  | 'address-in-use';

/** Callbacks for the owner of a stream. Received bytes are valid only during the call. */
export interface StreamHandlers {
  readonly onData: (buffer: Uint8Array, offset: number, length: number) => void;
  /** The peer has finished sending (half-close); we may still write. */
  readonly onEnd?: () => void;
  /** Called when there is room again after `write` returned `full`. */
  readonly onDrain?: () => void;
  /** Called when both directions are closed or the stream failed. Nothing is called afterwards. */
  readonly onClose?: (error?: StreamError) => void;
}

/** Options of {@link Stream.secure}, for TLS 1.3 with a pre-shared key or with certificates. */
export interface StreamTlsOptions {
  readonly role: 'client' | 'server';
  /** Pre-shared key, 32 bytes, and its identity. */
  readonly psk?: { readonly identity: string; readonly key: Uint8Array };
  /** PEM texts from files of the user (live only). */
  readonly certificate?: { readonly certPem: string; readonly keyPem: string };
  /** PEM text of the certificate authority that a client trusts. */
  readonly trustPem?: string;
  readonly serverName?: string;
}

/** One open stream: reliable ordered bytes to and from a peer. */
export interface Stream {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Installs the handlers. Call it in the same turn in which the stream was received. */
  handle(handlers: StreamHandlers): void;
  /**
   * Appends a copy of the bytes to the send queue. `full` means that the bytes were accepted, but the queue is above
   * its limit, so wait for `onDrain`.
   */
  write(bytes: Uint8Array): SendResult;
  /** Closes the sending direction after everything written has been sent (half-close). */
  end(): void;
  /** Ends the stream and discards queued bytes; the peer sees `reset`. */
  reset(): void;
  /** Stops (true) or resumes calls of `onData`; while they are stopped, the sender is slowed down (back-pressure). */
  setPaused(isPaused: boolean): void;
  /** Starts TLS on the stream after the bytes exchanged so far. */
  secure(options: StreamTlsOptions, done: (error?: StreamError) => void): void;
}

/** Options of `host.listen`. */
export interface ListenOptions {
  readonly port: number;
  readonly address?: string;
  /**
   * Called, only live, if the system rejected the port after `listen` had returned, so that no stream will be
   * accepted.
   */
  readonly onError?: (reason: StreamError) => void;
}

/** A port at which a host accepts streams. */
export interface Listener {
  readonly local: Endpoint;
  close(): void;
}

/** Options of `host.connect`. */
export interface ConnectOptions {
  readonly to: Endpoint;
  /** Time after which connecting fails, nanoseconds; default 7 s (three SYN retries). */
  readonly timeout?: number;
}

/** Called once: with the open stream, or with the reason for the failure. */
export type ConnectCallback = (stream: Stream | undefined, error?: StreamError) => void;
