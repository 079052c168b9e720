/**
 * Which nodes can reach each other over links, segments and clouds, regardless of protocols (E123).
 * Relations of SCION links are ignored.
 *
 * @module
 */
import type { Topology } from '../model.ts';

/** The connected components of a topology, which determine which nodes can reach each other. */
export class Connectivity {
  readonly #parent = new Map<string, string>();

  constructor(topology: Topology) {
    for (const { a, b } of topology.links) this.#join(a.host, b.host);
    for (const { members } of [...topology.segments, ...topology.clouds]) {
      const [first] = members;
      for (const member of members) this.#join(first?.host ?? member.host, member.host);
    }
  }

  /** True when there is a path from one node to the other. */
  isReachable(from: string, to: string): boolean {
    return this.#root(from) === this.#root(to);
  }

  #join(a: string, b: string): void {
    this.#parent.set(this.#root(a), this.#root(b));
  }

  #root(node: string): string {
    let root = node;
    for (let next = this.#parent.get(root); next !== undefined && next !== root; ) {
      // Halves the path to the root, so that later look-ups are short.
      this.#parent.set(root, this.#parent.get(next) ?? next);
      root = next;
      next = this.#parent.get(root);
    }
    return root;
  }
}

/** Hint for a pair without a path between them. */
export function unreachableHint(topology: Topology, to: string): string {
  const isd = topology.hosts.find((host) => host.name === to)?.area?.split('-')[0];
  const isCoreLinked = topology.links.some((link) => {
    const ends = [link.a.host, link.b.host].map((name) => isdOf(topology, name));
    return link.attributes?.['relation'] === 'core' && ends.includes(isd);
  });
  if (isd !== undefined && !isCoreLinked) return `ISD ${isd} has no core link in this topology`;
  const near = topology.links.flatMap(({ a, b }) => {
    if (a.host === to) return [b.host];
    return b.host === to ? [a.host] : [];
  });
  return near.length === 0 ? `${to} has no link` : `${to} has links to ${near.join(', ')}`;
}

function isdOf(topology: Topology, name: string): string | undefined {
  return topology.hosts.find((host) => host.name === name)?.area?.split('-')[0];
}
