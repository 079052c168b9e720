/**
 * What a global passive adversary records: instant and size of each packet on a link. The result is an
 * `AdversaryView`; if no attack needs one, only sizes are counted.
 *
 * @module
 */
import type { LinkDirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';
import type { AdversaryView, WatchedLink } from '../../reports/privacy/view/view.ts';
import { AdversaryViewRecorder } from '../../reports/privacy/view/view-record.ts';
import type { LocalWorld } from '../world.ts';

/** The run and links that an adversary observes. */
export interface LinkWatchParts {
  readonly world: LocalWorld;
  /** Sizes are counted from this instant on, ns, because earlier packets (documents) carry no messages. */
  readonly warmupNs: number;
  /** Names of the nodes on whose links messages are visible. */
  readonly nodes: ReadonlySet<string>;
  readonly corrupt: readonly string[];
  /** If false, only sizes are recorded. */
  readonly keepsSightings: boolean;
}

/** Largest number of different sizes that are counted separately. */
const SIZES_MAX = 8;
const UNWATCHED = -1;

/** Records what an adversary sees on the links that it observes: instants and sizes of packets. */
export class LinkWatch implements NetworkObserver {
  /** Number of packets after the warm-up, by their size on the wire in bytes. */
  readonly sizes = new Map<number, number>();
  readonly #parts: LinkWatchParts;
  readonly #links: WatchedLink[] = [];
  /** Index in the list of links, by the number of the direction; {@link UNWATCHED} for other directions. */
  readonly #indices: number[] = [];
  readonly #record: AdversaryViewRecorder;

  constructor(parts: LinkWatchParts) {
    this.#parts = parts;
    this.#record = new AdversaryViewRecorder({
      adversary: 'global passive, links only',
      links: this.#links,
      corrupt: parts.corrupt,
    });
  }

  onOffered(): void {
    // Nothing to do yet: the observer sees a packet when its serialisation begins.
  }

  onStarted(direction: LinkDirectionView, packet: number): void {
    const link = this.#indices[direction.id] ?? this.#index(direction);
    if (link === UNWATCHED) return;
    const { world, warmupNs, keepsSightings } = this.#parts;
    const { sim } = world;
    const now = sim.scheduler.now;
    const size = sim.network.table.length[packet] ?? 0;
    if (now >= warmupNs) this.#count(size);
    if (keepsSightings) this.#record.addSighting(link, now, size);
  }

  onDelivered(): void {
    // Nothing to record: the packet was already seen on the wire.
  }

  onDropped(): void {
    // Nothing to record: the packet was seen before it was lost.
  }

  /** Records a passage that a corrupt node reveals: which output an input became. */
  told(passage: { readonly node: number; readonly inNs: number; readonly outNs: number }): void {
    this.#record.addPassage(passage);
  }

  /** Everything that was seen so far. */
  view(): AdversaryView {
    return this.#record.view();
  }

  #count(size: number): void {
    const known = this.sizes.get(size);
    if (known !== undefined) this.sizes.set(size, known + 1);
    else if (this.sizes.size < SIZES_MAX) this.sizes.set(size, 1);
  }

  #index({ id, fromNode, toNode }: LinkDirectionView): number {
    const { nodes, world } = this.#parts;
    const from = world.hostName(fromNode) ?? '';
    const to = world.hostName(toNode) ?? '';
    const index = nodes.has(from) && nodes.has(to) ? this.#links.push({ from, to }) - 1 : UNWATCHED;
    this.#indices[id] = index;
    return index;
  }
}
