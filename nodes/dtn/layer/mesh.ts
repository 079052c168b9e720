/**
 * A radio mesh of small frames, each with a fragment or a repair of a message. Every node relays each
 * frame once, after a random wait and with a certain probability, until its TTL is used up. A state
 * machine.
 *
 * Frames are neither acknowledged nor authenticated.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { MESH_QUEUE_FRAMES_MAX } from '../geometry.ts';
import { MeshReassembler } from './mesh-assembly.ts';
import { MeshFriends } from './mesh-friends.ts';
import type { MeshProfile } from './mesh-profile.ts';
import {
  blockFragmentRange,
  fragmentAt,
  fragmentCount,
  fragmentIndicesInRow,
  type RepairParameters,
  repairRowCount,
  repairRowData,
} from './mesh-repair.ts';
import { decodeMeshFrame, encodeMeshFrame, type MeshFrame } from './mesh-wire.ts';

/** A link to a neighbour. */
export interface MeshLink {
  readonly id: string;
  /** Number of the node at the other end. */
  readonly peer: number;
}

/** What a {@link MeshRelay} is made from: node number, links, rules and random streams. */
export interface MeshRelayParameters {
  readonly own: number;
  readonly profile: MeshProfile;
  readonly links: readonly MeshLink[];
  /** Time that a frame takes on the slowest link, ns; own frames leave at intervals of at least this. */
  readonly paceNs: number;
  /** Number of the first message; random, so that messages from before a crash have other numbers. */
  readonly firstMessage: number;
  /** Random streams for the decision whether to relay, and for the wait before. */
  readonly relays: Random;
  readonly waits: Random;
}

/** Why a frame is dropped. */
export type MeshDropReason =
  | 'mesh-bad-frame'
  | 'mesh-assemblies-full'
  | 'mesh-queue-full'
  | 'mesh-asleep'
  | 'mesh-too-long';

/** Events that a mesh node handles. */
export type MeshInput =
  | { readonly kind: 'send'; readonly target: number; readonly message: Uint8Array }
  /** A frame of a neighbour; the machine may keep its bytes, so the caller must not reuse them. */
  | { readonly kind: 'frame'; readonly link: string; readonly bytes: Uint8Array }
  | { readonly kind: 'way'; readonly link: string; readonly way: PeerReachability };

/** Actions that the radio mesh asks of its node. */
export type MeshEffect =
  | { readonly kind: 'transmit'; readonly link: string; readonly bytes: Uint8Array }
  | { readonly kind: 'message'; readonly origin: number; readonly message: Uint8Array }
  | { readonly kind: 'repaired'; readonly fragments: number }
  | { readonly kind: 'drop'; readonly reason: MeshDropReason };

/** A frame that waits to be sent. */
interface Waiting {
  readonly frame: MeshFrame;
  /** Link on which the frame came; undefined for own frames. */
  readonly from: string | undefined;
  isCancelled: boolean;
}

interface Known {
  readonly untilNs: Nanoseconds;
  /** The frame's entry in the queue of frames to relay; undefined if the frame is not relayed. */
  readonly waiting: Waiting | undefined;
}

/** The state machine of one mesh node: sends messages as fragments, relays frames, and reassembles messages. */
export class MeshRelay implements StateMachine<MeshInput, MeshEffect> {
  readonly #facts: MeshRelayParameters;
  readonly #form: RepairParameters;
  readonly #assemblies: MeshReassembler;
  readonly #friends: MeshFriends;
  /** Frames that were sent or received here, by their fields, oldest first. */
  readonly #known = new Map<string, Known>();
  readonly #queue = new DeadlineHeap<Waiting>();
  readonly #closed = new Set<string>();
  #message: number;
  /** When the last queued own frame leaves. */
  #freeNs: Nanoseconds = 0;
  #effects: MeshEffect[] = [];

  constructor(facts: MeshRelayParameters) {
    const { profile } = facts;
    const { frameBytes, headBytes, blockFragments, repair } = profile;
    this.#facts = facts;
    this.#form = { dataBytes: frameBytes - headBytes, blockFragments, repair };
    this.#assemblies = new MeshReassembler(this.#form, profile);
    this.#friends = new MeshFriends(profile);
    this.#message = facts.firstMessage;
  }

  /** Number of incomplete messages. */
  get assembling(): number {
    return this.#assemblies.size;
  }

  /** Number of remembered frames. */
  get known(): number {
    return this.#known.size;
  }

  /** Number of frames that wait to be sent. */
  get waiting(): number {
    return this.#queue.size;
  }

  step(now: Nanoseconds, input: MeshInput | TimerDue): readonly MeshEffect[] {
    this.#effects = [];
    switch (input.kind) {
      case 'send':
        this.#send(now, input.target, input.message);
        break;
      case 'frame':
        this.#receive(now, input.link, input.bytes);
        break;
      case 'way':
        this.#turn(now, input.link, input.way);
        break;
      case 'timer':
    }
    for (let due = this.#queue.takeDue(now); due; due = this.#queue.takeDue(now)) {
      if (!due.isCancelled) this.#leave(now, due);
    }
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    return this.#queue.nextAt ?? Number.POSITIVE_INFINITY;
  }

