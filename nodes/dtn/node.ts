/**
 * Delay-tolerant networking: the adapter between the port and the agent: a socket for each link,
 * contacts, requests of the application.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { LinkView } from '../../engine/host/network-view.ts';
import type { MessageObserver, NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import type { CalendarTime, Nanoseconds } from '../../engine/host/time.ts';
import { MachineShell } from '../_kit/shell.ts';
import { bundleKey, report } from './account.ts';
import { Adjacency, type AdjacencyFacts } from './agent/adjacency.ts';
import { Agent, type AgentEffect, type AgentInput } from './agent/agent.ts';
import type { DtnOptions } from './config.ts';
import { DATAGRAM_MAX } from './geometry.ts';
import { UdpclReader, udpclBytes, udpclDatagrams } from './layer/udpcl.ts';
import { Names } from './names.ts';
import { planOfNetwork } from './plan-of-network.ts';
import { ContactGraphRouter } from './router/contact-graph.ts';
import { DirectRouter } from './router/direct.ts';
import type { Router } from './router/router.ts';

/** Creates a node on `host`. */
export function createDtn(host: Host, setup: NodeSetup<DtnOptions>): NodeHandle {
  return new DtnNode(host, setup);
}

/** A neighbour on a link. */
interface Neighbour {
  readonly facts: AdjacencyFacts;
  /** Port of the link at this end. */
  readonly port: number;
  readonly to: Endpoint;
  readonly datagramMax: number;
  readonly reader: UdpclReader;
  /** Number of the next transfer in pieces. */
  transfer: number;
  socket: DatagramSocket | undefined;
}

type Effect = AgentEffect<NodeRequest>;

class DtnNode implements NodeHandle {
  readonly #host: Host;
  readonly #observer: MessageObserver | undefined;
  readonly #agent: Agent<NodeRequest>;
  readonly #shell: MachineShell<AgentInput<NodeRequest>, Effect>;
  /** By id of the link. */
  readonly #neighbours = new Map<string, Neighbour>();

  constructor(host: Host, { options, network, observer }: NodeSetup<DtnOptions>) {
    this.#host = host;
    this.#observer = observer;
    const running = network.hosts.filter(({ stack }) => stack.includes('dtn'));
    const names = new Names(
      running.map(({ name }) => name),
      options.eids,
    );
    for (const link of network.links) this.#meet(link, names);
    const facts = [...this.#neighbours.values()].map((neighbour) => neighbour.facts);
    const isRoundabout = options.double === 'roundabout';
    const plan = planOfNetwork(network, names);
    const router: Router =
      options.router === 'direct'
        ? new DirectRouter(new Set(facts.map(({ neighbour }) => neighbour)))
        : new ContactGraphRouter({ own: host.name, names, plan, isRoundabout });
    this.#agent = new Agent({
      own: host.name,
      names,
      options,
      adjacencies: facts.map((each) => new Adjacency(each)),
      router,
      clock: (): CalendarTime => host.clock(),
      planTime: (): Nanoseconds => host.planTime(),
      ...(observer && { keyOf: bundleKey }),
    });
    this.#shell = new MachineShell(host, this.#agent, (effect) => this.#perform(effect));
  }

  start(): void {
    for (const neighbour of this.#neighbours.values()) this.#listen(neighbour);
    this.#host.onContact(({ link, kind }) =>
      this.#shell.take({ kind: 'contact', link, edge: kind }),
    );
    this.#host.onRequest((request) => this.#request(request));
  }

  stop(): void {
    this.#shell.stop();
    for (const { socket } of this.#neighbours.values()) socket?.close();
  }

  holding(): number {
    return this.#agent.holding;
  }

  status(): Readonly<Record<string, unknown>> {
    const { holding, waiting } = this.#agent;
    return { bundles: holding, waiting };
  }

  /** Knows the node at the other end of a link. */
  #meet(link: LinkView, names: Names): void {
    const isA = link.a.host === this.#host.name;
    const near = isA ? link.a : link.b;
    const far = isA ? link.b : link.a;
    const isHere = isA || link.b.host === this.#host.name;
    if (!isHere || names.numberOf(far.host) === undefined) return;
    const datagramMax = Math.min(link.mtu, DATAGRAM_MAX);
    const { host: neighbour } = far;
    this.#neighbours.set(link.id, {
      facts: {
        link: link.id,
        neighbour,
        rateBps: link.rateBps,
        contacts: isA ? link.contacts?.aToB : link.contacts?.bToA,
        bytesOnLink: (bytes) => udpclBytes(bytes, datagramMax),
      },
      port: near.port,
      to: this.#host.endpoint(far.address, far.port),
      datagramMax,
      reader: new UdpclReader({
        onBundle: (bytes) => this.#shell.take({ kind: 'bundle', bytes, from: neighbour }),
        onDrop: (reason) => this.#host.drop(reason),
      }),
      transfer: 0,
      socket: undefined,
    });
  }

  #listen(neighbour: Neighbour): void {
    const { port } = neighbour;
    const { link } = neighbour.facts;
    neighbour.socket = this.#host.udp({
      port,
      link,
      onDatagram: (buffer, offset, length, from) => {
        if (from !== neighbour.to) this.#host.drop('unknown-peer');
        else neighbour.reader.read(this.#host.now(), buffer, offset, length);
      },
    });
    if (neighbour.socket === undefined) this.#host.log.warn(`port ${port} is taken on ${link}`);
  }

  #request(request: NodeRequest): void {
    const { kind, target, body, wishes = {} } = request;
    if (kind !== 'send') request.respond('unknown-request');
    else this.#shell.take({ kind: 'send', request, to: target, body: body.slice(), wishes });
  }

  #perform(effect: Effect): void {
    const { meter } = this.#host;
    switch (effect.kind) {
      case 'transmit':
        this.#transmit(effect.link, effect.bundle);
        return;
      case 'deliver':
        this.#host.deliver(effect.from, effect.body, 0, effect.body.length);
        return;
      case 'answer':
        effect.request.respond(effect.outcome);
        return;
      case 'drop':
        this.#host.drop(effect.reason);
        return;
      case 'count':
        meter.counter(effect.metric).add(1);
        return;
      case 'hops':
        meter.histogram('dtn.hops').record(effect.hops);
        return;
      case 'stored':
        meter.gauge('dtn.buffer').set(effect.bytes);
        return;
      case 'report':
        if (this.#observer !== undefined) report(this.#observer, effect.report);
    }
  }

  #transmit(link: string, bundle: Uint8Array): void {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return;
    const datagrams = udpclDatagrams(bundle, neighbour.datagramMax, neighbour.transfer);
    if (datagrams.length > 1) neighbour.transfer = (neighbour.transfer + 1) % 2 ** 32;
    for (const datagram of datagrams) {
      const buffer = this.#host.alloc(datagram.length);
      buffer.set(datagram);
      neighbour.socket?.send(buffer, 0, datagram.length, neighbour.to);
    }
  }
}
