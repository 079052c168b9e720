/**
 * Puts the layers of a scenario on the hosts of a world, and passes requests to them (docs/spec/stacking.md).
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { Host } from '../../engine/host/host.ts';
import type { HostLayer } from '../../engine/net/host-layer.ts';
import {
  APPLICATION_CHANNEL,
  type CarrierSpec,
  prependChannel,
} from '../../engine/net/host-stack.ts';
import type { OpenRequest, RequestWithReceiver } from '../../engine/net/inquiry.ts';
import type { SimHost } from '../../engine/net/sim-host.ts';
import type { DeliverySink } from '../../engine/net/sim-observers.ts';
import type { SimWorld } from '../../engine/net/sim-world.ts';
import type { ConfiguredProtocol, ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import { isLowest } from '../../topologies/assemble/stack.ts';
import type { HostSpec, LayerSpec } from '../../topologies/model.ts';

/** What {@link Stacks} needs to put layers on hosts. */
export interface StackParts {
  readonly stackOf: ProtocolStackOf;
  /** Gives the receiver of what a layer delivers to its application; undefined if there is none. */
  readonly sinkOf: (host: HostSpec, protocol: string) => DeliverySink | undefined;
}

/** The protocol stacks of all hosts of a world; passes requests to their layers. */
export class Stacks {
  readonly #sim: SimWorld;
  /** Name of the top protocol of each host that has layers. */
  readonly #tops = new Map<string, string>();

  constructor(sim: SimWorld, hosts: readonly HostSpec[], parts: StackParts) {
    this.#sim = sim;
    const stacked = hosts.filter(({ layers }) => layers !== undefined);
    if (stacked.length === 0) return;
    const { stackOf, sinkOf } = parts;
    const choices = stacked.map((host) => stackOf(host));
    const members = membersOf(stacked, choices);
    const exposed = exposedIn(hosts, stackOf);
    for (const [index, spec] of stacked.entries()) {
      const host = sim.host(spec.name);
      const stack = choices[index] ?? [];
      const layers = spec.layers ?? [];
      for (let height = 1; height < stack.length; height += 1) {
        const position = { stack, layers, exposed };
        const layer = this.#add(host, { ...position, height, members });
        layer.onDelivery = sinkOf(spec, layer.protocol);
        const own = stack[height];
        layer.keepsPrivate = own !== undefined && keepsPrivate(own, position);
      }
      this.#tops.set(spec.name, stack.at(-1)?.protocol.name ?? '');
    }
  }

  /** The port for a layer, through which it uses its host. */
  layer(node: string, protocol: string): Host {
    const layer = this.#sim.host(node).layers.find((one) => one.protocol === protocol);
    assert(layer !== undefined, `${node} has no layer ${protocol}`);
    return layer;
  }

  /**
   * Passes a request to a protocol; if the protocol carries layers, with the channel byte of the
   * application.
   */
  request(
    { node, by }: { readonly node: string; readonly by: string },
    inquiry: RequestWithReceiver,
  ): OpenRequest {
    const { target, body } = inquiry;
    const host = this.#sim.host(node);
    const member = host.protocol === by ? host : host.layers.find((one) => one.protocol === by);
    assert(member !== undefined, `${node} does not run ${by}`);
    const top = this.#tops.get(target);
    const isCarrier = inquiry.kind === 'send' && top !== undefined && top !== by;
    const asked = isCarrier
      ? { ...inquiry, body: prependChannel(APPLICATION_CHANNEL, body) }
      : inquiry;
    return host.request(asked, inquiry, member);
  }

  #add(host: SimHost, { height, members, ...position }: LayerPosition): HostLayer {
    const { stack, layers } = position;
    const spec = layers[height - 1];
    const own = stack[height];
    assert(own !== undefined, `${host.name} has no layer ${height}`);
    const { name: protocol, metrics, jobs, drops } = own.protocol;
    const channel = spec !== undefined && isLowest(spec) ? 0 : own.protocol.channel;
    assert(channel !== undefined, `${host.name}: layer ${height} has no channel`);
    const below = carriersBelow(stack, height, spec).reverse();
    const carriers = below.flatMap((carrier) => carrierOf(carrier, protocol, position, members));
    return host.addLayer({ protocol, channel, carriers, metrics, jobs, drops });
  }
}

/** Names of the hosts that run a protocol over a carrier, by `protocol/carrier`. */
type Members = ReadonlyMap<string, ReadonlySet<string>>;

