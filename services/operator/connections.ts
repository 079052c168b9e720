/**
 * Limits the number of connections to an endpoint. When there are too many, the one that has been
 * silent longest is closed, so that a health check does not have to wait behind a client that
 * opened sixty-four connections and sends nothing.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most `most` connections of a server open. A connection stays open while its complete
 * request is being answered.
 */
export function boundConnections(server: Server, most: number): void {
  /** Connections for which no answer is in progress, the longest silent first. */
  const silent = new Set<Socket>();
  const busy = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
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
    const begin = (): void => {
      if (silent.delete(socket)) busy.add(socket);
    };
    // A client that sends half a request and then nothing counts as silent.
    if (hasBody(request)) request.once('end', begin);
    else begin();
    response.once('close', () => {
      if (busy.delete(socket) && !socket.destroyed) silent.add(socket);
    });
  });
}

/** RFC 9112 section 6: either of these fields says that a body follows. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
