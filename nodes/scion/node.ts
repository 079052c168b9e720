/**
 * SCION border router: the adapter between the router and its host (engine/host/host.ts).
 *
 * Opens one socket for each link to another AS and one for its own AS, monitors links with BFD, and
 * performs the router's decisions, which are made in router/.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Counter } from '../../engine/host/measure.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { DatagramHandler, DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import type { CalendarTime } from '../../engine/host/time.ts';
import { DSCP_NETWORK_CONTROL } from '../../engine/pure/traffic-class.ts';
import { LinkMonitor } from './bfd/link-monitor.ts';
import type { RouterOptions } from './config.ts';
import { HopAuthenticator } from './mac.ts';
import { createDrkeyStore, forwardingKeyOf } from './provisioning.ts';
import { BorderRouter, type RouterOutput } from './router/border-router.ts';
import type { RouterDropReason } from './router/drops.ts';
import { CONTROL_PORT, ROUTER_INTERNAL_PORT } from './router/geometry.ts';
import { HostTable } from './router/host-table.ts';
import type { RouterLink } from './router/link.ts';
import { LocalDeliveryResolver } from './router/local-delivery.ts';
import { ScmpAuthenticator } from './router/scmp-authentication.ts';
import type { ScmpReplySender } from './router/scmp-reply.ts';
import {
  findRouterSurroundings,
  type RouterPeer,
  type RouterSurroundings,
} from './router/situation.ts';
import { isUrgentPacket } from './urgency.ts';
import { SERVICE_NUMBERS } from './wire/host-address.ts';
import { isdAsWords } from './wire/isd-as.ts';
import type { PacketView } from './wire/packet-view.ts';

/**
 * Creates a border router on `host`.
 * @throws RangeError when the router is in no AS, or an interface number is used twice.
 */
export function createRouterNode(host: Host, setup: NodeSetup<RouterOptions>): NodeHandle {
  return new RouterNode(host, setup);
}

/** The socket and the address with which packets of a link to another router are sent. */
interface Underlay {
  readonly socket: DatagramSocket;
  readonly remote: Endpoint;
}

class RouterNode implements NodeHandle, RouterOutput {
  readonly #host: Host;
  readonly #options: RouterOptions;
  readonly #situation: RouterSurroundings;
  readonly #monitor: LinkMonitor;
  readonly #router: BorderRouter;
  /**
   * The underlay of each link, by link index; undefined if the port of the link could not be bound.
   */
  readonly #underlays: (Underlay | undefined)[] = [];
  /** Siblings by endpoint; any other sender inside the AS is a host. */
  readonly #siblings = new Map<Endpoint, RouterLink>();
  readonly #forwarded: Counter;
  readonly #delivered: Counter;
  readonly #replies: Counter;
  readonly #suppressed: Counter;
  #internal: DatagramSocket | undefined;
  /**
   * Traffic class (DSCP) of the datagram that is being processed; its packet leaves with the same
   * class.
   */
  #dscp = 0;

  constructor(host: Host, setup: NodeSetup<RouterOptions>) {
    this.#host = host;
    this.#options = setup.options;
    this.#situation = findRouterSurroundings(host.name, setup.network);
    const { isdAs } = this.#situation;
    const key = forwardingKeyOf(host.crypto, isdAs, setup.network);
    const hops = new HopAuthenticator(host.crypto.aesCmac(key));
    this.#router = this.#createRouter(hops, setup.network);
    this.#monitor = this.#createMonitor(hops);
    this.#forwarded = host.meter.counter('router.forwarded');
    this.#delivered = host.meter.counter('router.delivered');
    this.#replies = host.meter.counter('router.replies');
    this.#suppressed = host.meter.counter('router.suppressed');
  }

  start(): void {
    // biome-ignore lint/complexity/useMaxParams: the signature of the port
    const onInternal: DatagramHandler = (buffer, offset, length, from, dscp) => {
      const link = this.#siblings.get(from) ?? this.#situation.internal;
      this.#dscp = dscp;
      this.#router.process(this.#router.passage.begin(link, buffer, offset, length), from);
    };
    this.#internal = this.#open(ROUTER_INTERNAL_PORT, undefined, onInternal);
    for (const peer of this.#situation.peers) {
      this.#underlays[peer.link.index] = this.#connect(peer);
      this.#monitor.watch(peer);
    }
  }

