/**
 * Delay-tolerant networking: connects the bundle agent to the interface of its host (engine/host/host.ts).
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { MessageObserver, NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { Store } from '../../engine/host/store.ts';
import type { CalendarTime, Nanoseconds } from '../../engine/host/time.ts';
import { indexByName } from '../../engine/pure/once-per.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import { bundleAccountKey, reportToObserver } from './account.ts';
import { BundleAgent } from './agent/agent.ts';
import { CustodyLedger } from './agent/custody-ledger.ts';
import type { AgentEffect } from './agent/effects.ts';
import type { AgentInput } from './agent/input.ts';
import type { Outlet } from './agent/outlet.ts';
import type { StoredRecord } from './agent/records.ts';
import { AgentTracer, plannedContactsFrom } from './agent-trace.ts';
import type { DtnBehaviour } from './behaviour.ts';
import { CarrierNeighbours } from './carrier-node.ts';
import { CarrierReachability, carrierBelowDtn } from './carrier-reach.ts';
import type { DtnOptions } from './config.ts';
import { ContactUseMeter } from './contact-meter.ts';
import type { LinkLayerParts } from './links/link-layer.ts';
import { NodeLinks } from './links/links-node.ts';
import { makeHostEids } from './names.ts';
import { makeRouter } from './router/make-router.ts';
import { createSecurity, needsVectors } from './security/security-node.ts';
import { WaitingInputs } from './security/waiting-inputs.ts';

/** Creates a node on `host`. */
export function createDtnNode(
  host: Host,
  setup: NodeSetup<DtnOptions>,
  behaviour: DtnBehaviour,
): NodeHandle {
  return new DtnNode(host, setup, behaviour);
}

type Effect = AgentEffect<NodeRequest>;
type Transmission = Extract<Effect, { kind: 'transmit' }>;

class DtnNode implements NodeHandle {
  readonly #host: Host;
  readonly #observer: MessageObserver | undefined;
  readonly #network: NetworkView;
  readonly #outlets: readonly Outlet[];
  readonly #agent: BundleAgent<NodeRequest>;
  /** Undefined while no trace is recorded. */
  readonly #trace: AgentTracer | undefined;
  /** Undefined if bundles are in memory only. */
  readonly #store: Store | undefined;
  readonly #shell: StateMachineRunner<AgentInput<NodeRequest>, Effect>;
  readonly #inputs: WaitingInputs<AgentInput<NodeRequest>>;
  readonly #contactUse: ContactUseMeter;
  #storedBytes = 0;
  /** Undefined on a host where a carrier is below DTN. */
  readonly #links: NodeLinks | undefined;
  /** Undefined on a host where DTN is the lowest protocol. */
  readonly #carrier: CarrierNeighbours | undefined;

  constructor(
    host: Host,
    { options, network, observer, witness }: NodeSetup<DtnOptions>,
    behaviour: DtnBehaviour,
  ) {
    this.#host = host;
    this.#observer = observer;
    this.#store = options.store.kind === 'durable' ? host.store('bundles') : undefined;
    const names = makeHostEids(network, options.eids);
    const own = indexByName(network.hosts).get(host.name);
    if (own !== undefined && carrierBelowDtn(own) !== undefined) {
      this.#carrier = this.#makeCarrier(options, new CarrierReachability(network).peersOf(own));
    } else this.#links = this.#makeLinks({ options, network, names });
    const outlets = [...(this.#links?.outlets ?? []), ...(this.#carrier?.outlets ?? [])];
    this.#outlets = outlets;
    this.#network = network;
    this.#contactUse = new ContactUseMeter(host.meter);
    this.#trace = host.trace.isRecorded ? new AgentTracer(host) : undefined;
    const neighbours = new Set(outlets.map(({ neighbour }) => neighbour));
    this.#agent = new BundleAgent({
      own: host.name,
      names,
      options,
      behaviour,
      outlets,
      ...makeRouter({
        ...{ own: host.name, options, behaviour, network, names, neighbours },
        onTried: this.#trace && ((bundle, tried) => this.#trace?.routes(bundle, tried)),
      }),
      custody: new CustodyLedger(witness, {
        host: host.name,
        names,
        isDurable: options.store.kind === 'durable',
      }),
      below: (bound): number => host.random('agent').below(bound),
      security: createSecurity(host, {
        options,
        network,
        names,
        onReady: () => this.#inputs.open(),
      }),
      clock: (): CalendarTime => host.clock(),
      planTime: (): Nanoseconds => host.planTime(),
      ...(observer && { keyOf: bundleAccountKey }),
    });
    this.#shell = new StateMachineRunner(host, this.#agent, (effect) => this.#perform(effect));
    const state = needsVectors(options) ? 'closed' : 'open';
    this.#inputs = new WaitingInputs((input) => this.#shell.take(input), state);
  }

