/**
 * Traces what the drawings of one peer need: the quality of each path, the replay window as bits,
 * the steps of the handshake, routes and the segments they are made of.
 *
 * It exists only while a trace is recorded; it sets no timer and draws no random numbers, so that a
 * run is the same with and without it. The states are declared in `trace-states.ts`.
 *
 * @module
 */
import { PATH_LINKS_TRACE, PATH_QUALITY_TRACE, PEER_QUEUE_TRACE } from '../_kit/path-states.ts';
import type { KeyedTraceState } from '../_kit/trace-state.ts';
import {
  asSequenceOfPath,
  asSequenceOfSegment,
  ROUTE_TRACE,
  SEGMENTS_TRACE,
  type SegmentRole,
  type SegmentSet,
  type TracedSegment,
} from '../scion/index.ts';
import { planShare } from './multipath/strategy.ts';
import type { ExplainedPath, PathController } from './multipath/types.ts';
import type { PacketRoutes } from './packet-routes.ts';
import type { PeerOutput } from './peer-output.ts';
import type { Session } from './session.ts';
import {
  ACCUSED_PATH_TRACE,
  CANDIDATE_TRACE,
  HANDSHAKE_TRACE,
  type HandshakeStep,
  SENDING_TRACE,
  TRACED_WINDOW_BITS_MAX,
  WINDOW_TRACE,
} from './trace-states.ts';
import type { GatewayPath } from './underlay/path-directory.ts';
import type { FrameHeader } from './wire.ts';

/** Smallest interval between traces of the quality, unless health or choice changes, ns. */
const QUALITY_EVERY_NS = 100_000_000;
/** Smallest interval between traces of the window, ns. */
const WINDOW_EVERY_NS = 500_000_000;
/** Smallest interval between traces of the queue length, unless the queue is empty, ns. */
const QUEUE_EVERY_NS = 20_000_000;
const NS_PER_US = 1000;
/**
 * Largest number of routes, and of segments per role, that are traced: more than a drawing can
 * show.
 */
const LISTED_MAX = 32;

/** Writes the traces about one peer. */
export class PeerTraceWriter {
  readonly #output: Pick<PeerOutput, 'perform'>;
  readonly #peer: string;
  readonly #windowBits: number;
  readonly #told = new Map<string, string>();
  #qualityNs = Number.NEGATIVE_INFINITY;
  #windowNs = Number.NEGATIVE_INFINITY;
  #queueNs = Number.NEGATIVE_INFINITY;
  /** True if the queue length traced last is 0. */
  #isQueueEmpty = false;
  #epoch = -1;
  #highest = -1;
  #handshake = { epoch: 0, sendings: 0, steps: new Map<HandshakeStep, number>() };

  /** @param windowBits Size of the replay window, bits. */
  constructor(output: Pick<PeerOutput, 'perform'>, peer: string, windowBits: number) {
    this.#output = output;
    this.#peer = peer;
    this.#windowBits = windowBits;
  }

