/**
 * Listening and connecting on real TCP sockets, from a start of a live host to its next crash or stop.
 *
 * If another program holds the port, this becomes known only after `listen` has returned, and is then
 * reported to the owner and `onError`. A port that this host itself holds is refused immediately.
 *
 * @module
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../host/socket.ts';
import type {
  ConnectCallback,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
  StreamError,
} from '../host/stream.ts';
import type { EndpointTable } from '../net/endpoint-table.ts';
import type { PortPlan } from './port-plan.ts';
import type { RelayClient } from './relay/relayed-stream.ts';
import { classifyStreamError, isOutOfSockets } from './tcp-errors.ts';
import { TcpStream } from './tcp-stream.ts';

/** Largest number of open streams of one listener; further ones are closed immediately. */
const CONNECTIONS_MAX = 4_096;
/** Default of the longest time to connect, ns: as long as three SYN retries take (engine/host/stream.ts). */
const CONNECT_TIMEOUT_NS = 7_000_000_000;
const NS_PER_MS = 1_000_000;
/** First port that `listen({ port: 0 })` tries (RFC 6335 section 6). */
const FIRST_DYNAMIC_PORT = 49_152;

/** What the TCP sockets need from their host. */
export interface TcpOwner {
  readonly address: string;
  readonly endpoints: EndpointTable;
  /** Maps addresses and ports to real ports; absent if sockets are bound to the addresses of the topology. */
  readonly ports?: PortPlan | undefined;
  /** Carries streams to other hosts of the run over its links; absent if streams do not use the links. */
  readonly relay?: HostRelay | undefined;
  /** Runs node code as an event, unless the node has crashed. */
  readonly asEvent: (call: () => void) => void;
  readonly warn: (message: string) => void;
  /** Called when the system rejected a socket, before the node is informed. */
  readonly onTrouble: (error: NodeJS.ErrnoException, place: string) => void;
  /** Called when a stream that passes no links was opened, by either side. */
  readonly onDirect: () => void;
}

/** The stream relay as one host uses it. */
export interface HostRelay {
  /** True if streams to that endpoint pass links of the run. */
  carries(to: Endpoint): boolean;
  open(options: ConnectOptions, client: RelayClient): void;
}

/** Listens and connects on real TCP sockets for a live host until its next crash or stop. */
export class TcpHost {
  readonly #owner: TcpOwner;
  readonly #servers = new Map<Endpoint, Server>();
  readonly #streams = new Set<TcpStream>();
  readonly #connecting = new Set<Socket>();

  constructor(owner: TcpOwner) {
    this.#owner = owner;
  }

