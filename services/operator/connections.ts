/**
 * Connections of an endpoint: a bounded number. Of too many the one goes that has been silent longest:
 * a health check must not wait for somebody who opened sixty-four and says nothing.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Keeps at most so many connections of a server open; those whose whole request is being answered stay. */
export function boundConnections(server: Server, most: number): void {
  /** Without an answer under way, the one that has been silent longest first. */
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
    // Somebody who sends half a request, and says nothing, is silent.
    if (hasBody(request)) request.once('end', begin);
    else begin();
    response.once('close', () => {
      if (busy.delete(socket) && !socket.destroyed) silent.add(socket);
    });
  });
}

/** RFC 9112 section 6: one of these fields says that a body follows. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
