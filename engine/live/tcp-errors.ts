/**
 * Converts failures of real sockets to `StreamError`, and resets sockets.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { StreamError } from '../host/stream.ts';

const NAMES: Readonly<Record<string, StreamError>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ETIMEDOUT: 'timeout',
  EADDRINUSE: 'address-in-use',
};

/** The stream error for a failure of a socket; `unreachable` for an unknown failure. */
export function classifyStreamError(error: Error): StreamError {
  const { code } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : NAMES[code]) ?? 'unreachable';
}

/** Error codes that say that this machine has run out of sockets; the peer is not the cause. */
const EXHAUSTED: readonly string[] = ['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

/** True if a connection could not be started because this machine has run out of a resource. */
export function isOutOfSockets(error: Error): boolean {
  return EXHAUSTED.includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Resets a connection. A connection that is shutting down cannot be reset: libuv rejects that, and Node
 * would keep the handle, and with it the process, forever. Such a connection is closed instead.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
