/**
 * Finds a router's links, its siblings and the interfaces of its AS in the topology.
 *
 * node.ts opens the sockets. A link with the relation `internal` leads to a host of the same AS;
 * all others lead to another AS and have an interface number at each end.
 *
 * @module
 */
import type { HostView, LinkView, NetworkView } from '../../../engine/host/network-view.ts';
import { readUint32 } from '../../_kit/bytes.ts';
import { HOST_TYPE_IPV4 } from '../geometry.ts';
import { type AsExit, CONTROL_PROTOCOL, exitsOf, interfaceIdOf, isdAsOf } from '../network.ts';
import { type HostAddress, parseHost, requireHostAddress } from '../wire/host-address.ts';
import { type IsdAs, isdAsWords } from '../wire/isd-as.ts';
import { UDP_PAYLOAD_BYTES_MAX } from './geometry.ts';
import type { RouterInterface, RouterLink } from './link.ts';

/**
 * A link to another router, and that router: at the other end of an external link, or a sibling.
 */
export interface RouterPeer {
  readonly link: RouterLink;
  /** Address of the router at the far end. */
  readonly address: string;
  /**
   * UDP port of the link at the far end, and (`localPort`) at this end. Both are 0 for siblings,
   * whose port is fixed.
   */
  readonly port: number;
  readonly localPort: number;
  readonly isdAs: IsdAs;
}

/** The data of the topology that a router needs. */
export interface RouterSurroundings {
  readonly isdAs: IsdAs;
  readonly host: HostAddress;
  /**
   * The peers over external links in the order of the topology, then the siblings with a link to
   * this router, by name.
   */
  readonly peers: readonly RouterPeer[];
  /** The link to the hosts of the AS. */
  readonly internal: RouterLink;
  readonly interfaces: ReadonlyMap<number, RouterInterface>;
  /**
   * Text of the address at which each host of the AS is reached, by its IPv4 address as a signed
   * 32-bit word.
   */
  readonly hosts: ReadonlyMap<number, string>;
  /** Addresses of the control services of the AS. */
  readonly controlServices: readonly string[];
}

/**
 * Finds the surroundings of the router `name`.
 * @throws RangeError when the router is in no AS, or an interface number is used twice.
 */
export function findRouterSurroundings(name: string, network: NetworkView): RouterSurroundings {
  const own = network.hosts.find((view) => view.name === name);
  const mine = isdAsOf(own);
  if (own === undefined || mine === undefined) {
    throw new RangeError(`router ${name} is in no AS: give the node an as`);
  }
  const locals = network.hosts.filter((view) => view.area === own.area);
  const exits = exitsOf(mine, network);
  const ownExits = exits.filter((exit) => exit.near.host === name);
  const external = ownExits.map(externalPeer);
  const siblings = locals
    .filter((view) => view.name !== name && exits.some((exit) => exit.near.host === view.name))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const peers = [...external];
  for (const view of siblings) {
    const direct = linkBetween(network, own, view);
    if (direct === undefined) continue;
    peers.push(siblingPeer(view, { index: peers.length, mtu: direct.mtu, isdAs: mine }));
  }
  return {
    isdAs: mine,
    host: requireHostAddress(own.address),
    peers,
    internal: insideLink('internal', {
      index: peers.length,
      id: 'internal',
      mtu: UDP_PAYLOAD_BYTES_MAX,
    }),
    interfaces: interfacesOf(exits, (exit) => linkOf(exit, peers, ownExits)),
    hosts: addressesOf(locals),
    controlServices: locals
      .filter(({ protocol }) => protocol === CONTROL_PROTOCOL)
      .map(({ address }) => address),
  };
}

function externalPeer(exit: AsExit, index: number): RouterPeer {
  const { link, near, far, neighbour } = exit;
  return {
    link: {
      kind: 'external',
      index,
      id: link.id,
      ifId: interfaceIdOf(near),
      neighbour,
      mtu: link.mtu,
      isUp: true,
    },
    address: far.address,
    port: far.port,
    localPort: near.port,
    isdAs: exit.farIsdAs,
  };
}

function siblingPeer(
  view: HostView,
  { index, mtu, isdAs }: { readonly index: number; readonly mtu: number; readonly isdAs: IsdAs },
): RouterPeer {
  return {
    link: insideLink('sibling', { index, id: view.name, mtu }),
    address: view.address,
    port: 0,
    localPort: 0,
    isdAs,
  };
}

function insideLink(
  kind: 'sibling' | 'internal',
  rest: { readonly index: number; readonly id: string; readonly mtu: number },
): RouterLink {
  return { kind, ifId: 0, neighbour: 'none', isUp: true, ...rest };
}

function interfacesOf(
  exits: readonly AsExit[],
  linkFor: (exit: AsExit) => RouterLink,
): ReadonlyMap<number, RouterInterface> {
  const interfaces = new Map<number, RouterInterface>();
  for (const exit of exits) {
    const ifId = interfaceIdOf(exit.near);
    if (interfaces.has(ifId)) {
      throw new RangeError(`interface ${ifId} of ${exit.near.host} is used twice in its AS`);
    }
    const { neighbour } = exit;
    interfaces.set(ifId, {
      ifId,
      neighbour,
      isdAs: isdAsWords(exit.farIsdAs),
      link: linkFor(exit),
    });
  }
  return interfaces;
}

/**
 * Returns the link by which packets reach an exit: for an exit of this router, the external link of
 * the same index; for an exit of a sibling, the link to that sibling.
 */
function linkOf(
  exit: AsExit,
  peers: readonly RouterPeer[],
  ownExits: readonly AsExit[],
): RouterLink {
  const index = ownExits.indexOf(exit);
  const own = index < 0 ? undefined : peers[index];
  const toSibling = peers.find(({ link }) => link.kind === 'sibling' && link.id === exit.near.host);
  return (own ?? toSibling)?.link ?? noWayTo(exit.near.host);
}

/**
 * Makes a link, which is always down, to a sibling that the topology does not connect with this
 * router.
 */
function noWayTo(sibling: string): RouterLink {
  return { ...insideLink('sibling', { index: -1, id: sibling, mtu: 0 }), isUp: false };
}

function linkBetween(network: NetworkView, one: HostView, other: HostView): LinkView | undefined {
  const ends = [one.name, other.name];
  return network.links.find(
    ({ a, b }) => a.host !== b.host && ends.includes(a.host) && ends.includes(b.host),
  );
}

function addressesOf(locals: readonly HostView[]): ReadonlyMap<number, string> {
  const addresses = new Map<number, string>();
  for (const { address, program } of locals) {
    // A host that is an external program has a second address, which its packets contain.
    for (const name of [address, ...(program === undefined ? [] : [program.address])]) {
      const parsed = parseHost(name);
      if (parsed?.type === HOST_TYPE_IPV4) addresses.set(readUint32(parsed.bytes, 0) | 0, address);
    }
  }
  return addresses;
}
