/**
 * `--explain N`: tells the journey of the first N packets that applications send after the warm-up,
 * hop by hop with virtual times; docs/ARCHITECTURE.md shows one.
 *
 * It observes the network and compares bytes, so it knows no protocol: if a node sends the buffer that
 * it received, the packet has passed its checks. If a node makes a new packet from what it received,
 * the packet is followed if the node reports it (`explain-messages.ts`); else the journey continues
 * when the application's bytes are delivered. Journeys do not change the run.
 *
 * @module
 */
import type { RequestContent } from '../../engine/host/host.ts';
import type { LocateMessage, MessageObserver } from '../../engine/host/protocol.ts';
import {
  BIT_NS_PER_BYTE,
  type LinkDirectionView,
  type NetworkObserver,
} from '../../engine/net/direction-context.ts';
import { DROP_REASONS } from '../../engine/net/drop-reasons.ts';
import { claimedFlow, claimedSequence } from '../traffic/ground-truth.ts';
import { MessageTrails } from './explain-messages.ts';
import { durationText, groupDigits, type Journey, renderJourney } from './explain-text.ts';
import type { FollowedPacket, Recorder, RecorderParts } from './recorder.ts';

const NO_BYTES = new Uint8Array(0);
/** Largest number of lines of a journey, for a packet that loops. */
const LINES_MAX = 400;

/** One packet of a journey on the network. */
interface Track {
  readonly journey: Journey;
  /** A number that a packet made from this one inherits. */
  readonly trail: number;
  startedNs: number;
  arrivedNs: number;
  /** Bytes of the packet on its latest arrival at a node. */
  bytes: Uint8Array;
}

/** The packet that a node sent last, in case the node reports its message only afterwards. */
interface Offered {
  readonly direction: LinkDirectionView;
  readonly packet: number;
  /** Key of the message in the packet. */
  readonly key: number;
  isStarted: boolean;
}

/** The link on which a followed packet is sent, and how the node changed the packet. */
interface FollowedDeparture {
  readonly journey: Journey;
  readonly trail: number;
  readonly direction: LinkDirectionView;
  readonly text: string;
  readonly heldNs?: number | undefined;
}

/** Receives the text of the journeys, and each packet that a journey follows. */
export interface JourneyListener {
  /** Called with the text at the end of the run. */
  tell(text: string): void;
  /** Called for each packet of a journey when it is sent on a link or delivered. */
  reached(packet: FollowedPacket): void;
}

/** Makes the recorder that tells the journeys of the first `count` packets. */
export function recordJourneys(parts: RecorderParts, count: number, to: JourneyListener): Recorder {
  return new JourneyRecorder(parts, count, to);
}

class JourneyRecorder implements Recorder, NetworkObserver {
  readonly observer: NetworkObserver = this;
  readonly #parts: RecorderParts;
  readonly #listener: JourneyListener;
  readonly #count: number;
  readonly #protocols: ReadonlyMap<string, string>;
  readonly #journeys: Journey[] = [];
  /** The followed packets by their row in the packet table. */
  readonly #tracks = new Map<number, Track>();
  /** Journeys by flow and sequence number, which the delivered payload contains. */
  readonly #byTruth = new Map<string, Journey>();
  readonly #trails: MessageTrails;
  readonly #readers = new Map<string, LocateMessage | undefined>();
  #offered: Offered | undefined;
  /**
   * A drop that a node reported in this event and that no journey shows yet. Nodes do not say which
   * packet they dropped.
   */
  #untold: { readonly node: string; readonly reason: string; readonly event: number } | undefined;
  /** The journey of the request that a node is handling now. */
  #asked: Journey | undefined;
  /** The packet that arrived in the current event. */
  #arrived: Track | undefined;
  #arrivedBuffer: Uint8Array = NO_BYTES;
  #arrivedEvent = -1;

  #trailCount = 0;