  /** Called when a frame was accepted. */
  accepted(now: number, { epoch, sequence }: FrameHeader, session: Session): void {
    if (epoch > this.#epoch) {
      this.#epoch = epoch;
      this.#highest = sequence;
    } else if (epoch === this.#epoch && sequence > this.#highest) this.#highest = sequence;
    if (now - this.#windowNs < WINDOW_EVERY_NS) return;
    this.#windowNs = now;
    const highest = this.#highest;
    const bits = Math.min(this.#windowBits, TRACED_WINDOW_BITS_MAX);
    const seen = Array.from(
      { length: bits },
      (_, back) => back <= highest && session.hasSeen(this.#epoch, highest - back),
    );
    const peer = this.#peer;
    this.#tell(
      WINDOW_TRACE,
      { peer },
      { highest, epoch: this.#epoch, size: this.#windowBits, seen },
    );
  }

  /** Traces the quality of the paths; `isNews`: the health or the choice of a path changed. */
  measured(
    now: number,
    controller: Pick<PathController, 'explain'>,
    routes: Pick<PacketRoutes, 'at' | 'planned' | 'describe'>,
    isNews: boolean,
  ): void {
    if (!isNews && now - this.#qualityNs < QUALITY_EVERY_NS) return;
    this.#qualityNs = now;
    this.#tell(SENDING_TRACE, { peer: this.#peer }, routes.describe());
    for (const [index, path] of controller.explain(now).entries()) {
      const { health, role, rttNs, jitterNs, loss, isAccused } = path;
      const known = routes.at(index)?.path;
      if (known === undefined) continue;
      const key = { path: known.name, peer: this.#peer };
      this.#tellCandidate(key, path, { ...known, share: planShare(routes.planned, index) });
      if (isAccused || this.#told.has(ACCUSED_PATH_TRACE.machine.write(key))) {
        this.#tell(ACCUSED_PATH_TRACE, key, { isAccused: isAccused ? 'yes' : 'no' });
      }
      const rttUs = rttNs < 0 ? null : Math.round(rttNs / NS_PER_US);
      const jitterUs = Math.round(jitterNs / NS_PER_US);
      this.#tell(PATH_QUALITY_TRACE, key, { health, role, rttUs, jitterUs, loss });
    }
  }

  /** `waiting` packets wait for keys or a path; at most `max` may wait. */
  waiting(now: number, waiting: number, max: number): void {
    // hot: asked after each datagram, and mostly nothing waits.
    if (waiting === 0 && this.#isQueueEmpty) return;
    if (waiting > 0 && now - this.#queueNs < QUEUE_EVERY_NS) return;
    this.#queueNs = now;
    this.#isQueueEmpty = waiting === 0;
    this.#tell(PEER_QUEUE_TRACE, { peer: this.#peer }, { waiting, max });
  }

  /** Called after a path lookup. */
  found(paths: readonly GatewayPath[], segments: SegmentSet | undefined): void {
    for (const { name, path, linkIds } of paths.slice(0, LISTED_MAX)) {
      const key = { path: name, peer: this.#peer };
      this.#tell(ROUTE_TRACE, key, asSequenceOfPath(path));
      this.#tell(PATH_LINKS_TRACE, key, linkIds);
    }
    if (segments === undefined) return;
    const { ups, cores, downs } = segments;
    const listed = [
      ...tracedSegments('up', ups),
      ...tracedSegments('core', cores),
      ...tracedSegments('down', downs),
    ];
    this.#tell(SEGMENTS_TRACE, { peer: this.#peer }, listed);
  }

  /** Called when the handshake has reached a new step. */
  stepped(now: number, step: HandshakeStep, epoch: number): void {
    const { steps, sendings } = this.#handshake;
    const isRepeated = step === 'opening-sent' && steps.has(step) && !steps.has('answer-received');
    const isFirst = step === 'opening-sent' || step === 'opening-received';
    // An opening is repeated until it is answered: the latest transmission counts.
    if (isFirst) {
      this.#handshake = { epoch, sendings: isRepeated ? sendings : 0, steps: new Map() };
    }
    if (step === 'opening-sent') this.#handshake.sendings += 1;
    this.#handshake.epoch = epoch;
    this.#handshake.steps.set(step, now);
    this.#tell(HANDSHAKE_TRACE, { peer: this.#peer }, this.#handshake);
  }

  #tellCandidate(
    key: { readonly path: string; readonly peer: string },
    { reason, baseRttNs, hops, mtu, expiresAt, queueGrowthNs }: ExplainedPath,
    { source, isRevoked, share }: GatewayPath & { readonly share: number },
  ): void {
    this.#tell(CANDIDATE_TRACE, key, {
      ...{ reason, hops, mtu, expiresNs: Math.max(0, expiresAt), source },
      baseRttUs: baseRttNs < 0 ? null : Math.round(baseRttNs / NS_PER_US),
      revoked: isRevoked ? 'yes' : 'no',
      ...{ share: Math.round(100 * share), queueUs: Math.round(queueGrowthNs / NS_PER_US) },
    });
  }

  #tell<Key, Value>(kind: KeyedTraceState<Key, Value>, key: Key, value: Value): void {
    const machine = kind.machine.write(key);
    const text = kind.state.write(value);
    if (this.#told.get(machine) === text) return;
    this.#told.set(machine, text);
    this.#output.perform({ kind: 'state', machine, state: text });
  }
}

function tracedSegments(role: SegmentRole, segments: SegmentSet['ups']): readonly TracedSegment[] {
  return segments
    .slice(0, LISTED_MAX)
    .map((segment) => ({ role, walk: asSequenceOfSegment(segment) }));
}
