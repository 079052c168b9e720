/**
 * Where the model of reliable streams plugs into the simulated world. Its segments are datagrams
 * between hidden ports (below 0, which no node can bind), opened with `StreamHost.openPort`; so
 * they queue, get lost and are counted on the same links as everything else.
 *
 * @module
 */
import type { Host } from '../host/host.ts';
import type { DatagramHandler, DatagramSocket, Endpoint } from '../host/socket.ts';
import type {
  ConnectCallback,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
} from '../host/stream.ts';

/** The hidden port of the stream model, the same at every host. */
export const STREAM_PORT = -1;

/** The parts of a simulated host that the stream model may use. */
export interface StreamHost
  extends Pick<Host, 'name' | 'now' | 'after' | 'random' | 'alloc' | 'endpoint' | 'endpointOf'> {
  /** Index of the host in its world. */
  readonly index: number;
  /** The host's address from the address plan. */
  readonly address: string;
  /**
   * Binds any port, including hidden ones; undefined if it is taken.
   * @param address An address of the host; by default the one from the address plan.
   */
  openPort(port: number, onDatagram: DatagramHandler, address?: string): DatagramSocket | undefined;
  /** Largest datagram that can leave towards `to`, bytes; undefined if no link leads there. */
  mtuTo(to: Endpoint): number | undefined;
}

/** Implements `host.listen` and `host.connect`. */
export interface StreamModel {
  listen(
    host: StreamHost,
    options: ListenOptions,
    onStream: (stream: Stream) => void,
  ): Listener | undefined;
  connect(host: StreamHost, options: ConnectOptions, done: ConnectCallback): void;
  /** Called when the host gets an address, at which it answers from then on, even if only with refusals. */
  attached?(host: StreamHost, address: string): void;
  /** Called when the host crashed: its streams and listeners are gone without notice. */
  crashed(host: StreamHost): void;
  /**
   * Called when the host is back, with all its addresses and no streams. `host` may be another object than before;
   * timers of the previous object fire no more.
   */
  restarted?(host: StreamHost): void;
}

/** A world without streams: every port is taken and every connection is unreachable. */
export const NO_STREAM_MODEL: StreamModel = {
  listen: () => undefined,
  connect: (host, _options, done) => {
    host.after(0, () => done(undefined, 'unreachable'));
  },
  crashed: () => undefined,
};
