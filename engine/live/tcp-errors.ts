/**
 * The names that the port gives to failures of real sockets.
 *
 * @module
 */
import type { StreamError } from '../host/stream.ts';

const NAMES: Readonly<Record<string, StreamError>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ETIMEDOUT: 'timeout',
  EADDRINUSE: 'address-in-use',
};

/** What happened, in the port's words; everything else means that the peer cannot be reached. */
export function streamErrorOf(error: Error): StreamError {
  const { code } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : NAMES[code]) ?? 'unreachable';
}

/** Codes of a machine that has no socket to give; no peer is the cause. */
const EXHAUSTED: readonly string[] = ['EADDRNOTAVAIL', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

/** True when a connection could not even begin, since this machine has used up something. */
export function isExhausted(error: Error): boolean {
  return EXHAUSTED.includes((error as NodeJS.ErrnoException).code ?? '');
}
