/**
 * What every HTTP endpoint of a node process does with its socket: listens, refuses what is not
 * HTTP, and closes in bounded time.
 *
 * @module
 */
import type { Server } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';

/** The address and port on which a service listens. */
export interface ListenAddress {
  readonly host: string;
  /** With 0 the system chooses a port. */
  readonly port: number;
}

/** Longest wait for answers in progress when a server closes, ms. */
const CLOSE_MS_MAX = 1_000;

/** Listens; rejects with the system's error if the address or port is not available. */
export function listenOn(server: NetServer, { host, port }: ListenAddress): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Text that says why the system does not let us listen. */
export function listenFailureText(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'the port is taken';
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  if (code === 'EACCES') return 'the system does not allow this port';
  return message;
}

/**
 * Handles `clientError` of an HTTP server: answers bytes that are not HTTP with an error, and
 * closes that connection only.
 */
export function refuseNonHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}

/** Accepts no more connections, waits up to 1 s for answers in progress, and closes all of them. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_MS_MAX);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
