/**
 * `--explain N`: tells the story of the first N packets that applications send after the warm-up, hop
 * by hop with virtual times (spec/aesthetics.md 3). The figure of docs/ARCHITECTURE.md is one.
 *
 * It watches what the network does and compares bytes, so that it knows no protocol: a node that sends
 * on the buffer that it received has passed its checks. A packet that a node makes anew out of what it
 * received is not followed. Stories do not change the run.
 *
 * @module
 */
import type { NodeRequest } from '../../engine/host/host.ts';
import type { DirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';
import { DROP_REASONS } from '../../engine/net/drop-reasons.ts';
import { durationText, grouped, renderStory, type Story } from './explain-text.ts';
import { readFlow, readSequence } from './ground-truth.ts';
import type { Recorder, RecorderParts } from './recorder.ts';

/** Bytes times this over the rate is the serialisation time, ns. */
const BIT_NS_PER_BYTE = 8_000_000_000;
const NO_BYTES = new Uint8Array(0);
/** A packet in a loop does not fill the memory. */
const LINES_MAX = 400;

/** One packet of a story on the network. */
interface Track {
  readonly story: Story;
  startedNs: number;
  /** Its bytes as they arrived at the last node. */
  bytes: Uint8Array;
}

/** Begins to listen; `tell` gets the text at the end. */
export function explain(
  parts: RecorderParts,
  count: number,
  tell: (text: string) => void,
): Recorder {
  return new Storyteller(parts, count, tell);
}

class Storyteller implements Recorder, NetworkObserver {
  readonly observer: NetworkObserver = this;
  readonly #parts: RecorderParts;
  readonly #tell: (text: string) => void;
  readonly #count: number;
  readonly #protocols: ReadonlyMap<string, string>;
  readonly #stories: Story[] = [];
  /** By row of the packet table. */
  readonly #tracks = new Map<number, Track>();
  /** The story whose packets a node is making now. */
  #asked: Story | undefined;
  /** What arrived in the event that runs now. */
  #arrived: Track | undefined;
  #arrivedBuffer: Uint8Array = NO_BYTES;
  #arrivedEvent = -1;

  constructor(parts: RecorderParts, count: number, tell: (text: string) => void) {
    this.#parts = parts;
    this.#count = count;
    this.#tell = tell;
    const { hosts } = parts.scenario.topology;
    this.#protocols = new Map(hosts.map(({ name, protocol }) => [name, protocol]));
  }

  requested(node: string, { kind, target, body }: NodeRequest): void {
    const isMeasured = this.#now >= this.#parts.scenario.warmupNs;
    if (this.#stories.length >= this.#count || !isMeasured) return;
    if (kind !== 'send' || readFlow(body) < 0) return;
    const number = this.#stories.length + 1;
    const title = `Packet ${number} (sequence ${readSequence(body)}), ${node} to ${target}`;
    this.#asked = { title, atNs: this.#now, lines: [] };
    this.#stories.push(this.#asked);
    this.#say(this.#asked, node, `its application sends ${bytesText(body.length)}`);
  }

  handled(): void {
    this.#asked = undefined;
  }

  onOffered(direction: DirectionView, packet: number): void {
    const { table } = this.#parts.world.sim.network;
    const node = this.#nodeName(direction.fromNode);
    const bytes = table.view(packet);
    const track = this.#current;
    if (track !== undefined && table.buffers[packet] === this.#arrivedBuffer) {
      const change = changeText(track.bytes, bytes);
      this.#tracks.set(packet, { story: track.story, startedNs: -1, bytes: NO_BYTES });
      this.#say(track.story, node, `${this.#protocol(node)}: checks passed, ${change}`);
    } else if (this.#asked !== undefined) {
      this.#tracks.set(packet, { story: this.#asked, startedNs: -1, bytes: NO_BYTES });
      const made = `packed, ${bytesText(bytes.length)} to send`;
      this.#say(this.#asked, node, `${this.#protocol(node)}: ${made}`);
    }
  }

  onStarted(direction: DirectionView, packet: number): void {
    const track = this.#tracks.get(packet);
    if (track === undefined) return;
    const { directions, table } = this.#parts.world.sim.network;
    const { overheadBytes = 0, rateBps = Number.POSITIVE_INFINITY } =
      directions[direction.id]?.spec ?? {};
    const bytes = (table.length[packet] ?? 0) + overheadBytes;
    const wireNs = Math.floor((bytes * BIT_NS_PER_BYTE) / rateBps);
    const waitedNs = this.#now - (table.offeredAt[packet] ?? this.#now);
    const queued = waitedNs > 0 ? `queued ${durationText(waitedNs)}, ` : '';
    const to = this.#nodeName(direction.toNode);
    track.startedNs = this.#now;
    const text = `${queued}${durationText(wireNs)} to serialise to ${to}`;
    this.#say(track.story, this.#nodeName(direction.fromNode), text);
  }

  onDelivered(direction: DirectionView, packet: number): void {
    const track = this.#tracks.get(packet);
    if (track === undefined) return;
    const { table } = this.#parts.world.sim.network;
    this.#tracks.delete(packet);
    track.bytes = new Uint8Array(table.view(packet));
    this.#arrived = track;
    this.#arrivedBuffer = table.buffers[packet] ?? NO_BYTES;
    this.#arrivedEvent = this.#parts.world.sim.scheduler.eventCount;
    const tookNs = this.#now - track.startedNs;
    this.#say(
      track.story,
      this.#nodeName(direction.toNode),
      `arrived, ${durationText(tookNs)} on the link`,
    );
  }

  onDropped(direction: DirectionView | undefined, packet: number, reason: number): void {
    const track = this.#tracks.get(packet);
    if (track === undefined) return;
    this.#tracks.delete(packet);
    const node = direction === undefined ? '' : this.#nodeName(direction.fromNode);
    this.#say(track.story, node, `lost: ${DROP_REASONS[reason]}`);
  }

  delivered(node: string, _from: string, bytes: Uint8Array): void {
    const story = this.#current?.story;
    if (story === undefined) return;
    this.#say(story, node, `${this.#protocol(node)}: unpacked, ${bytesText(bytes.length)} inside`);
    this.#say(story, node, 'delivered to its application');
  }

  nodeDropped(node: string, reason: string): void {
    const story = this.#current?.story ?? this.#asked;
    if (story !== undefined) this.#say(story, node, `dropped: ${reason}`);
  }

  state(): void {
    // A story is about packets.
  }

  spanned(): void {
    // A story is about packets.
  }

  marked(): void {
    // A story is about packets.
  }

  logged(): void {
    // A story is about packets.
  }

  finish(): void {
    this.#tell(this.#stories.map(renderStory).join('\n'));
  }

  get #now(): number {
    return this.#parts.world.now();
  }

  /** The packet that the running event delivered. */
  get #current(): Track | undefined {
    const { eventCount } = this.#parts.world.sim.scheduler;
    return this.#arrivedEvent === eventCount ? this.#arrived : undefined;
  }

  #nodeName(index: number): string {
    return this.#parts.world.sim.hosts[index]?.name ?? 'all on the segment';
  }

  #protocol(node: string): string {
    return this.#protocols.get(node) ?? 'node';
  }

  #say(story: Story, node: string, text: string): void {
    if (story.lines.length >= LINES_MAX) return;
    story.lines.push({ afterNs: this.#now - story.atNs, node, text });
  }
}

function bytesText(count: number): string {
  return `${grouped(count)} B`;
}

/** What a node changed in a packet that it sends on. */
function changeText(before: Uint8Array, after: Uint8Array): string {
  if (before.length !== after.length) return `now ${bytesText(after.length)}, sent on`;
  let changed = 0;
  for (const [i, byte] of before.entries()) if (byte !== after[i]) changed += 1;
  return `${changed} B changed, sent on`;
}