  start(): void {
    this.#traceWays();
    this.#links?.start();
    this.#host.onContact(({ link, kind }) => {
      const way = kind === 'begin' ? 'open' : 'closed';
      this.#trace?.contact(link, kind);
      this.#links?.turn(link, way);
      this.#traceStore();
    });
    this.#host.onRequest((request) => this.#request(request));
    this.#shell.take({ kind: 'start', records: this.#records() });
  }

  #traceWays(): void {
    if (this.#trace === undefined) return;
    const planned = plannedContactsFrom(this.#host.name, this.#network);
    for (const { id, neighbour } of this.#outlets) {
      this.#trace.way(id, neighbour, planned.get(id));
    }
  }

  stop(): void {
    this.#shell.stop();
    this.#links?.stop();
  }

  holding(): number {
    return this.#agent.holding;
  }

  status(): Readonly<Record<string, unknown>> {
    const { holding, waiting } = this.#agent;
    return { bundles: holding, waiting };
  }

  /** All records of the durable store; none if the store is in memory. */
  #records(): readonly StoredRecord[] {
    const store = this.#store;
    const keys = store?.keys() ?? [];
    return keys.map((key) => [key, store?.get(key) ?? new Uint8Array(0)]);
  }

  #makeLinks(parts: LinkLayerParts): NodeLinks {
    return new NodeLinks(this.#host, parts, {
      onBundle: (bytes, from, transfer): void =>
        this.#inputs.take({ kind: 'bundle', bytes, from, ...(transfer && { transfer }) }),
      onReceipt: (transfer): void => this.#inputs.take({ kind: 'receipt', transfer }),
      onWay: (outlet, way): void => this.#inputs.take({ kind: 'way', outlet, way }),
      onFailed: (transfer): void => this.#inputs.take({ kind: 'failed', transfer }),
    });
  }

  #makeCarrier({ retry }: DtnOptions, peers: readonly string[]): CarrierNeighbours {
    const parts = { retryNs: retry, peers };
    const carrier = new CarrierNeighbours(this.#host, parts, {
      onBundle: (bytes, from, number): void => {
        const transfer = { outlet: carrier.idOf(from), number };
        this.#inputs.take({ kind: 'bundle', bytes, from, transfer });
      },
      onReceipt: (from, number): void => {
        this.#inputs.take({ kind: 'receipt', transfer: { outlet: carrier.idOf(from), number } });
      },
      onWay: (outlet, way): void => this.#inputs.take({ kind: 'way', outlet, way }),
    });
    return carrier;
  }

  #request(request: NodeRequest): void {
    const { kind, target, body, wishes = {} } = request;
    if (kind !== 'send') request.respond('unknown-request');
    else this.#inputs.take({ kind: 'send', request, to: target, body: body.slice(), wishes });
  }

  #perform(effect: Effect): void {
    const { meter } = this.#host;
    switch (effect.kind) {
      case 'transmit':
        if (!effect.isRecord) meter.counter('dtn.extra_copies').add(1);
        this.#transmit(effect);
        return;
      case 'receipt':
        this.#links?.kept(effect.transfer);
        this.#carrier?.acknowledge(effect.transfer.outlet, effect.transfer.number);
        return;
      case 'deliver':
        meter.counter('dtn.extra_copies').add(-1);
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
      case 'misplanned':
        meter.histogram('dtn.route.error').record(effect.byNs);
        return;
      case 'emptied':
        meter.histogram('dtn.emptying').record(effect.afterNs);
        return;
      case 'stored':
        this.#noteStored(effect.bytes);
        return;
      case 'report':
        if (this.#observer !== undefined) reportToObserver(this.#observer, effect.report);
        return;
      case 'put':
        this.#store?.put(effect.key, effect.value);
        return;
      case 'erase':
        this.#store?.delete(effect.key);
        return;
      case 'sync':
        this.#store?.sync((error) => {
          this.#shell.take({ kind: 'synced', isDurable: error === undefined });
        });
    }
  }

  #noteStored(bytes: number): void {
    const { meter } = this.#host;
    meter.gauge('dtn.buffer').set(bytes);
    if (bytes > this.#storedBytes) meter.histogram('dtn.buffer.peak').record(bytes);
    this.#storedBytes = bytes;
    this.#traceStore();
  }

  #traceStore(): void {
    const agent = this.#agent;
    this.#trace?.store(agent.holding, this.#storedBytes, agent);
  }

  #transmit(effect: Transmission): void {
    const { outlet, bundle, transfer = 0, priority, use } = effect;
    if (use !== undefined) this.#contactUse.note(outlet, use);
    this.#trace?.departed(outlet);
    if (this.#carrier === undefined) this.#links?.send(effect);
    else this.#carrier.send(outlet, bundle, transfer, priority);
  }
}
