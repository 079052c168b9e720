/**
 * Whom a carrier below this protocol reaches: neighbours on a link, and hosts with its own network
 * between them, of routers or mixes. A host that runs this protocol passes nothing on below it: what
 * goes further goes through its agent.
 *
 * @module
 */
import type { HostView, NetworkMap } from '../../engine/host/network-view.ts';

/** The carrier on which the protocol stands at a host; undefined if it is the lowest there. */
export function carrierAt({ stack }: HostView): string | undefined {
  return stack[stack.indexOf('dtn') - 1];
}

/** The pairs of a network. */
export class CarrierReach {
  readonly #hosts: readonly HostView[];
  /** Networks between hosts above carriers, by the names of those, each by a name of its own. */
  readonly #networks = new Map<string, Set<string>>();

  constructor({ hosts, links }: NetworkMap) {
    this.#hosts = hosts;
    const above = new Set(hosts.filter((host) => carrierAt(host) !== undefined).map(nameOf));
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

  /** Names of all hosts that the carrier of this one reaches, and that stand above the same. */
  peersOf(host: HostView): readonly string[] {
    const carrier = carrierAt(host);
    const own = this.#networks.get(host.name);
    if (carrier === undefined || own === undefined) return [];
    return this.#hosts
      .filter((other) => other !== host && carrierAt(other) === carrier)
      .filter(({ name }) => [...(this.#networks.get(name) ?? [])].some((one) => own.has(one)))
      .map(nameOf);
  }

  /** Finds all hosts from which messages pass through `first`, however far. */
  #explore(
    first: string,
    neighbours: ReadonlyMap<string, readonly string[]>,
    seen: Set<string>,
  ): void {
    const inside = [first];
    seen.add(first);
    for (const name of inside) {
      for (const next of neighbours.get(name) ?? []) {
        // Those above a carrier are seen from the start: they are at the edge of its network.
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
