/**
 * Small things that both sides of a channel do with sockets.
 *
 * @module
 */
import type { Socket } from 'node:net';

/** What somebody who holds a socket for a while listens to. */
export interface SocketHandlers {
  readonly data: (chunk: Uint8Array) => void;
  readonly end: () => void;
  readonly error: (error: NodeJS.ErrnoException) => void;
}

/**
 * Listens to a socket.
 * @returns takes exactly these listeners off again (a socket has some of its own) and pauses it.
 */
export function holdSocket(socket: Socket, handlers: SocketHandlers): () => void {
  const { data, end, error } = handlers;
  socket.on('data', data).on('end', end).on('error', error);
  return () => {
    socket.pause();
    socket.off('data', data).off('end', end).off('error', error);
  };
}

/** Ends a socket that nobody listens to any more. */
export function abandonSocket(socket: Socket): void {
  // It may still report an error; without a listener that would end the process.
  socket.on('error', () => undefined);
  socket.destroy();
}

/** An address for people; IPv6 in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
