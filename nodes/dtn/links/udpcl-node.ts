/**
 * Delay-tolerant networking: the adapter between the port and UDPCL, with a socket for each link to
 * a neighbour.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { DatagramSocket, Endpoint } from '../../../engine/host/socket.ts';
import type { Nanoseconds, Timer } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { dscpOfPriority } from '../../../engine/pure/traffic-class.ts';
import { LinkOutlet } from '../agent/adjacency.ts';
import type { Outlet } from '../agent/outlet.ts';
import { BUNDLE_BYTES_MAX, BURST_DATAGRAMS_MAX, DATAGRAM_BYTES_MAX } from '../geometry.ts';
import { UdpclReader, udpclDatagrams, udpclTotalDatagramBytes } from '../layer/udpcl.ts';
import type { LinkEnd } from './link-end.ts';
import type { LinkHandlers, LinkLayer, LinkTransmission } from './link-layer.ts';

/** A neighbour on a link. */
interface Neighbour {
  readonly outlet: Outlet;
  /** UDP port of this end of the link. */
  readonly port: number;
  readonly to: Endpoint;
  readonly datagramMax: number;
  readonly reader: UdpclReader;
  /** Number of the next transfer; only bundles in several datagrams use one. */
  transfer: number;
  socket: DatagramSocket | undefined;
  /** Timer that gives up incomplete transfers; pending while there are any. */
  expiry: Timer | undefined;
}

/** The pace at which the datagrams of a bundle leave, and their DSCP. */
interface Pace {
  /** Interval between two datagrams of the bundle, ns: the time that the transmitter needs for one. */
  readonly shareNs: Nanoseconds;
  readonly dscp: number;
}

/** All links of a node on which UDPCL runs. */
export class UdpclLinks implements LinkLayer {
  readonly #host: Host;
  readonly #handlers: LinkHandlers;
  /** Neighbours by the id of the link. */
  readonly #neighbours = new Map<string, Neighbour>();

  constructor(host: Host, handlers: LinkHandlers) {
    this.#host = host;
    this.#handlers = handlers;
  }

  get outlets(): readonly Outlet[] {
    return [...this.#neighbours.values()].map(({ outlet }) => outlet);
  }

  start(): void {
    for (const [link, neighbour] of this.#neighbours) this.#listen(link, neighbour);
  }

  stop(): void {
    for (const neighbour of this.#neighbours.values()) {
      neighbour.socket?.close();
      neighbour.socket = undefined;
      neighbour.expiry?.cancel();
    }
  }

  turn(link: string, way: PeerReachability): void {
    if (this.#neighbours.has(link)) this.#handlers.onWay(link, way);
  }

  /**
   * Sends the datagrams of a bundle spread over the time that the transmitter needs: sent at once, those of
   * a large bundle would overflow the queue of the link.
   */
  send({ outlet, bundle, durationNs = 0, priority }: LinkTransmission): void {
    const neighbour = this.#neighbours.get(outlet);
    if (neighbour === undefined) return;
    const datagrams = udpclDatagrams(bundle, neighbour.datagramMax, neighbour.transfer);
    if (datagrams.length > 1) neighbour.transfer = (neighbour.transfer + 1) % 2 ** 32;
    const pace = { shareNs: durationNs / datagrams.length, dscp: dscpOfPriority(priority) };
    this.#sendFrom(neighbour, datagrams, pace);
  }

  #sendFrom(neighbour: Neighbour, datagrams: readonly Uint8Array[], pace: Pace): void {
    for (const datagram of datagrams.slice(0, BURST_DATAGRAMS_MAX)) {
      const buffer = this.#host.alloc(datagram.length);
      buffer.set(datagram);
      neighbour.socket?.send(buffer, 0, datagram.length, neighbour.to, pace.dscp);
    }
    const rest = datagrams.slice(BURST_DATAGRAMS_MAX);
    if (rest.length === 0) return;
    this.#host.after(Math.floor(BURST_DATAGRAMS_MAX * pace.shareNs), () =>
      this.#sendFrom(neighbour, rest, pace),
    );
  }

  /** Adds a link on which UDPCL is to run. */
  add({ link, neighbour, near, far, contacts }: LinkEnd): void {
    const datagramMax = Math.min(link.mtu, DATAGRAM_BYTES_MAX);
    const to = this.#host.endpoint(far.address, far.port);
    this.#neighbours.set(link.id, {
      outlet: new LinkOutlet({
        link: link.id,
        neighbour,
        maxBytes: BUNDLE_BYTES_MAX,
        rateBps: link.rateBps,
        contacts,
        bytesOnLink: (bytes) => udpclTotalDatagramBytes(bytes, datagramMax),
      }),
      port: near.port,
      to,
      datagramMax,
      reader: new UdpclReader(to, {
        onBundle: (bytes): void => this.#handlers.onBundle(bytes, neighbour),
        onDrop: (reason): void => this.#host.drop(reason),
      }),
      transfer: 0,
      socket: undefined,
      expiry: undefined,
    });
  }

  #listen(link: string, neighbour: Neighbour): void {
    const { port } = neighbour;
    neighbour.socket = this.#host.udp({
      port,
      link,
      onDatagram: (buffer, offset, length, from) => {
        if (this.#isFrom(neighbour, from)) {
          neighbour.reader.read(this.#host.now(), buffer, { offset, length, sender: from });
          this.#watch(neighbour);
        } else this.#host.drop('unknown-peer');
      },
    });
    if (neighbour.socket === undefined) this.#host.log.warn(`port ${port} is taken on ${link}`);
  }

  /**
   * Sets the timer for the oldest incomplete transfer; it is set anew if that transfer is complete when it
   * fires.
   */
  #watch(neighbour: Neighbour): void {
    const { reader, expiry } = neighbour;
    const at = reader.nextAt();
    if (at === Number.POSITIVE_INFINITY || expiry?.isPending === true) return;
    neighbour.expiry = this.#host.after(at - this.#host.now(), () => {
      reader.expire(this.#host.now());
      this.#watch(neighbour);
    });
  }

  /**
   * True if a datagram is from this neighbour; only the address counts, since some agents send each bundle
   * from a different port.
   */
  #isFrom({ to }: Neighbour, from: Endpoint): boolean {
    if (from === to) return true;
    return this.#host.endpointOf(from).address === this.#host.endpointOf(to).address;
  }
}
