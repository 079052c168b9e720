/**
 * Gives every node a stable, readable address in 127.0.0.0/8 (docs/spec/topology-files.md, Address
 * plan).
 *
 * ASes are numbered from k = 256 in file order; the AS with number k has 127.k_hi.k_lo.0/24 (the two bytes of k). In
 * it, border routers get .1 to .99, services .100 and up, nodes at the edge .111 and up, other nodes .128 and up. Nodes
 * without an AS get consecutive addresses of 127.192.0.0/10. Adding a node to one AS changes no address in another. The
 * `ports` plan also gives each node a range of ports on 127.0.0.1 for its real sockets.
 *
 * @module
 */

import type { AddressRole } from '../../engine/host/protocol.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { HostSpec } from '../model.ts';
import type { BuildContext } from './context.ts';
import type { UnaddressedNode } from './draft.ts';

/** Number k of the first AS, which has 127.1.0.0/24, so that 127.0.x.x stays free. */
const AS_FIRST = 256;
/** One more than the largest number k of an AS; the block of nodes without an AS begins here. */
const AS_END = 192 * 256;
const ROUTER_RANGE = [1, 99] as const;
const SERVICE_RANGE = [100, 110] as const;
const EDGE_RANGE = [111, 127] as const;
const HOST_RANGE = [128, 254] as const;

/** UDP port of a host's first link; further links get the ports after it. */
export const LINK_PORT_FIRST = 50_000;
const PORT_MAX = 65_535;
/**
 * In the `ports` plan: first port of the first host; below the range from which systems assign
 * ports.
 */
export const PORTS_PLAN_FIRST_PORT = 10_000;
/** In the `ports` plan: number of a host's ports that are not for links. */
export const PORTS_PLAN_NON_LINK_PORTS = 32;

/** First and last value (both included) of an address's last byte, for nodes with one role in an AS. */
type Range = readonly [number, number];

/** Input of the `loopback` plan besides the nodes. */
export interface LoopbackParts {
  /** Names of nodes that have a link to another AS. */
  readonly routers: ReadonlySet<string>;
  /** ISD-AS texts in file order. */
  readonly ases: readonly string[];
}

/** Gives every node an address in 127.0.0.0/8; addresses that the file gives are kept. */
export function assignLoopbackAddresses(
  context: BuildContext,
  nodes: readonly UnaddressedNode[],
  { routers, ases }: LoopbackParts,
): readonly HostSpec[] {
  const taken = takeGiven(context, nodes);
  const numbers = new Map(ases.map((isdAs, index) => [isdAs, AS_FIRST + index]));
  let outside = 0;
  return nodes.map((node) => {
    const { draft, ...host } = node;
    if (draft.address !== undefined) return { ...host, address: draft.address };
    const number = numbers.get(node.area ?? '');
    if (number !== undefined) {
      const role = context.registry.protocols(node.protocol)?.addressRole;
      const range = routers.has(node.name) ? ROUTER_RANGE : rangeOf(role);
      const address = firstFree(number, range, taken);
      if (address === undefined) refuseFull(context, node);
      return { ...host, address: address ?? '127.0.0.1' };
    }
    while (taken.has(outsideAddress(outside))) outside += 1;
    const address = outsideAddress(outside);
    taken.add(address);
    return { ...host, address };
  });
}

/** Gives every node a range of ports; the ranges follow each other without gaps. */
export function assignPortRanges(
  context: BuildContext,
  hosts: readonly HostSpec[],
  { first, linkCounts }: { first: number; linkCounts: ReadonlyMap<string, number> },
): readonly HostSpec[] {
  const most = greatestOf([0, ...linkCounts.values()]);
  const range =
    Math.ceil((PORTS_PLAN_NON_LINK_PORTS + most) / PORTS_PLAN_NON_LINK_PORTS) *
    PORTS_PLAN_NON_LINK_PORTS;
  const end = first + hosts.length * range;
  if (end > PORT_MAX + 1) {
    const message = `${hosts.length} nodes of ${range} ports each do not fit below port 65536`;
    context.refuse('E104', ['addressPlan'], message, 'use addressPlan: loopback');
  }
  return hosts.map((host, index) => ({
    ...host,
    portBase: first + index * range,
    portCount: range,
  }));
}

function rangeOf(role: AddressRole | undefined): Range {
  switch (role) {
    case 'edge':
      return EDGE_RANGE;
    case 'service':
      return SERVICE_RANGE;
    case undefined:
      return HOST_RANGE;
    default:
      return role satisfies never;
  }
}

function firstFree(as: number, range: Range, taken: Set<string>): string | undefined {
  if (as >= AS_END) return undefined;
  // Nodes that do not fit into the range of their role get addresses of the range for ordinary
  // nodes.
  for (const [first, last] of [range, HOST_RANGE]) {
    for (let low = first; low <= last; low += 1) {
      const address = `127.${Math.floor(as / 256)}.${as % 256}.${low}`;
      if (taken.has(address)) continue;
      taken.add(address);
      return address;
    }
  }
  return undefined;
}

function outsideAddress(index: number): string {
  const block = Math.floor(index / 254);
  return `127.${192 + Math.floor(block / 256)}.${block % 256}.${1 + (index % 254)}`;
}

function takeGiven(context: BuildContext, nodes: readonly UnaddressedNode[]): Set<string> {
  const taken = new Map<string, UnaddressedNode>();
  for (const node of nodes) {
    const { address, path } = node.draft;
    if (address === undefined) continue;
    const first = taken.get(address);
    if (first !== undefined) {
      const message = `"${address}" is used twice (first at line ${first.position.line})`;
      context.refuse('E113', [...path, 'address'], message);
    }
    taken.set(address, node);
  }
  return new Set(taken.keys());
}

function refuseFull(context: BuildContext, node: UnaddressedNode): void {
  const message = `the address plan has no address left in ${node.area}`;
  const hint = 'it holds 99 routers, 11 services, 17 nodes at the edge and 127 others of an AS';
  context.refuse('E104', [...node.draft.path, 'name'], message, hint);
}
