/**
 * Relays packets at mixes and providers: removes a layer of encryption, refuses replays, delays the
 * packet by the mixing strategy, and sends it on (docs/spec/mixnet.md, "Packets at a mix").
 *
 * State machine of one packet: received -> opened -> durable (its tag is on disk) -> waiting in the
 * mixing strategy -> sent. A packet that ends at this node is passed, after `durable`, to {@link
 * TerminalPacketHandler.ended}. With `unwrap: threads` worker threads open packets; all decisions
 * are made here.
 *
 * @module
 */

import type { Host } from '../../../engine/host/host.ts';
import type { Counter, Histogram } from '../../../engine/host/measure.ts';
import type { MessageObserver } from '../../../engine/host/protocol.ts';
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { Nanoseconds, Timer } from '../../../engine/host/time.ts';
import {
  type AcceptedPacket,
  completeUnwrap,
  type EpochKey,
  type NodeDropReason,
  PACKET_FORMAT_TRACE,
  type PacketFormat,
  packetFormatState,
  packetNumberOnLink,
  type ReceiveRules,
  type UnwrappedPacket,
} from '../../sphinx/index.ts';
import type { MixnetOptions } from '../config.ts';
import type { MixnetDropReason } from '../drops.ts';
import type { EpochClock } from '../epoch-clock.ts';
import { computeAcceptedDelayMsMax } from '../format.ts';
import { COMMAND_LENGTH, SEND_BATCH_PACKETS_MAX } from '../geometry.ts';
import { NodeRateLimiter } from '../limit.ts';
import { createMixingStrategy, type MixingOptions, type MixingStrategy } from '../mixing/index.ts';
import { MIXING_TRACE } from '../trace-states.ts';
import { readArrivalWindow } from '../windows.ts';
import type { FrameCodec } from '../wire.ts';
import type { HopDelayPolicy } from './delay-law.ts';
import type { KeyRing } from './key-ring.ts';
import { OtherEpochKeyCheck } from './other-epochs.ts';
import { PoolSizeTracer } from './pool-trace.ts';
import { QueueWatch } from './queue-watch.ts';
import type { ReplayGuardsByEpoch } from './replay-guards-by-epoch.ts';
import { UnwrapThreads } from './unwrap-threads.ts';

/** Longest time for which an {@link Opening} is used, ns. */
const RULES_NS_MAX = 1_000_000_000;

/** A packet that ends at this node: its last hop is this node. */
export type TerminalPacket = Exclude<UnwrappedPacket, { readonly kind: 'forward' }>;

/** Where packets from a certain sender may go: allowed next hops, and whether they may end here. */
export interface SenderRights {
  /** Returns the address of a next hop; undefined when packets must not go there. */
  next(nodeId: Uint8Array): Endpoint | undefined;
  /** Returns the reason why a next hop is not allowed, if the reason is not the topology. */
  nextRefused?(nodeId: Uint8Array): MixnetDropReason | undefined;
  /** Drop reason for packets from this sender that end here; undefined when they may. */
  readonly endRefused: MixnetDropReason | undefined;
}

/** Handles the packets that end at a node; mixes and providers do so differently. */
export interface TerminalPacketHandler {
  /**
   * Handles a packet that ends at this node; its arrays are valid during the call only.
   * @param key The number by which observers identify the packet.
   * @returns how the packet ended, for an observer, or why it is dropped.
   */
  ended(
    packet: TerminalPacket,
    key: number,
  ): 'delivered' | 'absorbed' | { readonly drop: MixnetDropReason };
}

/** The collaborators and settings of a {@link Relay}. */
export interface RelayParts {
  readonly host: Host;
  readonly observer: MessageObserver | undefined;
  readonly options: MixnetOptions;
  readonly format: PacketFormat;
  readonly codec: FrameCodec;
  readonly clock: EpochClock;
  readonly keys: KeyRing;
  readonly tags: ReplayGuardsByEpoch;
  readonly delays: HopDelayPolicy;
  readonly role: TerminalPacketHandler;
  /** Sends a frame and takes ownership of it; false when the socket is full. */
  send(frame: Uint8Array, to: Endpoint): boolean;
}

