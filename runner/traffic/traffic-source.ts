/**
 * Traffic sources: they decide when an application sends, make the packets with their ground truth, and
 * pass them to the node as requests.
 *
 * Every flow has its own streams (`gap`, `body`), so adding or removing a flow changes no other
 * (docs/spec/random-streams.md). Sending is open loop: it never waits for the network, except with
 * `file`, which sends its next chunk when the node has accepted the previous one.
 *
 * @module
 */
import { openRandomStream, type RandomStream, type Seed } from '../../engine/core/stream.ts';
import type { SendWishes } from '../../engine/host/transport.ts';
import type { RequestWithReceiver } from '../../engine/net/inquiry.ts';
import type { IpFlow } from '../../engine/pure/ip-headers.ts';
import type { TrafficSpec } from '../../scenarios/model.ts';
import type { Undo, World } from '../world.ts';
import type { FlowMeter } from './flow-meter.ts';
import { type GroundTruth, TRUTH_BYTES, type TruthKind, TruthWriter } from './ground-truth.ts';
import { ipFlowOf } from './ip-headers.ts';

const NS_PER_SECOND = 1_000_000_000;
/** Time after which a rejected chunk of a file is offered again, ns. */
const CHUNK_RETRY_NS = 10_000_000;

/**
 * Largest number of requests that wait for a response; the response times of older requests are not
 * measured.
 */
const REQUESTS_MAX = 65_536;

/** The parts of the world that a flow needs. */
export interface FlowWorld extends Pick<World, 'at' | 'now' | 'rampNs'> {
  /** Like `World.request`; sources do not use the result. */
  request(node: string, inquiry: RequestWithReceiver, by?: string): unknown;
}

/** Options of a packet that differ from those of an ordinary one. */
interface Packet {
  readonly size?: number | undefined;
  readonly captured?: IpFlow | undefined;
  readonly done?: (outcome: string) => void;
}

/** Passes the packets of a source to its node. */
interface Asker {
  readonly meter: FlowMeter;
  readonly sequence: number;
  readonly sentNs: number;
  readonly done: ((outcome: string) => void) | undefined;
}

/** One packet passed to a node; a class instead of closures, because there is one per packet. */
class SendRequest implements RequestWithReceiver {
  readonly kind = 'send';
  readonly target: string;
  readonly body: Uint8Array;
  declare readonly wishes?: SendWishes;
  readonly #from: Asker;

  constructor({ to, wishes, routed }: TrafficSpec, body: Uint8Array, from: Asker) {
    this.target = routed === true ? '' : to;
    this.body = body;
    this.#from = from;
    if (wishes !== undefined) this.wishes = wishes;
  }

  respond(outcome: string): void {
    const { meter, sequence, sentNs, done } = this.#from;
    if (outcome !== 'ok') {
      meter.noteRefused(sentNs, outcome);
      meter.onRefused?.(sequence, outcome);
    }
    done?.(outcome);
  }
}

/** The random streams of one flow: for the gaps between its packets, and for their bodies. */
export interface FlowDraws {
  readonly index: number;
  readonly gaps: RandomStream;
  /** Writes packets with random bodies. */
  readonly writer: TruthWriter;
}

/**
 * Makes the draws of all flows of a run. Flows of one traffic entry have different instants but share
 * the pool of bodies.
 */
export class FlowDrawFactory {
  readonly #seed: Seed;
  readonly #crc32: ((bytes: Uint8Array) => number) | undefined;
  readonly #writers = new Map<string, TruthWriter>();

  constructor(seed: Seed, crc32?: (bytes: Uint8Array) => number) {
    this.#seed = seed;
    this.#crc32 = crc32;
  }