  listen(options: ListenOptions, onStream: (stream: Stream) => void): Listener | undefined {
    const { address: own, endpoints, ports, asEvent, warn, onTrouble } = this.#owner;
    const { relay, onDirect } = this.#owner;
    const address = options.address ?? own;
    const port = options.port === 0 ? this.#freePort(address) : options.port;
    const local = endpoints.intern(address, port);
    if (this.#servers.has(local)) return undefined;
    const real = ports === undefined ? { address, port } : ports.open({ address, port });
    if (real === undefined) return undefined;
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.maxConnections = CONNECTIONS_MAX;
    server.on('connection', (socket) => {
      const remote = this.#remoteOf(socket);
      // Without a listener, an error before the socket is adopted would end the process.
      socket.on('error', () => socket.destroy());
      if (this.#servers.get(local) !== server) {
        socket.destroy();
        return;
      }
      asEvent(() => {
        if (socket.destroyed) return;
        if (relay?.carries(remote) !== true) onDirect();
        onStream(this.#adopt(socket, { local, remote }));
      });
    });
    server.on('error', (error) => {
      const reason = classifyStreamError(error);
      if (this.#servers.get(local) === server) this.#servers.delete(local);
      warn(`listening on port ${port}: ${reason}`);
      onTrouble(error, `TCP ${real.address}:${real.port}`);
      asEvent(() => options.onError?.(reason));
    });
    server.on('close', () => ports?.close({ address, port }));
    server.listen({ host: real.address, port: real.port, exclusive: true });
    this.#servers.set(local, server);
    return {
      local,
      close: (): void => {
        if (this.#servers.get(local) === server) this.#servers.delete(local);
        server.close();
      },
    };
  }

  connect(options: ConnectOptions, done: ConnectCallback): void {
    const { asEvent, relay, onDirect } = this.#owner;
    const { to } = options;
    const failed = (reason: StreamError): void => asEvent(() => done(undefined, reason));
    if (relay?.carries(to) === true) {
      this.#connectByRelay(relay, options, { failed, done });
      return;
    }
    this.#dial(options, (socket, reason) => {
      if (socket === undefined) {
        failed(reason ?? 'unreachable');
        return;
      }
      onDirect();
      asEvent(() => done(this.#adopt(socket, { local: this.#localOf(socket), remote: to })));
    });
  }

  #connectByRelay(
    relay: HostRelay,
    options: ConnectOptions,
    { failed, done }: { failed: (reason: StreamError) => void; done: ConnectCallback },
  ): void {
    const { asEvent } = this.#owner;
    const { to } = options;
    relay.open(options, {
      dial: (reply) => this.#dial({ to }, reply),
      opened: ({ own, far }) => {
        const local = this.#localOf(far);
        let stream: TcpStream | undefined;
        asEvent(() => {
          stream = this.#adopt(own, { local, remote: to });
          done(stream);
        });
        return (reason) => stream?.expect(reason);
      },
      failed,
    });
  }

  /** Our endpoint of a connection, as hosts of the run see it. */
  #localOf(socket: Socket): Endpoint {
    const { endpoints, ports, address } = this.#owner;
    const own = ports?.connected(socket) ?? { address, port: socket.localPort ?? 0 };
    const local = endpoints.hold(own.address, own.port);
    socket.once('close', () => endpoints.letGo(local));
    return local;
  }

  /** Opens a real connection; `settled` is called once, and never after {@link close}. */
  #dial(
    options: ConnectOptions,
    settled: (socket: Socket | undefined, reason?: StreamError) => void,
  ): void {
    const { endpoints, ports, address, onTrouble } = this.#owner;
    const to = endpoints.pairOf(options.to);
    const real = ports === undefined ? to : ports.find(to);
    if (real === undefined) {
      setImmediate(() => settled(undefined, 'refused'));
      return;
    }
    const socket = connect({
      host: real.address,
      port: real.port,
      localAddress: ports === undefined ? address : real.address,
      allowHalfOpen: true,
      noDelay: true,
    });
    this.#connecting.add(socket);
    ports?.call(socket, address);
    socket.once('close', () => ports?.hungUp(socket));
    let isDecided = false;
    const decide = (reason?: StreamError): void => {
      if (isDecided) return;
      isDecided = true;
      clearTimeout(alarm);
      this.#connecting.delete(socket);
      if (reason === undefined) settled(socket);
      else settled(undefined, reason);
    };
    const fail = (reason: StreamError): void => {
      decide(reason);
      socket.destroy();
    };
    const timeoutMs = (options.timeout ?? CONNECT_TIMEOUT_NS) / NS_PER_MS;
    const alarm = setTimeout(() => fail('timeout'), timeoutMs);
    socket.once('connect', () => decide());
    socket.on('error', (error) => {
      if (isOutOfSockets(error)) onTrouble(error, `TCP from ${address}`);
      fail(classifyStreamError(error));
    });
  }

  /** Ends everything without notice, because the node has crashed or ended. */
  close(): void {
    for (const server of this.#servers.values()) server.close();
    for (const socket of this.#connecting) socket.destroy();
    for (const stream of this.#streams) stream.abandon();
    this.#servers.clear();
    this.#connecting.clear();
    this.#streams.clear();
  }

  #remoteOf(socket: Socket): Endpoint {
    const { endpoints, ports } = this.#owner;
    const { remoteAddress = '0.0.0.0', remotePort = 0 } = socket;
    const caller = ports?.caller(remoteAddress, remotePort);
    const { address, port } = caller ?? { address: remoteAddress, port: remotePort };
    // The endpoint number is held while the connection is open: each connection comes from a different port.
    const remote = endpoints.hold(address, port);
    socket.once('close', () => endpoints.letGo(remote));
    return remote;
  }

  #adopt(socket: Socket, ends: Pick<TcpStream, 'local' | 'remote'>): TcpStream {
    const { asEvent } = this.#owner;
    const stream = new TcpStream(socket, { ...ends, asEvent });
    this.#streams.add(stream);
    socket.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  #freePort(address: string): number {
    const { endpoints } = this.#owner;
    let port = FIRST_DYNAMIC_PORT;
    while (this.#servers.has(endpoints.intern(address, port))) port += 1;
    return port;
  }
}