  constructor(parts: RecorderParts, count: number, listener: JourneyListener) {
    this.#parts = parts;
    this.#count = count;
    this.#listener = listener;
    const { hosts } = parts.scenario.topology;
    this.#protocols = new Map(hosts.map(({ name, protocol }) => [name, protocol]));
    this.#trails = new MessageTrails({
      now: (): number => this.#now,
      asked: (): Journey | undefined => this.#asked,
      newTrail: (): number => this.#newTrail(),
      say: (journey, node, text): void => this.#say(journey, node, text),
      left: (key): void => this.#left(key),
      arrivedBytes: (): Uint8Array | undefined => this.#current?.bytes,
      dropReason: (node): string | undefined => this.#reasonOf(node),
    });
  }

  messagesOf(node: string): MessageObserver {
    return this.#trails.of(node);
  }

  requested(node: string, { kind, target, body }: RequestContent): void {
    const isMeasured = this.#now >= this.#parts.scenario.warmupNs;
    if (this.#journeys.length >= this.#count || !isMeasured) return;
    if (kind !== 'send' || claimedFlow(body) < 0) return;
    const number = this.#journeys.length + 1;
    const title = `Packet ${number} (sequence ${claimedSequence(body)}), ${node} to ${target}`;
    this.#asked = { title, atNs: this.#now, lines: [] };
    this.#journeys.push(this.#asked);
    this.#byTruth.set(truthName(body), this.#asked);
    this.#say(this.#asked, node, `its application sends ${bytesText(body.length)}`);
  }

  handled(): void {
    this.#asked = undefined;
  }

  onOffered(direction: LinkDirectionView, packet: number): void {
    const { table } = this.#parts.world.sim.network;
    const node = this.#nodeName(direction.fromNode);
    const bytes = table.view(packet);
    const key = this.#readerOf(node)?.(bytes)?.key;
    const told = key === undefined ? undefined : this.#trails.trailOf(key);
    if (key !== undefined && told === undefined) {
      this.#offered = { direction, packet, key, isStarted: false };
    }
    const track = this.#current;
    if (told !== undefined && key !== undefined) {
      this.#follow(packet, { ...this.#opened(key, told, bytes), direction });
    } else if (track !== undefined && table.buffers[packet] === this.#arrivedBuffer) {
      const { journey, trail, arrivedNs } = track;
      const text = `checks passed, ${changeText(track.bytes, bytes)}, sent on`;
      this.#follow(packet, { journey, trail, direction, text, heldNs: this.#now - arrivedNs });
    } else if (this.#asked !== undefined) {
      const text = `packed, ${bytesText(bytes.length)} to send`;
      const trail = this.#newTrail();
      this.#follow(packet, { journey: this.#asked, trail, direction, text });
    }
  }

  onStarted(direction: LinkDirectionView, packet: number): void {
    const track = this.#tracks.get(packet);
    if (track === undefined) {
      if (this.#offered?.packet === packet) this.#offered.isStarted = true;
      return;
    }
    const { table } = this.#parts.world.sim.network;
    const { overheadBytes, rateBps } = direction.pace;
    const bytes = (table.length[packet] ?? 0) + overheadBytes;
    const wireNs = Math.floor((bytes * BIT_NS_PER_BYTE) / rateBps);
    const waitedNs = this.#now - (table.offeredAt[packet] ?? this.#now);
    const queued = waitedNs > 0 ? `queued ${durationText(waitedNs)}, ` : '';
    const to = this.#nodeName(direction.toNode);
    track.startedNs = this.#now;
    const text = `${queued}${durationText(wireNs)} to serialise to ${to}`;
    this.#say(track.journey, this.#nodeName(direction.fromNode), text);
  }

  onDelivered(direction: LinkDirectionView, packet: number): void {
    const track = this.#tracks.get(packet);
    if (track === undefined) return;
    const { table } = this.#parts.world.sim.network;
    this.#tracks.delete(packet);
    track.bytes = new Uint8Array(table.view(packet));
    track.arrivedNs = this.#now;
    this.#arrived = track;
    this.#arrivedBuffer = table.buffers[packet] ?? NO_BYTES;
    this.#arrivedEvent = this.#event;
    const tookNs = this.#now - track.startedNs;
    this.#say(
      track.journey,
      this.#nodeName(direction.toNode),
      `arrived, ${durationText(tookNs)} on the link`,
    );
  }

  onDropped(direction: LinkDirectionView | undefined, packet: number, reason: number): void {
    const track = this.#tracks.get(packet);
    if (track === undefined) return;
    this.#tracks.delete(packet);
    const node = direction === undefined ? '' : this.#nodeName(direction.fromNode);
    this.#say(track.journey, node, `lost: ${DROP_REASONS[reason]}`);
  }

  delivered(node: string, _from: string, bytes: Uint8Array): void {
    const journey = this.#byTruth.get(truthName(bytes)) ?? this.#current?.journey;
    if (journey === undefined) return;
    this.#say(
      journey,
      node,
      `${this.#protocol(node)}: unpacked, ${bytesText(bytes.length)} inside`,
    );
    this.#say(journey, node, 'delivered to its application');
    const trail = this.#current?.trail;
    if (trail !== undefined) this.#listener.reached({ trail, node, bytes });
  }

  nodeDropped(node: string, reason: string): void {
    const journey = this.#current?.journey ?? this.#asked;
    if (journey !== undefined) this.#say(journey, node, `dropped: ${reason}`);
    else this.#untold = { node, reason, event: this.#event };
  }

  state(): void {
    // Nothing to do: a journey is about packets only.
  }

  spanned(): void {
    // Nothing to do: a journey is about packets only.
  }

  marked(): void {
    // Nothing to do: a journey is about packets only.
  }

  logged(): void {
    // Nothing to do: a journey is about packets only.
  }

  finish(): void {
    for (const [name, journey] of this.#byTruth) this.#conclude(name, journey);
    this.#listener.tell(this.#journeys.map(renderJourney).join('\n'));
  }

  /** The nodes that have an open message; empty if it is on a link. */
  #placesOf(flow: number, sequence: number): readonly string[] {
    const nodes = this.#parts.account?.positions?.(flow, sequence) ?? [];
    return nodes.length === 0 ? [''] : nodes;
  }

  /** Ends the journey of a message that never arrived, and adds the reason to it. */
  #conclude(name: string, journey: Journey): void {
    const [flow = 0, sequence = 0] = name.split(' ').map(Number);
    const fate = this.#parts.account?.fateOf(flow, sequence);
    if (fate === undefined) return;
    switch (fate.kind) {
      case 'delivered':
      case 'unaccounted':
        return;
      case 'open':
        for (const node of this.#placesOf(flow, sequence)) {
          this.#say(journey, node, 'open: the run ended before the message did');
        }
        return;
      case 'refused':
        this.#say(journey, '', `refused: ${fate.reason}`);
        return;
      case 'given-up':
      case 'lost': {
        const { reason, node, atNs } = fate.loss;
        const what = fate.kind === 'lost' ? 'lost' : 'given up';
        const line = { afterNs: atNs - journey.atNs, node, text: `${what}: ${reason}` };
        // The journey may already have a line for this drop; that line then says that this was the
        // last copy.
        const told = journey.lines.findIndex(
          (one) =>
            one.afterNs === line.afterNs && one.node === node && one.text === `dropped: ${reason}`,
        );
        if (told >= 0) journey.lines.splice(told, 1);
        journey.lines.push(line);
        // The lines are sorted by time, because copies of a retransmitted message may have added
        // later lines.
        journey.lines.sort((a, b) => a.afterNs - b.afterNs);
      }
    }
  }

  get #now(): number {
    return this.#parts.world.now();
  }

  /** The packet that the current event delivered. */
  get #current(): Track | undefined {
    return this.#arrivedEvent === this.#event ? this.#arrived : undefined;
  }

  get #event(): number {
    return this.#parts.world.sim.scheduler.eventCount;
  }

  /**
   * Called when a node reports the key under which a message of a journey leaves, before or after
   * sending it.
   */
  #left(key: number): void {
    const offered = this.#offered;
    const told = this.#trails.trailOf(key);
    if (offered?.key !== key || told === undefined) return;
    this.#offered = undefined;
    const { direction, packet, isStarted } = offered;
    const bytes = this.#parts.world.packetBytes(packet);
    this.#follow(packet, { ...this.#opened(key, told, bytes), direction });
    if (isStarted) this.onStarted(direction, packet);
  }

  /** Describes the packet that a node made from a message that it unwrapped, or that it created. */
  #opened(
    key: number,
    { journey, number: trail }: { readonly journey: Journey; readonly number: number },
    bytes: Uint8Array,
  ): Omit<FollowedDeparture, 'direction'> {
    const held = this.#trails.heldBack(key);
    if (held === undefined) {
      return { journey, trail, text: `packed, ${bytesText(bytes.length)} to send` };
    }
    const text = `${held.text}, ${changeText(held.bytes, bytes)}`;
    return { journey, trail, text, heldNs: held.heldNs };
  }

  #follow(row: number, { journey, trail, direction, text, heldNs }: FollowedDeparture): void {
    const node = this.#nodeName(direction.fromNode);
    this.#tracks.set(row, { journey, trail, startedNs: -1, arrivedNs: -1, bytes: NO_BYTES });
    this.#say(journey, node, `${this.#protocol(node)}: ${text}`);
    const bytes = this.#parts.world.packetBytes(row);
    this.#listener.reached({ trail, node, bytes, direction, row, heldNs });
  }

  #newTrail(): number {
    this.#trailCount += 1;
    return this.#trailCount - 1;
  }

  #reasonOf(node: string): string | undefined {
    const untold = this.#untold;
    return untold?.node === node && untold.event === this.#event ? untold.reason : undefined;
  }

  #readerOf(node: string): LocateMessage | undefined {
    if (this.#readers.has(node)) return this.#readers.get(node);
    const { scenario, readerOf } = this.#parts;
    const host = scenario.topology.hosts.find(({ name }) => name === node);
    const reader = host && readerOf?.(host);
    this.#readers.set(node, reader);
    return reader;
  }

  #nodeName(index: number): string {
    return this.#parts.world.hostName(index) ?? 'all on the segment';
  }

  #protocol(node: string): string {
    return this.#protocols.get(node) ?? 'node';
  }

  #say(journey: Journey, node: string, text: string): void {
    if (journey.lines.length >= LINES_MAX) return;
    journey.lines.push({ afterNs: this.#now - journey.atNs, node, text });
  }
}

function bytesText(count: number): string {
  return `${groupDigits(count)} B`;
}

/** A text on how a node changed a packet that it forwards. */
function changeText(before: Uint8Array, after: Uint8Array): string {
  if (before.length !== after.length) return `now ${bytesText(after.length)}`;
  let changed = 0;
  for (const [i, byte] of before.entries()) if (byte !== after[i]) changed += 1;
  return `${changed} B changed`;
}

/** Identifies an application's packet by flow and sequence number in its payload. */
function truthName(body: Uint8Array): string {
  return claimedFlow(body) < 0 ? '' : `${claimedFlow(body)} ${claimedSequence(body)}`;
}
