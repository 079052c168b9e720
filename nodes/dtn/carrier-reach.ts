/**
 * The hosts that a carrier protocol below DTN reaches directly: neighbours on a link, and hosts that
 * are connected through a network of nodes which run the carrier and not DTN, such as routers or
 * mixes. A host that runs DTN ends such a network: bundles for hosts beyond it go through its agent.
 *
 * @module
 */
import type { HostView, NetworkMap } from '../../engine/host/network-view.ts';

/**
 * The name of the carrier protocol below DTN on a host; undefined if DTN is a lowest protocol there.
 */
export function carrierBelowDtn({ stack, over }: HostView): string | undefined {
  const carrier = over?.['dtn'] ?? stack[stack.indexOf('dtn') - 1];
  return carrier === 'links' ? undefined : carrier;
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
      // A link is treated as a network of two hosts.
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

  /**
   * Names of all hosts that the carrier of `host` reaches and that have the same carrier protocol.
   */
  peersOf(host: HostView): readonly string[] {
    const carrier = carrierBelowDtn(host);
    const own = this.#networks.get(host.name);
    if (carrier === undefined || own === undefined) return [];
    return this.#hosts
      .filter((other) => other !== host && carrierBelowDtn(other) === carrier)
      .filter(({ name }) => [...(this.#networks.get(name) ?? [])].some((one) => own.has(one)))
      .map(nameOf);
  }

  /**
   * Finds all hosts that a carrier reaches from its node `first`, and adds them to one network, which
   * is named `first`.
   */
  #explore(
    first: string,
    neighbours: ReadonlyMap<string, readonly string[]>,
    seen: Set<string>,
  ): void {
    const inside = [first];
    seen.add(first);
    for (const name of inside) {
      for (const next of neighbours.get(name) ?? []) {
        // Hosts that run DTN over a carrier are in `seen` from the start: the carrier's network ends at
        // them.
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
