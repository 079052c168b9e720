/**
 * Small socket helpers for both sides of a channel.
 *
 * @module
 */
import type { Socket } from 'node:net';

/** Listeners of a temporary owner of a socket. */
export interface SocketHandlers {
  readonly data: (chunk: Uint8Array) => void;
  readonly end: () => void;
  readonly error: (error: NodeJS.ErrnoException) => void;
}

/**
 * Adds listeners to a socket.
 * @returns a function that removes exactly these listeners (Node itself adds others to a socket)
 * and pauses it.
 */
export function attachSocketHandlers(socket: Socket, handlers: SocketHandlers): () => void {
  const { data, end, error } = handlers;
  socket.on('data', data).on('end', end).on('error', error);
  return () => {
    socket.pause();
    socket.off('data', data).off('end', end).off('error', error);
  };
}

/** Ends a socket whose listeners have been removed. */
export function abandonSocket(socket: Socket): void {
  // The socket may still report an error, which would end the process if there were no listener.
  socket.on('error', () => undefined);
  socket.destroy();
}

/** `host:port`, with an IPv6 address in brackets. */
export function formatHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
