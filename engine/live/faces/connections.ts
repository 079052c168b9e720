/**
 * Limits the number of connections to an endpoint. When there are too many, the connection that has been
 * silent longest is closed, so that a health check does not have to wait behind a client that
 * opened sixty-four connections and sends nothing. The number of answers in progress on a connection is limited, too:
 * a client that reads its answers does not need more.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Largest number of answers in progress on one connection; browsers and our clients wait for one at a time. */
const ANSWERS_MAX = 16;

/** Limits how many connections a server has at a time. */
export interface ConnectionLimiter {
  /** Never closes this connection as silent: its caller is known, or it has become a WebSocket. */
  hold(socket: Duplex): void;
}

/**
 * Keeps at most `most` connections of a server open. A connection is not closed while the answer to a complete
 * request is in progress.
 */
export function limitConnections(server: Server, most: number): ConnectionLimiter {
  /** Connections for which no answer is in progress, the longest silent first. */
  const silent = new Set<Duplex>();
  const busy = new Set<Duplex>();
  const answers = new WeakMap<Duplex, number>();
  const count = (socket: Duplex, more: number): number => {
    const now = (answers.get(socket) ?? 0) + more;
    answers.set(socket, now);
    return now;
  };
  const hold = (socket: Duplex): void => {
    if (silent.delete(socket)) busy.add(socket);
  };
  server.on('connection', (socket: Duplex) => {
    silent.add(socket);
    socket.once('close', () => {
      silent.delete(socket);
      busy.delete(socket);
    });
    if (silent.size + busy.size <= most) return;
    const [oldest] = silent;
    oldest?.destroy();
    if (oldest !== undefined) silent.delete(oldest);
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (count(socket, 1) > ANSWERS_MAX) socket.destroy();
    // A client that sends half a request and then nothing counts as silent.
    if (hasBody(request)) request.once('end', () => hold(socket));
    else hold(socket);
    response.once('close', () => {
      if (count(socket, -1) > 0) return;
      if (busy.delete(socket) && !socket.destroyed) silent.add(socket);
    });
  });
  return { hold };
}

/** True if a header field says that a body follows (RFC 9112 section 6). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
