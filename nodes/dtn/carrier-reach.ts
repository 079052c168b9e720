/**
 * The hosts that a carrier below this protocol reaches: neighbours on a link, and hosts at the edge of
 * the same network of the carrier's own nodes, such as routers or mixes. On a host that runs this
 * protocol the carrier passes nothing on: bundles for other hosts go through the agent.
 *
 * @module
 */
import type { HostView, NetworkMap } from '../../engine/host/network-view.ts';

/** The carrier below this protocol at a host; undefined if this protocol is the lowest there. */
export function carrierBelowDtn({ stack }: HostView): string | undefined {
  return stack[stack.indexOf('dtn') - 1];
}

/** Which pairs of hosts in a network reach each other through a carrier. */
export class CarrierReachability {
  readonly #hosts: readonly HostView[];
  /** For each host, by name, the names of the carriers' networks to which it belongs. */
  readonly #networks = new Map<string, Set<string>>();

  constructor({ hosts, links }: NetworkMap) {
    this.#hosts = hosts;
    const above = new Set(hosts.filter((host) => carrierBelowDtn(host) !== undefined).map(nameOf));
    const neighbours = new Map<string, string[]>(hosts.map(({ name }) => [name, []]));
    for (const [index, { a, b }] of links.entries()) {
      neighbours.get(a.host)?.push(b.host);
      neighbours.get(b.host)?.push(a.host);
      // A link is a network of two.
      this.#join(a.host, `link ${index}`);
      this.#join(b.host, `link ${index}`);
    }
    const seen = new Set<string>(above);
    for (const { name } of hosts) {
      if (!seen.has(name)) this.#explore(name, neighbours, seen);
    }
    // The map shows no links of hosts on a shared segment: they reach each other.
    for (const name of above) if (neighbours.get(name)?.length === 0) this.#join(name, 'segments');
  }

  /** Names of all hosts that the carrier of `host` reaches, and that have the same carrier. */
  peersOf(host: HostView): readonly string[] {
    const carrier = carrierBelowDtn(host);
    const own = this.#networks.get(host.name);
    if (carrier === undefined || own === undefined) return [];
    return this.#hosts
      .filter((other) => other !== host && carrierBelowDtn(other) === carrier)
      .filter(({ name }) => [...(this.#networks.get(name) ?? [])].some((one) => own.has(one)))
      .map(nameOf);
  }

  /** Joins all hosts that a carrier reaches from `first` to one network, with the name of `first`. */
  #explore(
    first: string,
    neighbours: ReadonlyMap<string, readonly string[]>,
    seen: Set<string>,
  ): void {
    const inside = [first];
    seen.add(first);
    for (const name of inside) {
      for (const next of neighbours.get(name) ?? []) {
        // Hosts above a carrier are in `seen` from the start: they are the edge of its network.
        this.#join(next, first);
        if (seen.has(next)) continue;
        seen.add(next);
        inside.push(next);
      }
    }
  }

  #join(name: string, network: string): void {
    const known = this.#networks.get(name) ?? new Set();
    this.#networks.set(name, known.add(network));
  }
}

function nameOf({ name }: HostView): string {
  return name;
}