  #send(now: Nanoseconds, target: number, message: Uint8Array): void {
    const { own, profile, paceNs, links } = this.#facts;
    const frames = this.#framesOf(message);
    const isLong = message.length === 0 || message.length > profile.messageBytes;
    if (isLong || this.#queue.size + frames.length > MESH_QUEUE_FRAMES_MAX) {
      this.#drop(isLong ? 'mesh-too-long' : 'mesh-queue-full');
      return;
    }
    const ttl = links.length >= profile.denseLinks ? profile.denseTtl : profile.ttl;
    const number = this.#message;
    this.#message = (number + 1) % 2 ** 32;
    const total = fragmentCount(message.length, this.#form);
    for (const part of frames) {
      const frame = { ...part, ttl, origin: own, target, message: number, total };
      this.#remember(now, keyOf(frame), undefined);
      this.#queue.add(Math.max(now, this.#freeNs), { frame, from: undefined, isCancelled: false });
      this.#freeNs = Math.max(now, this.#freeNs) + paceNs;
    }
  }

  /** All frames of a message: for each block its fragments, and then its repairs. */
  #framesOf(
    message: Uint8Array,
  ): readonly Omit<MeshFrame, 'ttl' | 'origin' | 'target' | 'message' | 'total'>[] {
    const form = this.#form;
    const { length } = message;
    const total = fragmentCount(length, form);
    const frames = [];
    for (let block = 0; block * form.blockFragments < total; block += 1) {
      const bounds = blockFragmentRange(block, total, form);
      for (let index = bounds[0]; index < bounds[1]; index += 1) {
        const data = fragmentAt(message, index, form);
        frames.push({ kind: 'fragment', index, row: 0, rows: 0, length, data } as const);
      }
      const rows = repairRowCount(bounds[1] - bounds[0], form);
      for (let row = 0; row < rows; row += 1) {
        const covered = fragmentIndicesInRow(row, rows, bounds).map((at) =>
          fragmentAt(message, at, form),
        );
        const data = repairRowData(covered, form.dataBytes);
        frames.push({ kind: 'repair', index: block, row, rows, length, data } as const);
      }
    }
    return frames;
  }

  #receive(now: Nanoseconds, link: string, bytes: Uint8Array): void {
    const { own, profile } = this.#facts;
    const frame =
      bytes.length <= profile.frameBytes ? decodeMeshFrame(bytes, profile.headBytes) : undefined;
    if (frame === undefined || frame.ttl > profile.ttl) {
      this.#drop('mesh-bad-frame');
      return;
    }
    this.#friends.heard(now, link);
    const key = keyOf(frame);
    const known = this.#known.get(key);
    if (known !== undefined && known.untilNs > now) {
      if (profile.isSuppressed && known.waiting !== undefined) known.waiting.isCancelled = true;
      return;
    }
    if (frame.target === own) {
      this.#remember(now, key, undefined);
      this.#assemble(now, frame);
    } else this.#remember(now, key, this.#relay(now, link, frame));
  }

  #assemble(now: Nanoseconds, frame: MeshFrame): void {
    const outcome = this.#assemblies.take(now, frame);
    if (outcome.kind === 'bad') this.#drop('mesh-bad-frame');
    if (outcome.kind === 'full') this.#drop('mesh-assemblies-full');
    if (outcome.kind !== 'message') return;
    const { message, repaired } = outcome;
    if (repaired > 0) this.#effects.push({ kind: 'repaired', fragments: repaired });
    this.#effects.push({ kind: 'message', origin: frame.origin, message });
  }

  /** Decides whether to relay a frame. @returns the frame's entry in the queue; undefined if it is not relayed. */
  #relay(now: Nanoseconds, link: string, frame: MeshFrame): Waiting | undefined {
    const { profile, relays, waits, links } = this.#facts;
    const isDense = links.length >= profile.denseLinks;
    const ttl = Math.min(frame.ttl - 1, isDense ? profile.denseTtl : frame.ttl);
    if (ttl === 0 || !relays.chance(profile.relay)) return undefined;
    if (this.#queue.size >= MESH_QUEUE_FRAMES_MAX) {
      this.#drop('mesh-queue-full');
      return undefined;
    }
    const [leastNs, mostNs] = profile.jitterNs;
    const waitNs = leastNs + waits.below(mostNs - leastNs + 1);
    const waiting = { frame: { ...frame, ttl }, from: link, isCancelled: false };
    this.#queue.add(now + waitNs, waiting);
    return waiting;
  }

  #leave(now: Nanoseconds, { frame, from }: Waiting): void {
    const { links, profile } = this.#facts;
    const bytes = encodeMeshFrame(frame, profile.headBytes);
    for (const { id, peer } of links) {
      if (id === from || peer === frame.origin) continue;
      if (!this.#closed.has(id)) this.#effects.push({ kind: 'transmit', link: id, bytes });
      else if (peer === frame.target) {
        const message = `${frame.origin} ${frame.message}`;
        const isKept = this.#friends.keep(now, id, { message, frame: bytes });
        if (!isKept) this.#drop('mesh-asleep');
      }
    }
  }

  #turn(now: Nanoseconds, link: string, way: PeerReachability): void {
    if (way === 'closed') {
      this.#closed.add(link);
      return;
    }
    this.#closed.delete(link);
    this.#friends.heard(now, link);
    for (const bytes of this.#friends.taken(now, link)) {
      this.#effects.push({ kind: 'transmit', link, bytes });
    }
  }

  #remember(now: Nanoseconds, key: string, waiting: Waiting | undefined): void {
    const { knownMax, knownNs } = this.#facts.profile;
    this.#known.delete(key);
    this.#known.set(key, { untilNs: now + knownNs, waiting });
    for (const [oldest, { untilNs }] of this.#known) {
      if (untilNs > now && this.#known.size <= knownMax) return;
      this.#known.delete(oldest);
    }
  }

  #drop(reason: MeshDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }
}

function keyOf({ kind, origin, message, index, row }: MeshFrame): string {
  return `${kind} ${origin} ${message} ${index} ${row}`;
}
