/**
 * Computes the least delay between any two hosts of a topology, without jitter, queues and
 * serialisation.
 *
 * Hosts are numbered and their neighbours are in one array, so that a network of a hundred thousand
 * nodes is searched in a fraction of a second.
 *
 * @module
 */
import type { LinkSpec, Topology } from '../../../topologies/model.ts';

/** A directed edge from a host to a neighbour, by the numbers of both. */
interface Way {
  readonly from: number;
  readonly to: number;
  readonly delayNs: number;
}

/** Finds the least delay between any two hosts of a topology. */
export class DelayGraph {
  /** Sum of all delays, ns. */
  readonly sumNs: number;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #ways: readonly Way[];
  /** Number of vertices: the hosts, and for each region of a cloud an entry and an exit. */
  readonly #places: number;
  #there: Neighbours | undefined;

  constructor({
    hosts,
    links,
    segments,
    clouds,
  }: Pick<Topology, 'hosts' | 'links' | 'segments' | 'clouds'>) {
    this.#numbers = new Map(hosts.map(({ name }, number) => [name, number]));
    const numberOf = (host: string): number => this.#numbers.get(host) ?? -1;
    const ways: Way[] = [];
    for (const { a, b, forward, backward } of links) {
      const [left, right] = [numberOf(a.host), numberOf(b.host)];
      if (left < 0 || right < 0) continue;
      ways.push({ from: left, to: right, delayNs: leastDelay(forward) });
      ways.push({ from: right, to: left, delayNs: leastDelay(backward) });
    }
    for (const { members, medium } of segments) {
      const numbers = members.map(({ host }) => numberOf(host)).filter((number) => number >= 0);
      for (const from of numbers) {
        for (const to of numbers) if (from !== to) ways.push({ from, to, delayNs: medium.delayNs });
      }
    }
    this.#places = hosts.length + addClouds(ways, clouds, { numberOf, first: hosts.length });
    this.#ways = ways;
    this.sumNs = ways.reduce((sum, { delayNs }) => sum + delayNs, 0);
  }

  /**
   * Returns a function that gives the least delay from a host to a host by name, ns; undefined if it
   * cannot be reached.
   */
  from(host: string): (to: string) => number | undefined {
    const start = this.#numbers.get(host);
    if (start === undefined) return (): undefined => undefined;
    this.#there ??= new Neighbours(this.#places, this.#ways);
    const least = this.#there.search(start);
    return (to): number | undefined => {
      const delayNs = least[this.#numbers.get(to) ?? -1];
      return delayNs === Number.POSITIVE_INFINITY ? undefined : delayNs;
    };
  }

  /**
   * Upper bound on the least delays of all pairs, ns: the longest delay from any host to the host with
   * the most neighbours, plus the longest from there to any host. Infinite if a host cannot be reached.
   */
  longestThroughOneNs(): number {
    this.#there ??= new Neighbours(this.#places, this.#ways);
    const middle = this.#there.busiest();
    const turned = this.#ways.map(({ from, to, delayNs }) => ({ from: to, to: from, delayNs }));
    const back = new Neighbours(this.#places, turned).search(middle);
    return largest(this.#there.search(middle)) + largest(back);
  }
}

/** The outgoing edges of all hosts, in arrays that are sorted by host. */
class Neighbours {
  /** Index at which the edges of each host begin; the last entry is the number of all edges. */
  readonly #first: Int32Array;
  readonly #to: Int32Array;
  readonly #delayNs: Float64Array;
  readonly #hosts: number;

  constructor(hosts: number, ways: readonly Way[]) {
    this.#hosts = hosts;
    this.#first = new Int32Array(hosts + 1);
    this.#to = new Int32Array(ways.length);
    this.#delayNs = new Float64Array(ways.length);
    for (const { from } of ways) this.#first[from + 1] = (this.#first[from + 1] as number) + 1;
    for (let host = 0; host < hosts; host += 1) {
      this.#first[host + 1] = (this.#first[host + 1] as number) + (this.#first[host] as number);
    }
    const next = this.#first.slice();
    for (const { from, to, delayNs } of ways) {
      const at = next[from] as number;
      next[from] = at + 1;
      this.#to[at] = to;
      this.#delayNs[at] = delayNs;
    }
  }

  busiest(): number {
    let found = 0;
    for (let host = 1; host < this.#hosts; host += 1) {
      if (this.#degree(host) > this.#degree(found)) found = host;
    }
    return found;
  }

  /** Computes the least delay from a host to every host, ns (label-correcting algorithm). */
  search(start: number): Float64Array {
    const least = new Float64Array(this.#hosts).fill(Number.POSITIVE_INFINITY);
    // The hosts that wait to be handled form a ring buffer, in which each host is at most once.
    const waiting = new Int32Array(this.#hosts);
    const isWaiting = new Uint8Array(this.#hosts);
    least[start] = 0;
    waiting[0] = start;
    isWaiting[start] = 1;
    for (let head = 0, count = 1; count > 0; count -= 1) {
      const host = waiting[head] as number;
      head = head + 1 === this.#hosts ? 0 : head + 1;
      isWaiting[host] = 0;
      const end = this.#first[host + 1] as number;
      for (let way = this.#first[host] as number; way < end; way += 1) {
        const to = this.#to[way] as number;
        const delayNs = (least[host] as number) + (this.#delayNs[way] as number);
        if (delayNs >= (least[to] as number)) continue;
        least[to] = delayNs;
        if (isWaiting[to] === 1) continue;
        isWaiting[to] = 1;
        // `count` still includes the host that is being handled, although its slot in the ring
        // buffer is already free.
        waiting[(head + count - 1) % this.#hosts] = to;
        count += 1;
      }
    }
    return least;
  }

  #degree(host: number): number {
    return (this.#first[host + 1] as number) - (this.#first[host] as number);
  }
}

/**
 * Adds the edges of clouds, with an entry and an exit vertex for each region, so that there are as many
 * edges as hosts, not as pairs of hosts.
 * @returns the number of added vertices.
 */
function addClouds(
  ways: Way[],
  clouds: Topology['clouds'],
  { numberOf, first }: { readonly numberOf: (host: string) => number; readonly first: number },
): number {
  let next = first;
  for (const { regions, members, between } of clouds) {
    const entry = (region: number): number => next + 2 * region;
    const exit = (region: number): number => next + 2 * region + 1;
    for (const { host, region, up, down } of members) {
      ways.push({ from: numberOf(host), to: entry(region), delayNs: leastDelay(up) });
      ways.push({ from: exit(region), to: numberOf(host), delayNs: leastDelay(down) });
    }
    for (const [cell, spec] of between.entries()) {
      const from = entry(Math.floor(cell / regions.length));
      ways.push({ from, to: exit(cell % regions.length), delayNs: leastDelay(spec) });
    }
    next += 2 * regions.length;
  }
  return next - first;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

function leastDelay({ delayNs, contacts }: LinkSpec['forward']): number {
  const own = contacts?.windows.map((window) => window.delayNs ?? delayNs) ?? [];
  return own.length === 0 ? delayNs : own.reduce((least, one) => Math.min(least, one));
}
