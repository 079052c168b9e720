/**
 * A simulated host whose sockets can also be reached by outside programs that are its neighbours.
 *
 * Everything else is `SimHost`: virtual time, seeded streams, modelled links.
 *
 * @module
 */
import type { DatagramSocket, UdpOptions } from '../../host/socket.ts';
import type { Listener, ListenOptions, Stream } from '../../host/stream.ts';
import { SimHost, type SimHostOptions } from '../../net/sim-host.ts';
import type { HostWorld } from '../../net/sim-host-world.ts';
import { OutsideProgramError } from './outside-error.ts';
import type { OutsideProgramBridge } from './outside-tap.ts';
import type { Pacer } from './pacer.ts';

/** What an emulated host needs from its world in addition to what a simulated host needs. */
export interface EmulationContext extends HostWorld {
  readonly pacer: Pick<Pacer, 'isRunning'>;
  readonly tap: OutsideProgramBridge;
  /** True if programs can reach sockets of this host. */
  isNeighbour(host: string): boolean;
}

/** A simulated host each of whose sockets is also a real one if neighbours of the host are outside programs. */
export class EmulatedHost extends SimHost {
  readonly #context: EmulationContext;

  constructor(context: EmulationContext, index: number, options: SimHostOptions) {
    super(context, index, options);
    this.#context = context;
  }

  /**
   * Binds a socket and, if neighbours are outside programs, a real socket for it. When the node closes the socket, the
   * real one stays open, and datagrams that arrive are dropped as `port-unreachable`.
   * @throws OutsideProgramError before the run begins, if another program holds the port.
   */
  override udp(options: UdpOptions): DatagramSocket | undefined {
    const socket = super.udp(options);
    const { tap, pacer } = this.#context;
    if (socket === undefined || !this.#isReached) return socket;
    const failure = tap.expose(socket.local);
    if (failure === undefined) return socket;
    socket.close();
    if (!pacer.isRunning) throw new OutsideProgramError(failure, { host: this.name });
    this.log.warn(failure);
    return undefined;
  }
  /** Listens, also on a real socket if neighbours are outside programs; a port that another program holds is logged. */
  override listen(
    options: ListenOptions,
    onStream: (stream: Stream) => void,
  ): Listener | undefined {
    const listener = super.listen(options, onStream);
    if (listener !== undefined && this.#isReached) {
      this.#context.tap.exposeListener(listener.local, (failure) => this.log.warn(failure));
    }
    return listener;
  }

  /** True if programs reach the sockets of this host. */
  get #isReached(): boolean {
    const { tap } = this.#context;
    return !tap.isOutside(this.name) && this.#context.isNeighbour(this.name);
  }
}