/** The protocols of a host. */
interface HostStackParts {
  /** The protocols of the host, the lowest first. */
  readonly stack: readonly ConfiguredProtocol[];
  /** All layers of the host, as its files say. */
  readonly layers: readonly LayerSpec[];
  /** Names of exposed protocols, see {@link exposedIn}. */
  readonly exposed: ReadonlySet<string>;
}

interface LayerPosition extends HostStackParts {
  /** Index of the layer in the stack. */
  readonly height: number;
  readonly members: Members;
}

/**
 * Names of the protocols that run, on at least one host, over a carrier that does not hide who
 * writes to whom. There a node may pass on messages that came over a hiding carrier, as relays of
 * bundles do, so none of the messages of such a protocol are hidden.
 */
function exposedIn(hosts: readonly HostSpec[], stackOf: ProtocolStackOf): ReadonlySet<string> {
  const exposed = new Set<string>();
  for (const spec of hosts) {
    const stack = stackOf(spec);
    const host = { stack, layers: spec.layers ?? [], exposed: new Set<string>() };
    for (const own of stack) if (!hidesPeers(own, host)) exposed.add(own.protocol.name);
  }
  return exposed;
}

function membersOf(
  hosts: readonly HostSpec[],
  choices: readonly (readonly ConfiguredProtocol[])[],
): Members {
  const members = new Map<string, Set<string>>();
  for (const [index, { name, layers = [] }] of hosts.entries()) {
    const stack = choices[index] ?? [];
    for (const [height, { protocol: upper }] of stack.entries()) {
      for (const { protocol: carrier } of carriersBelow(stack, height, layers[height - 1])) {
        const key = `${upper.name}/${carrier.name}`;
        const known = members.get(key) ?? new Set<string>();
        members.set(key, known.add(name));
      }
    }
  }
  return members;
}

/**
 * The protocols that may carry a layer, the lowest first: all protocols below the layer, unless the
 * file names some of them.
 */
function carriersBelow(
  stack: readonly ConfiguredProtocol[],
  height: number,
  spec: LayerSpec | undefined,
): ConfiguredProtocol[] {
  const below = stack.slice(0, height);
  if (spec?.over === undefined) return below;
  return isLowest(spec) ? [] : below.filter(({ protocol }) => protocol.name === spec.over);
}

function carrierOf(
  carrier: ConfiguredProtocol,
  upper: string,
  host: HostStackParts,
  members: Members,
): readonly CarrierSpec[] {
  const { protocol, options } = carrier;
  const terms = protocol.carries?.(options);
  if (terms === undefined) return [];
  const running = members.get(`${upper}/${protocol.name}`) ?? new Set<string>();
  const hides = hidesPeers(carrier, host);
  return [{ carrier: protocol.name, terms: { ...terms, hides }, members: running }];
}

/**
 * True if a carrier hides who writes to whom: by itself, or because all carriers below it do, on
 * this host and on every other host that runs it.
 */
function hidesPeers(carrier: ConfiguredProtocol, host: HostStackParts): boolean {
  if (carrier.protocol.carries?.(carrier.options)?.hides === true) return true;
  return !host.exposed.has(carrier.protocol.name) && isTrueOfAllCarriers(carrier, host, hidesPeers);
}

/**
 * True if messages with the option `private` stay private: the protocol honours or refuses this
 * option itself, or all carriers below it honour it or hide who writes to whom.
 */
function keepsPrivate(own: ConfiguredProtocol, host: HostStackParts): boolean {
  const handling = own.protocol.wishes?.private;
  if (handling === 'honoured' || hidesPeers(own, host)) return true;
  return handling === 'passed-on' && isTrueOfAllCarriers(own, host, keepsPrivate);
}

/**
 * True if a protocol of a host has at least one carrier, and `isSo` is true for all its carriers.
 */
function isTrueOfAllCarriers(
  own: ConfiguredProtocol,
  host: HostStackParts,
  isSo: (carrier: ConfiguredProtocol, host: HostStackParts) => boolean,
): boolean {
  const { stack, layers } = host;
  const height = stack.indexOf(own);
  if (height === 0) return false;
  const below = carriersBelow(stack, height, layers[height - 1]);
  const carrying = below.filter(({ protocol, options }) => protocol.carries?.(options));
  return carrying.length > 0 && carrying.every((one) => isSo(one, host));
}