/** A packet inside this node. */
interface Held {
  readonly frame: Uint8Array;
  /** The bytes of the packet, as a view. */
  readonly packet: Uint8Array;
  readonly arrivedNs: Nanoseconds;
  readonly inKey: number;
  readonly isPooled: boolean;
  /** The next hop; absent for a packet that ends at this node. */
  to: Endpoint | undefined;
  delayNs: Nanoseconds;
  /** For stop-and-go mixing, the arrival window of the packet. */
  window: readonly [first: Nanoseconds, last: Nanoseconds] | undefined;
  /** Epoch of the key that opened the packet. */
  epoch: number;
  replayTag: Uint8Array | undefined;
  terminal: TerminalPacket | undefined;
  isOpened: boolean;
  isDurable: boolean;
  isGone: boolean;
}

/** The rules and keys with which packets are opened at a given instant. */
interface Opening {
  readonly rules: ReceiveRules;
  /** The same keys for worker threads; if absent, this thread opens the packets. */
  readonly setup: Uint8Array | undefined;
}

/** Relays the packets of one mix or provider. */
export class Relay {
  readonly #parts: RelayParts;
  readonly #mixing: MixingStrategy;
  readonly #limit: NodeRateLimiter | undefined;
  readonly #threads: UnwrapThreads;
  readonly #watch: QueueWatch;
  readonly #otherEpochs: OtherEpochKeyCheck;
  /** Absent when the run records no states. */
  readonly #poolTrace: PoolSizeTracer | undefined;
  readonly #received: Counter;
  readonly #dropped: Counter;
  readonly #forwarded: Counter;
  readonly #taken: Counter;
  readonly #hits: Counter;
  readonly #processing: Histogram;
  readonly #lateness: Histogram;
  /** Packets that wait in the mixing strategy, by their item number there. */
  readonly #waiting: (Held | undefined)[] = [];
  /** Unused item numbers below the length of `#waiting`, for reuse. */
  readonly #freeItems: number[] = [];
  /** The packet being opened. */
  #held: Held | undefined;
  /** The rights of the sender of `#held`. */
  #origin: SenderRights | undefined;
  /** Why `#held` is refused, if it is. */
  #refusal: MixnetDropReason | undefined;
  #knownOpening: Opening | undefined;
  #rulesUntilNs: Nanoseconds = 0;
  #rulesVersion = -1;
  #inside = 0;
  #pooled = 0;
  #warmed: Uint8Array | undefined;
  #timer: Timer | undefined;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    const { host, options } = parts;
    const { meter } = host;
    this.#mixing = createMixingStrategy(options.mixing, host.random('mixing'));
    this.#limit = options.limit && new NodeRateLimiter(options.limit);
    this.#threads = new UnwrapThreads(host);
    this.#watch = new QueueWatch(Math.min(options.queue, options.mixing.queueLimit));
    this.#otherEpochs = new OtherEpochKeyCheck(parts);
    this.#poolTrace = host.trace.isRecorded ? new PoolSizeTracer(host) : undefined;
    this.#received = meter.counter('mix.received');
    this.#dropped = meter.counter('mix.dropped');
    this.#forwarded = meter.counter('mix.forwarded');
    this.#taken = meter.counter('mix.pool.taken');
    this.#hits = meter.counter('mix.pool.hits');
    this.#processing = meter.histogram('mix.processing');
    this.#lateness = meter.histogram('mix.lateness');
  }

  /** Number of packets inside this node, those in worker threads included. */
  get size(): number {
    return this.#inside;
  }

  /** Sets the mean delay of a document; loads the keys of its epoch into worker threads. */
  setMean(meanNs: Nanoseconds): void {
    this.#watch.setMean(meanHere(this.#parts.options.mixing, meanNs));
    const { setup } = this.#opening();
    if (setup === undefined || setup === this.#warmed) return;
    this.#warmed = setup;
    this.#threads.warm(setup);
  }

  /** Starts relaying; sets the timer at once, since timed batches flush without arrivals. */
  start(): void {
    const { format, host, options } = this.#parts;
    host.trace.state(MIXING_TRACE.machine, MIXING_TRACE.state.write(options.mixing));
    const packets = packetFormatState(format.name, format.geometry);
    host.trace.state(PACKET_FORMAT_TRACE.machine, PACKET_FORMAT_TRACE.state.write(packets));
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#threads.stop();
  }

  /** Counts and drops a datagram that is rejected before its packet is examined. */
  refuse(reason: MixnetDropReason): void {
    this.#received.add(1);
    this.#drop(reason);
  }

  /** Counts and drops a packet that is rejected before it is opened. */
  refusePacket(packet: Uint8Array, reason: MixnetDropReason): void {
    const { observer } = this.#parts;
    observer?.arrived(packetNumberOnLink(packet));
    this.refuse(reason);
    observer?.ended(packetNumberOnLink(packet), 'dropped');
  }

  /**
   * Receives a packet.
   * @param packet A view of the datagram; the relay copies the bytes.
   * @param origin What packets from this sender may do.
   */
  receive(packet: Uint8Array, origin: SenderRights): void {
    const { host, codec, observer } = this.#parts;
    const begunNs = host.now();
    const warning = this.#watch.arrived(begunNs);
    if (warning !== undefined) host.log.warn(warning);
    const refusal = this.#refusalNow(begunNs);
    if (refusal !== undefined) {
      this.refusePacket(packet, refusal);
      return;
    }
    this.#received.add(1);
    const held = this.#hold(host.alloc(codec.length), packet, begunNs);
    observer?.arrived(held.inKey);
    this.#open(held, origin);
  }

  #refusalNow(now: Nanoseconds): MixnetDropReason | undefined {
    if (this.#inside >= this.#parts.options.queue) return 'queue-full';
    if (this.#threads.isFull) return 'unwrap-queue-full';
    return this.#limit?.refuses(now) === true ? 'rate-limited' : undefined;
  }

  #hold(frame: Uint8Array, packet: Uint8Array, arrivedNs: Nanoseconds): Held {
    this.#parts.codec.encodePacket(frame, packet);
    this.#inside += 1;
    this.#poolTrace?.arrived(this.#inside);
    this.#taken.add(1);
    const isPooled = this.#pooled < this.#parts.options.pool;
    if (isPooled) {
      this.#pooled += 1;
      this.#hits.add(1);
    }
    return {
      frame,
      packet: frame.subarray(COMMAND_LENGTH, this.#parts.codec.length),
      arrivedNs,
      inKey: packetNumberOnLink(packet),
      isPooled,
      to: undefined,
      delayNs: 0,
      window: undefined,
      epoch: 0,
      replayTag: undefined,
      terminal: undefined,
      isOpened: false,
      isDurable: false,
      isGone: false,
    };
  }

  // hot: once per packet; the same rules serve all packets and refer to the current one.
  #open(held: Held, origin: SenderRights): void {
    const { packet } = held;
    const { rules, setup } = this.#opening();
    if (setup === undefined) {
      this.#lookAt(held, origin);
      this.#settle(held, origin, this.#parts.format.receive(rules, packet));
      return;
    }
    // A thread returns the index of a key in this setup, so newer rules must not be used then.
    this.#threads.run(setup, packet, (output) => {
      this.#lookAt(held, origin);
      if (output === undefined) this.#discard(held, 'unwrap-failed');
      else this.#settle(held, origin, completeUnwrap(rules, output));
    });
  }

  #lookAt(held: Held, origin: SenderRights): void {
    this.#held = held;
    this.#origin = origin;
    this.#refusal = undefined;
  }

  #settle(held: Held, origin: SenderRights, opened: ReturnType<typeof completeUnwrap>): void {
    if (!('drop' in opened)) this.#judge(held, origin, opened);
    else this.#discard(held, this.#nameOf(opened.drop, held.packet));
    this.#processing.record(this.#parts.host.now() - held.arrivedNs);
  }

  /** Returns a more precise drop reason for a refused tag or next hop, and another epoch. */
  #nameOf(drop: NodeDropReason, packet: Uint8Array): MixnetDropReason {
    if (drop === 'mac-mismatch' && this.#otherEpochs.knows(packet)) return 'epoch-unknown';
    return drop === 'replay' || drop === 'next-hop-invalid' ? (this.#refusal ?? drop) : drop;
  }

  /** Returns the rules and keys for now: the latest ones, unless outdated by time or new keys. */
  #opening(): Opening {
    const { keys, host } = this.#parts;
    const now = host.now();
    const known = this.#knownOpening;
    const holds = now < this.#rulesUntilNs && keys.version === this.#rulesVersion;
    return known !== undefined && holds ? known : this.#makeOpening(now);
  }

  #makeOpening(now: Nanoseconds): Opening {
    const { keys, clock } = this.#parts;
    const instant = clock.now();
    const rules: ReceiveRules = {
      keys: keys.trial(instant).map(({ epoch, key }) => this.#epochKey(epoch, key)),
      delayMsMax: computeAcceptedDelayMsMax(clock.lengthNs),
      isNextHop: (nodeId) => this.#isNextHop(nodeId),
    };
    const opening = { rules, setup: keys.setup(instant) };
    this.#knownOpening = opening;
    this.#rulesVersion = keys.version;
    // The limit RULES_NS_MAX makes a change of the calendar clock take effect within a second.
    this.#rulesUntilNs = now + Math.min(keys.trialLasts(instant), RULES_NS_MAX);
    return opening;
  }

  #epochKey(epoch: number, key: EpochKey['key']): EpochKey {
    return {
      key,
      enterTag: (tag): boolean => {
        const held = this.#held;
        if (held === undefined) return false;
        held.epoch = epoch;
        // While a thread had the packet, its key and the replay tags under that key were erased: a
        // replay could no longer be detected.
        if (!this.#parts.keys.has(epoch)) {
          this.#refusal = 'epoch-unknown';
          return false;
        }
        this.#refusal = this.#parts.tags.enter(epoch, tag, (error) => this.#synced(held, error));
        return this.#refusal === undefined;
      },
    };
  }

  #isNextHop(nodeId: Uint8Array): boolean {
    const to = this.#origin?.next(nodeId);
    if (this.#held !== undefined) this.#held.to = to;
    if (to === undefined) this.#refusal = this.#origin?.nextRefused?.(nodeId);
    return to !== undefined;
  }

  #judge(held: Held, { endRefused }: SenderRights, { unwrapped, delayMs }: AcceptedPacket): void {
    const isEnd = unwrapped.kind !== 'forward';
    if (isEnd && endRefused !== undefined) {
      this.#discard(held, endRefused);
      return;
    }
    if (isEnd) held.terminal = unwrapped;
    else {
      held.delayNs = this.#parts.delays.delayNs(held.epoch, unwrapped.replayTag, delayMs);
      held.replayTag = unwrapped.replayTag;
      held.window = readArrivalWindow(unwrapped.commands, this.#parts.host);
    }
    held.isOpened = true;
    if (held.isDurable) this.#admit(held);
  }

  /**
   * Called when a packet's tag is on disk or could not be written. Only a packet whose tag is on
   * disk may be forwarded (docs/spec/mixnet.md, Replay protection).
   */
  #synced(held: Held, error: string | undefined): void {
    if (error !== undefined) {
      this.#discard(held, 'replay-log-failed');
      return;
    }
    held.isDurable = true;
    if (held.isOpened) this.#admit(held);
  }

  #admit(held: Held): void {
    if (held.isGone) return;
    if (held.terminal === undefined) this.#mix(held);
    else this.#finish(held, held.terminal);
  }

  #finish(held: Held, terminal: TerminalPacket): void {
    const how = this.#parts.role.ended(terminal, held.inKey);
    if (typeof how === 'object') {
      this.#discard(held, how.drop);
      return;
    }
    this.#parts.observer?.ended(held.inKey, how);
    this.#let(held);
    this.#parts.host.release(held.frame);
  }

  #mix(held: Held): void {
    const now = this.#parts.host.now();
    const item = this.#freeItems.pop() ?? this.#waiting.length;
    // Time that the packet has already waited counts towards its delay.
    const askedNs = Math.max(0, held.delayNs - (now - held.arrivedNs));
    const delayNs = askedNs + (this.#limit?.waitNs(now) ?? 0);
    const { window, arrivedNs } = held;
    const asked = window === undefined ? { delayNs } : { delayNs, window, arrivedNs };
    const refused = this.#mixing.put(item, now, asked);
    this.#waiting[item] = held;
    if (refused !== undefined) {
      this.#leaving(item);
      this.#discard(held, refused);
      return;
    }
    this.#arm();
  }

  /** Sends the packets that are due, at most 16 per wake-up. */
  #depart(): void {
    const now = this.#parts.host.now();
    const items = this.#mixing.take(now, SEND_BATCH_PACKETS_MAX);
    for (let index = 0; index < items.length; index++) {
      const lateNs = this.#mixing.lateNs[index] ?? 0;
      this.#lateness.record(lateNs);
      this.#parts.delays.late(lateNs);
      const held = this.#leaving(items[index] as number);
      if (held !== undefined) this.#forward(held);
    }
    for (const item of this.#mixing.expired) {
      const held = this.#leaving(item);
      if (held !== undefined) this.#discard(held, 'scheduler-deadline-blown');
    }
    this.#arm();
  }

  #leaving(item: number): Held | undefined {
    const held = this.#waiting[item];
    this.#waiting[item] = undefined;
    this.#freeItems.push(item);
    return held;
  }

  #forward(held: Held): void {
    const { frame, packet, inKey, to } = held;
    const outKey = packetNumberOnLink(packet);
    this.#let(held);
    if (to === undefined || !this.#parts.send(frame, to)) {
      this.#drop('outgoing-queue-full');
      this.#parts.observer?.ended(inKey, 'dropped');
      return;
    }
    if (held.replayTag !== undefined) this.#parts.delays.departed(held.epoch, held.replayTag);
    this.#forwarded.add(1);
    this.#parts.observer?.departed(inKey, outKey);
  }

  #discard(held: Held, reason: MixnetDropReason): void {
    if (held.isGone) return;
    this.#drop(reason);
    this.#parts.observer?.ended(held.inKey, 'dropped');
    this.#let(held);
    this.#parts.host.release(held.frame);
  }

  /** Records that a packet has left this node or was dropped. */
  #let(held: Held): void {
    held.isGone = true;
    this.#inside -= 1;
    this.#poolTrace?.left(this.#inside);
    if (held.isPooled) this.#pooled -= 1;
  }

  #drop(reason: MixnetDropReason): void {
    this.#dropped.add(1);
    this.#parts.host.drop(reason);
  }

  #arm(): void {
    const at = this.#mixing.nextAt();
    if (at === undefined) {
      this.#timer?.cancel();
      return;
    }
    const delay = Math.max(0, at - this.#parts.host.now());
    if (this.#timer === undefined)
      this.#timer = this.#parts.host.after(delay, () => this.#depart());
    else this.#timer.rearm(delay);
  }
}

/** Returns the mean delay of a packet at a mix, ns; 0 if it depends on the rate of packets. */
function meanHere(mixing: MixingOptions, askedNs: Nanoseconds): Nanoseconds {
  if ('maxDelay' in mixing) return askedNs;
  return mixing.strategy === 'uniform' || mixing.strategy === 'constant' ? mixing.mean : 0;
}