  /** The draws of flow `index`. */
  of(index: number, { streams = String(index) }: Pick<TrafficSpec, 'streams'> = {}): FlowDraws {
    const gaps = openRandomStream(this.#seed, `traffic/${streams}`, 'gap');
    const [entry = ''] = streams.split('/');
    const writer =
      this.#writers.get(entry) ??
      new TruthWriter(openRandomStream(this.#seed, `traffic/${entry}`, 'body'), this.#crc32);
    this.#writers.set(entry, writer);
    return { index, gaps, writer };
  }
}

/** One flow: its two ends, its meter, and the state of its source. */
export class Flow {
  readonly index: number;
  readonly spec: TrafficSpec;
  readonly meter: FlowMeter;
  nextSequence = 0;
  readonly #world: FlowWorld;
  readonly #writer: TruthWriter;
  readonly #gaps: RandomStream;
  readonly #truth: GroundTruth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };
  readonly #packet: Uint8Array;
  /** Addresses and ports of its IP packets; undefined if its packets are bare, or a capture gives them. */
  readonly #ip: IpFlow | undefined;
  readonly #requestNs = new Map<number, number>();
  /** The method as one bound function, so that no closure is made for each packet. */
  readonly #onTick = (): void => this.#tick();
  #isOn = true;
  #isFileSent = false;
  #isMuted = false;
  /**
   * The chunk of a file that was passed to the node and is not yet answered; each attempt has a new
   * object.
   */
  #offered: { readonly fromByte: number } | undefined;
  /**
   * Packets with lower sequence numbers have been counted as sent, so that a repeated chunk counts
   * once.
   */
  #counted = 0;
  #turnNs = 0;
  /** The fraction of a packet that the ramp has left over from the previous instant. */
  #ramped = 0;

  constructor(world: FlowWorld, spec: TrafficSpec, meter: FlowMeter, draws: FlowDraws) {
    this.#world = world;
    this.spec = spec;
    this.meter = meter;
    this.index = draws.index;
    this.#gaps = draws.gaps;
    this.#writer = draws.writer;
    this.#packet = new Uint8Array(spec.sizeBytes);
    this.#ip = spec.ip && ipFlowOf(spec.ip, draws.index);
  }

  /**
   * Schedules the first packet.
   * @param fromNs Packets that were due before this instant are not sent. It is later than the
   * flow's start if the host was restarted.
   */
  start(fromNs = 0): void {
    const { pattern } = this.spec;
    const startNs = Math.max(fromNs, this.spec.startNs);
    switch (pattern.kind) {
      case 'constant':
      case 'poisson':
      case 'request-response':
        this.#world.at(startNs + this.#gap(pattern), this.#onTick);
        return;
      case 'on-off':
        this.#turnNs = startNs + this.#exponential(pattern.onNs);
        this.#world.at(startNs + this.#gap(pattern), this.#onTick);
        return;
      case 'trace': {
        const due = pattern.atNs.findIndex((atNs) => this.spec.startNs + atNs >= fromNs);
        if (due >= 0) this.#scheduleTrace(due);
        return;
      }
      case 'file':
        this.#world.at(startNs, () => this.#chunk(0));
        return;
      default:
        pattern satisfies never;
    }
  }

  /** Nominal time between packets, ns; subtracted from failover gaps. */
  static spacingNs(spec: TrafficSpec): number {
    const { pattern } = spec;
    const hasRate = pattern.kind !== 'trace' && pattern.kind !== 'file';
    return hasRate ? Math.floor(NS_PER_SECOND / pattern.rate) : 0;
  }

  /** True once the node has accepted the last chunk of the file. */
  get isFileSent(): boolean {
    return this.#isFileSent;
  }

  /** When the request with this sequence number was sent, ns. */
  requestSentNs(sequence: number): number {
    return this.#requestNs.get(sequence) ?? this.#world.now();
  }

  /**
   * Duration of the file transfer, ns, once its last chunk has been delivered; empty before, and for
   * other flows.
   */
  transferNs(): number[] {
    const { pattern, startNs } = this.spec;
    if (pattern.kind !== 'file' || !this.isFileSent) return [];
    const { deliveredTotal, lastArrivalNs } = this.meter;
    return deliveredTotal === this.nextSequence ? [lastArrivalNs - startNs] : [];
  }

  /** Sends the response to a request that reached the receiver of this flow. */
  respond(sequence: number, bytes: number): void {
    const packet = new Uint8Array(bytes);
    this.#fill(packet, 'response', sequence);
    const { from, to, by, wishes } = this.spec;
    const respond = (): void => undefined;
    const response = { kind: 'send', target: from, body: packet, respond };
    this.#world.request(to, wishes === undefined ? response : { ...response, wishes }, by);
  }

  /**
   * Multiplies the rate by `times`, 2 or more, until undone. The additional packets are evenly spaced,
   * without random draws.
   * @returns undefined for files and traces, which have no rate.
   */
  burst(times: number): Undo | undefined {
    const spacingNs = Flow.spacingNs(this.spec);
    if (spacingNs === 0) return undefined;
    const gapNs = Math.max(1, Math.floor(spacingNs / (times - 1)));
    let isOver = false;
    const next = (): void => {
      const now = this.#world.now();
      if (isOver || now >= this.spec.stopNs || this.#isMuted) return;
      if (now >= this.spec.startNs && this.#isOn) this.#send(this.#kind);
      this.#world.at(now + gapNs, next);
    };
    this.#world.at(this.#world.now() + gapNs, next);
    return (): void => {
      isOver = true;
    };
  }

  /** Stops sending; requests that arrive are still answered. */
  mute(): void {
    this.#isMuted = true;
  }

  #tick(): void {
    const now = this.#world.now();
    if (now >= this.spec.stopNs || this.#isMuted) return;
    const { pattern } = this.spec;
    if (pattern.kind === 'on-off') this.#turn(now, pattern.onNs, pattern.offNs);
    if (this.#isOn && this.#isUpTo(now)) this.#send(this.#kind);
    this.#world.at(now + this.#gap(pattern), this.#onTick);
  }

  get #kind(): TruthKind {
    return this.spec.pattern.kind === 'request-response' ? 'request' : 'data';
  }

  /**
   * True if the source sends at this instant. In a live run, rates increase linearly while code is cold
   * (docs/spec/live.md#processes).
   */
  #isUpTo(now: number): boolean {
    const { rampNs = 0 } = this.#world;
    if (now >= rampNs) return true;
    this.#ramped += now / rampNs;
    if (this.#ramped < 1) return false;
    this.#ramped -= 1;
    return true;
  }

  #turn(now: number, onNs: number, offNs: number): void {
    while (now >= this.#turnNs) {
      this.#isOn = !this.#isOn;
      this.#turnNs += Math.max(1, this.#exponential(this.#isOn ? onNs : offNs));
    }
  }

  #scheduleTrace(position: number): void {
    const { pattern, startNs, stopNs } = this.spec;
    if (pattern.kind !== 'trace') return;
    const atNs = pattern.atNs[position];
    if (atNs === undefined || startNs + atNs >= stopNs) return;
    this.#world.at(startNs + atNs, () => {
      if (this.#isMuted) return;
      const { bytes, ip } = pattern;
      const captured = ip?.flows[ip.numbers[position] ?? -1];
      this.#send('data', { size: bytes[position], captured });
      this.#scheduleTrace(position + 1);
    });
  }

  #chunk(sentBytes: number): void {
    const { pattern } = this.spec;
    if (pattern.kind !== 'file') return;
    this.#isFileSent = sentBytes >= pattern.bytes;
    if (this.#isFileSent || this.#isMuted) return;
    const left = pattern.bytes - sentBytes;
    const size = Math.max(TRUTH_BYTES, Math.min(this.spec.sizeBytes, left));
    const now = this.#world.now();
    const offered = { fromByte: sentBytes };
    this.#offered = offered;
    const done = (outcome: string): void => {
      if (this.#offered !== offered) return;
      this.#offered = undefined;
      const isTaken = outcome === 'ok';
      // The rejected chunk is sent again with the same sequence number, so that no number is missing.
      if (!isTaken) this.nextSequence -= 1;
      const next = isTaken ? sentBytes + size : sentBytes;
      const delay = isTaken ? 0 : CHUNK_RETRY_NS;
      this.#world.at(Math.max(now, this.#world.now()) + delay, () => this.#chunk(next));
    };
    this.#send('data', { size, done });
  }

  /**
   * Called when the node that sends this flow was restarted, so that its last request will never be
   * answered.
   */
  nodeRestarted(): void {
    const { nextSequence } = this;
    const offered = this.#offered;
    if (offered === undefined) return;
    this.#offered = undefined;
    this.nextSequence = nextSequence - 1;
    this.#world.at(this.#world.now() + CHUNK_RETRY_NS, () => this.#chunk(offered.fromByte));
  }

  #send(kind: TruthKind, { size, captured, done }: Packet = {}): void {
    const packet = size === undefined ? this.#packet : new Uint8Array(size);
    const sequence = this.nextSequence;
    this.nextSequence += 1;
    const sentNs = this.#fill(packet, kind, sequence, captured);
    if (sequence >= this.#counted) this.noteSent(sequence, sentNs);
    this.#counted = Math.max(this.#counted, sequence + 1);
    const { from, by } = this.spec;
    const asker = { meter: this.meter, sequence, sentNs, done };
    this.#world.request(from, new SendRequest(this.spec, packet, asker), by);
  }

  /** Counts a packet that leaves the source, and stores the send time of a request. */
  protected noteSent(sequence: number, now: number): void {
    this.meter.sent(now);
    if (this.spec.pattern.kind !== 'request-response') return;
    this.#requestNs.set(sequence, now);
    if (this.#requestNs.size <= REQUESTS_MAX) return;
    const oldest = this.#requestNs.keys().next();
    if (!oldest.done) this.#requestNs.delete(oldest.value);
  }

  /** Writes a packet with its truth; returns the send time in it, ns. */
  #fill(packet: Uint8Array, kind: TruthKind, sequence: number, captured?: IpFlow): number {
    this.#truth.flow = this.index;
    this.#truth.kind = kind;
    this.#truth.sequence = sequence;
    this.#truth.sentNs = this.#world.now();
    if (captured !== undefined) this.#writer.writeCaptured(packet, captured, this.#truth);
    else if (this.#ip !== undefined) this.#writer.writeIp(packet, this.#ip, this.#truth);
    else this.#writer.write(packet, this.#truth);
    return this.#truth.sentNs;
  }

  #gap(pattern: TrafficSpec['pattern']): number {
    if (pattern.kind === 'trace' || pattern.kind === 'file') return 0;
    const mean = NS_PER_SECOND / pattern.rate;
    return pattern.kind === 'poisson' ? this.#exponential(mean) : Math.floor(mean + 0.5);
  }

  #exponential(meanNs: number): number {
    return Math.floor(this.#gaps.exponential(meanNs) + 0.5);
  }
}
