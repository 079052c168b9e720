/**
 * Connects outside programs to listeners of the virtual network over TCP (docs/how-to/emulate.md): where a neighbour of a
 * program listens, a real socket listens as well. A connection of a program becomes a stream from the program's host,
 * which crosses the modelled links.
 *
 * Programs are recognised by their addresses. They can open streams, but not listen for streams of nodes.
 *
 * @module
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../host/socket.ts';
import type { EndpointTable } from '../../net/endpoint-table.ts';
import type { SimHost } from '../../net/sim-host.ts';
import { systemErrorText } from '../environment.ts';
import { RelayEnd } from '../relay/relay-end.ts';
import { resetSocket } from '../tcp-errors.ts';
import type { Pacer } from './pacer.ts';

/** Largest number of open connections to one listener of the network; further ones are closed at once. */
const CONNECTIONS_MAX = 256;

/** What the streams of programs need from their world. */
export interface OutsideStreamsParts {
  readonly pacer: Pick<Pacer, 'isRunning' | 'enter'>;
  readonly endpoints: EndpointTable;
  /** The host of the program with that address; undefined if no program has it. */
  readonly hostOf: (address: string) => SimHost | undefined;
  /** Counts a connection that is refused. */
  readonly drop: (reason: 'unknown-source' | 'not-running') => void;
}

/** Passes TCP connections of outside programs into the virtual network. */
export class OutsideStreams {
  readonly #parts: OutsideStreamsParts;
  /** The real servers, by endpoint of their listener in the network. */
  readonly #servers = new Map<Endpoint, Server>();
  readonly #sockets = new Set<Socket>();

  constructor(parts: OutsideStreamsParts) {
    this.#parts = parts;
  }

  /** Listens on a real socket for a listener of the network. @param onFailure Called if the system refuses it. */
  expose(local: Endpoint, onFailure: (message: string) => void): void {
    if (this.#servers.has(local)) return;
    const { address, port } = this.#parts.endpoints.pairOf(local);
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket, local),
    );
    server.maxConnections = CONNECTIONS_MAX;
    server.on('error', ({ code = '' }: NodeJS.ErrnoException) =>
      onFailure(`TCP ${address}:${port} cannot be bound: ${systemErrorText(code)}`),
    );
    server.listen({ host: address, port, exclusive: true });
    this.#servers.set(local, server);
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#servers.clear();
  }

  #accept(socket: Socket, to: Endpoint): void {
    // Without a listener, an error of the socket would end the process.
    socket.on('error', () => socket.destroy());
    const { pacer, hostOf, drop } = this.#parts;
    const host = hostOf(socket.remoteAddress ?? '');
    if (host === undefined || !pacer.isRunning) {
      drop(host === undefined ? 'unknown-source' : 'not-running');
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const enter = (code: () => void): void => pacer.enter(code);
    // Until the stream is open, the operating system keeps what the program sends.
    enter(() =>
      host.connect({ to }, (stream) => {
        if (stream === undefined) resetSocket(socket);
        else {
          const end = new RelayEnd(stream, { enter, onClosed: (): void => undefined });
          // This code runs inside an event, where the pacer must not be entered again.
          setImmediate(() => {
            if (socket.destroyed) enter(() => end.reset());
            else end.attach(socket);
          });
        }
      }),
    );
  }
}
