/**
 * What an observer of all links learns if no node mixes: it follows packets by their bits. Routers and
 * carriers change headers, but not the last bytes of a packet, which thus link sender and recipient
 * (docs/PRIVACY.md, "Where nothing mixes").
 *
 * A target is the first packet that is long enough for a message of an application and leaves the
 * sender after the message was submitted; in a run without applications, the first long packet of a
 * user. If a node sends on a packet with the same last bytes, the observer follows it. If a node
 * receives the target and never sends these bytes, the observer has lost it: then any packet that
 * reached a user in the next 10 s may be the target.
 *
 * @module
 */
import type { LinkDirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';
import { log } from '../../engine/pure/log-exp.ts';
import type { MetricData, SeedResult } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { Flow } from '../traffic/traffic-source.ts';
import type { LocalWorld } from '../world.ts';
import type { PrivacyMeter } from './privacy.ts';

/** Number of last bytes that are compared: more than any checksum that a node recomputes. */
const TAIL_BYTES = 32;
/**
 * A long packet has at least this many bytes. Longer messages are sent in several packets, each at
 * least this long.
 */
const LONG_BYTES = 1_000;
/** An observer that has lost a target considers all packets that users receive within this time, ns. */
const SEARCH_NS = 10e9;
/** With fewer distinct values among its last bytes, a packet ends with padding. */
const DISTINCT_MIN = 8;
/** Largest numbers of targets, and of arrivals at users, that are recorded. */
const TARGETS_MAX = 10_000;
const ARRIVALS_MAX = 1_000_000;
/** Constants of the hash function FNV-1a with 32 bits. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x0100_0193;
const SECOND_OFFSET = 0x5bd1e995;
const HIGH = 2 ** 21;
const LN2 = log(2);

/** A packet that the observer follows. */
interface Target {
  readonly from: string;
  /** True once another user has received the packet. */
  hasArrived: boolean;
  /**
   * Instant since which a node that is not a user has held the packet, ns; undefined if no such
   * node holds it.
   */
  heldNs: number | undefined;
}

/** The run and flows whose packets' bits are compared. */
export interface PacketBitObserverParts {
  readonly world: LocalWorld;
  readonly scenario: Pick<Scenario, 'topology' | 'warmupNs' | 'durationNs' | 'drainNs'>;
  readonly everyNs: number;
  /** The flows of the run; the list is filled when the run is prepared. */
  readonly flows: readonly Flow[];
}

/** An adversary that observes all links of a run, and follows targets by the last bytes of their packets. */
export class PacketBitObserver implements NetworkObserver, PrivacyMeter {
  readonly observer = this;
  readonly #parts: PacketBitObserverParts;
  readonly #users: ReadonlySet<string>;
  /** Targets by a hash of the last bytes of their packets. */
  readonly #targets = new Map<number, Target>();
  /** When packets reached users, ns, ascending. */
  readonly #arrivals: number[] = [];
  /**
   * For each flow: its next sequence number at the time when a target was last chosen; the next
   * target must have this number or a higher one.
   */
  readonly #seen = new Map<number, number>();
  #nextNs: number;

  constructor(parts: PacketBitObserverParts) {
    this.#parts = parts;
    this.#nextNs = parts.scenario.warmupNs;
    const { hosts } = parts.scenario.topology;
    const layered = hosts.filter(({ layers }) => layers !== undefined);
    this.#users = new Set((layered.length > 0 ? layered : hosts).map(({ name }) => name));
  }

  onOffered(): void {
    // Nothing to do yet: the observer sees a packet when its serialisation begins.
  }

  onStarted({ fromNode }: LinkDirectionView, packet: number): void {
    const now = this.#now;
    const isDue = now >= this.#nextNs && now < this.#parts.scenario.durationNs;
    if (!isDue && this.#targets.size === 0) return;
    const from = this.#nameOf(fromNode);
    const tail = this.#tailOf(packet);
    const known = this.#targets.get(tail);
    if (known !== undefined) known.heldNs = undefined;
    else if (isDue && this.#users.has(from)) this.#choose(from, packet, tail);
  }

  onDelivered({ toNode }: LinkDirectionView, packet: number): void {
    if (this.#targets.size === 0) return;
    const now = this.#now;
    const to = this.#nameOf(toNode);
    const target = this.#targets.get(this.#tailOf(packet));
    if (!this.#users.has(to)) {
      if (target?.hasArrived === false) target.heldNs = now;
      return;
    }
    if (this.#arrivals.length < ARRIVALS_MAX) this.#arrivals.push(now);
    if (target !== undefined && to !== target.from) target.hasArrived = true;
  }

  onDropped(): void {
    // Nothing to record: a lost packet has reached no user.
  }

  /** Adds the findings of the observer to the result. */
  addTo(result: SeedResult): SeedResult {
    const counts = [...this.#targets.values()].map((target) => this.#candidates(target));
    const values = counts.filter((count) => count > 0).map((count) => log(count) / LN2);
    // All candidates are equally likely, so min-entropy and mean entropy have the same value.
    const bits: MetricData = { kind: 'samples', values };
    return {
      ...result,
      metrics: {
        ...result.metrics,
        'privacy.entropy.bits': bits,
        'privacy.min_entropy.bits': bits,
        'privacy.hartley.bits': bits,
      },
    };
  }

  /** The number of packets that may be the target; 0 if nothing can be concluded about it. */
  #candidates({ hasArrived, heldNs }: Target): number {
    if (hasArrived) return 1;
    const { durationNs, drainNs } = this.#parts.scenario;
    // Either the target was lost on a link, or the node that holds it may still send it.
    if (heldNs === undefined || heldNs + SEARCH_NS > durationNs + drainNs) return 0;
    const from = countUntil(this.#arrivals, heldNs);
    return countUntil(this.#arrivals, heldNs + SEARCH_NS) - from;
  }

  #choose(from: string, packet: number, tail: number): void {
    const { world, everyNs, flows } = this.#parts;
    const length = world.sim.network.table.length[packet] ?? 0;
    // Without applications, any long packet that a protocol sends may be a target.
    const isBare = flows.length === 0 && length >= LONG_BYTES;
    const flow = flows.find(
      ({ index, spec, nextSequence }) =>
        spec.from === from &&
        nextSequence > (this.#seen.get(index) ?? 0) &&
        length >= Math.min(spec.sizeBytes, LONG_BYTES),
    );
    if ((flow === undefined && !isBare) || this.#targets.size >= TARGETS_MAX) return;
    // A packet that ends with padding, such as a request for messages, contains no message, and its
    // last bytes are equal in many packets.
    const bytes = world.sim.network.table.view(packet);
    if (new Set(bytes.subarray(-TAIL_BYTES)).size < DISTINCT_MIN) return;
    if (flow !== undefined) this.#seen.set(flow.index, flow.nextSequence);
    this.#targets.set(tail, { from, hasArrived: false, heldNs: undefined });
    this.#nextNs = this.#now + everyNs;
  }

  get #now(): number {
    return this.#parts.world.sim.scheduler.now;
  }

  #nameOf(node: number): string {
    return this.#parts.world.sim.hosts[node]?.name ?? '';
  }

  // hot: once per packet and link while targets are followed.
  #tailOf(packet: number): number {
    const bytes = this.#parts.world.sim.network.table.view(packet);
    let low = FNV_OFFSET;
    let high = SECOND_OFFSET;
    for (let at = Math.max(0, bytes.length - TAIL_BYTES); at < bytes.length; at += 1) {
      low = Math.imul(low ^ (bytes[at] as number), FNV_PRIME);
      high = Math.imul(high ^ (bytes[at] as number), FNV_PRIME) ^ (high >>> 15);
    }
    return (low >>> 0) * HIGH + (high >>> 11);
  }
}

/** How many numbers of an ascending list are at most `limit`. */
function countUntil(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