  stop(): void {
    this.#monitor.stop();
    for (const underlay of this.#underlays) underlay?.socket.close();
    this.#internal?.close();
  }

  isReady(): boolean {
    const { peers } = this.#situation;
    return peers.every(({ link }) => link.isUp && this.#underlays[link.index] !== undefined);
  }

  status(): Readonly<Record<string, unknown>> {
    const { isdAs, peers } = this.#situation;
    const links = peers.map(({ link, isdAs: neighbour }) => ({
      bfd: this.#monitor.stateOf(link) ?? 'off',
      id: link.id,
      ifId: link.ifId,
      isUp: link.isUp,
      kind: link.kind,
      mtu: link.mtu,
      neighbour,
    }));
    return { isdAs, links };
  }

  forward(link: RouterLink, packet: PacketView): void {
    const underlay = this.#underlays[link.index];
    const { buffer, start, end } = packet;
    const length = end - start;
    const sent = underlay?.socket.send(buffer, start, length, underlay.remote, this.#dscp);
    if (sent === 'sent') this.#forwarded.add(1);
    else this.#host.drop('queue-full');
  }

  deliver(target: Endpoint, packet: PacketView): void {
    const { buffer, start, end } = packet;
    const sent = this.#internal?.send(buffer, start, end - start, target, this.#dscp);
    if (sent === 'sent') this.#delivered.add(1);
    else this.#host.drop('queue-full');
  }

  reply(link: RouterLink, to: Endpoint, bytes: Uint8Array): void {
    const underlay = this.#underlays[link.index] ?? this.#toHost(to);
    this.#replies.add(1);
    this.#sendCopy(underlay, bytes);
  }

  bfd(link: RouterLink, packet: PacketView): void {
    this.#monitor.receive(link, packet);
  }

  drop(reason: RouterDropReason): void {
    this.#host.drop(reason);
  }

  suppressed(): void {
    this.#suppressed.add(1);
  }

  #toHost(to: Endpoint): Underlay | undefined {
    return this.#internal === undefined ? undefined : { socket: this.#internal, remote: to };
  }

  /** Sends a copy of a packet that this router made: BFD or SCMP. */
  #sendCopy(underlay: Underlay | undefined, bytes: Uint8Array): void {
    if (underlay === undefined) return;
    const { socket, remote } = underlay;
    const buffer = this.#host.alloc(bytes.length);
    buffer.set(bytes);
    const sent = socket.send(buffer, 0, bytes.length, remote, DSCP_NETWORK_CONTROL);
    if (sent !== 'sent') this.#host.drop('queue-full');
  }

  /** Opens a separate socket for a link to another AS; siblings share the internal socket. */
  #connect(peer: RouterPeer): Underlay | undefined {
    const { link } = peer;
    if (link.kind === 'sibling') {
      const remote = this.#host.endpoint(peer.address, ROUTER_INTERNAL_PORT);
      this.#siblings.set(remote, link);
      return this.#toHost(remote);
    }
    const remote = this.#host.endpoint(peer.address, peer.port);
    // biome-ignore lint/complexity/useMaxParams: the signature of the port
    const socket = this.#open(peer.localPort, link.id, (buffer, offset, length, from, dscp) => {
      if (from !== remote) {
        this.#host.drop('underlay-source');
        return;
      }
      this.#dscp = dscp;
      this.#router.process(this.#router.passage.begin(link, buffer, offset, length), from);
    });
    return socket === undefined ? undefined : { socket, remote };
  }

  #open(
    port: number,
    link: string | undefined,
    onDatagram: DatagramHandler,
  ): DatagramSocket | undefined {
    const socket = this.#host.udp({
      port,
      onDatagram,
      isUrgent: isUrgentPacket,
      ...(link === undefined ? {} : { link }),
    });
    if (socket === undefined) this.#host.log.warn(`port ${port} is taken`);
    return socket;
  }

  #createRouter(hops: HopAuthenticator, network: NetworkView): BorderRouter {
    const { isdAs, interfaces, host: address } = this.#situation;
    const { crypto } = this.#host;
    const clock = (): CalendarTime => this.#host.clock();
    const context = {
      isdAs: isdAsWords(isdAs),
      interfaces,
      hops,
      crypto,
      delivery: this.#createDelivery(),
      clock,
      mtuCheck: this.#options.mtuCheck,
    };
    const replier: ScmpReplySender = { isdAs, host: address };
    if (!this.#options.scmp.authentication) return new BorderRouter(context, replier, this);
    const keys = createDrkeyStore(crypto, isdAs, network);
    const authenticator = new ScmpAuthenticator({
      crypto,
      clock,
      keyOf: (request): Uint8Array => keys.keyOf(request),
    });
    return new BorderRouter(context, { ...replier, authenticator }, this);
  }

  #createDelivery(): LocalDeliveryResolver {
    const host = this.#host;
    const hosts = new HostTable(host, this.#situation.hosts);
    const services = new Map<number, readonly Endpoint[]>();
    const found = this.#situation.controlServices.map((address) => ({
      address,
      port: CONTROL_PORT,
    }));
    for (const [name, number] of Object.entries(SERVICE_NUMBERS)) {
      const given = this.#options.services[name as keyof typeof SERVICE_NUMBERS];
      const instances = given ?? (name === 'CS' ? found : []);
      services.set(
        number,
        instances.map(({ address, port }) => host.endpoint(address, port)),
      );
    }
    return new LocalDeliveryResolver({
      endpointOf: (address, port): Endpoint => hosts.endpointOf(address, port),
      services,
      pick: (count): number => host.random('svc').below(count),
      dispatchedPorts: this.#options.dispatchedPorts,
    });
  }

  #createMonitor(hops: HopAuthenticator): LinkMonitor {
    const { bfd } = this.#options;
    const { isdAs, host: address } = this.#situation;
    return new LinkMonitor({
      host: this.#host,
      isdAs,
      address,
      hops,
      parameters:
        bfd === false
          ? undefined
          : {
              detectMultiplier: bfd.detectMultiplier,
              desiredMinTxNs: bfd.desiredMinTx,
              requiredMinRxNs: bfd.requiredMinRx,
            },
      send: (link, bytes): void => this.#sendCopy(this.#underlays[link.index], bytes),
    });
  }
}
