/**
 * Gateway: its measurements for the operator, in addition to the metrics of a run: counts by path
 * and peer, times, sizes, and the counts of the last minute. They are kept apart from the meter of
 * the host, so that reports of runs do not grow with the number of paths.
 *
 * In virtual time, the clock stands still during work. A measured time of 0 is not recorded,
 * because it would mean that work costs nothing.
 *
 * @module
 */
import { FRAME_TYPE, type FrameType } from '../geometry.ts';
import { MICROSECOND_BOUNDS, SECOND_BOUNDS, SIZE_BOUNDS, STEP_BOUNDS } from './bounds.ts';
import { BucketCounts } from './bucket-counts.ts';
import { LabelTable, makeCounts } from './label-table.ts';
import { LastMinute } from './last-minute.ts';

/**
 * The cryptography of every n-th frame is timed, n being this number. The number is prime, so that no regular
 * pattern of frames escapes the measurement.
 */
const TIMED_EVERY = 17;
const NS_PER_US = 1_000;
const NS_PER_S = 1e9;
const FRAME_NAMES = new Map<FrameType, string>(
  Object.entries(FRAME_TYPE).map(([name, type]) => [type, name]),
);

/** Drop reasons of packets that applications sent, but that never left the gateway. */
const UNSENT_REASONS: ReadonlySet<string> = new Set([
  ...['overload', 'no-path', 'lifetime-over', 'displaced', 'packet-too-large', 'packet-empty'],
  ...['no-session', 'key-exhausted', 'path-too-narrow'],
]);

/** The measurements of one peer. */
interface PeerProgress {
  /** Sequence number of the last data frame sent. */
  sent: number;
  /** The number of frames that the peer's latest report counts. */
  reported: number;
  /** Instant of the peer's latest report of further frames, ns; -1 before the first. */
  newsNs: number;
  /**
   * The fault that made the gateway leave a path; undefined once the peer has reported a frame that
   * was sent afterwards.
   */
  failover:
    | { readonly cause: string; readonly sinceNs: number; readonly after: number }
    | undefined;
}

/** A packet that an application handed over for sending. */
interface SentPacket {
  /** Id of the path in use. */
  readonly path: string | undefined;
  /** `ok`, or why it was refused. */
  readonly result: string;
  readonly bytes: number;
}

/** A switch of packets to another path. */
export interface PathChange {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly cause: string;
  readonly isFault: boolean;
}

/** The measurements of one gateway. */
export class GatewayMeasurements {
  readonly sent = makeCounts();
  readonly received = makeCounts();
  readonly discovered = makeCounts();
  readonly used = makeCounts();
  readonly failovers = makeCounts();
  readonly sealed = makeCounts();
  readonly opened = makeCounts();
  readonly datagramsSent = makeCounts();
  readonly datagramBytesSent = makeCounts();
  readonly datagramsReceived = makeCounts();
  readonly datagramBytesReceived = makeCounts();
  readonly datagramErrors = makeCounts();
  readonly queries = makeCounts();
  readonly processing = makeTimes(SECOND_BOUNDS);
  readonly sendTimes = makeTimes(SECOND_BOUNDS);
  readonly receiveTimes = makeTimes(SECOND_BOUNDS);
  readonly queryTimes = makeTimes(SECOND_BOUNDS);
  readonly sizes = makeTimes(SIZE_BOUNDS);
  readonly failoverTimes = makeTimes(SECOND_BOUNDS);
  readonly detectionTimes = makeTimes(SECOND_BOUNDS);
  readonly sealTimes = new BucketCounts(MICROSECOND_BOUNDS);
  readonly openTimes = new BucketCounts(MICROSECOND_BOUNDS);
  readonly checkTimes = new BucketCounts(MICROSECOND_BOUNDS);
  readonly reordering = new BucketCounts(STEP_BOUNDS);
  readonly lastMinute: LastMinute;
  sealedBytes = 0;
  openedBytes = 0;
  probeBytes = 0;
  keyRotations = 0;
  slides = 0;
  storeErrors = 0;
  /**
   * Measurements by the name of the peer; the names are those of gateways in the topology, so their
   * number is bounded.
   */
  readonly #peers = new Map<string, PeerProgress>();
  readonly #now: () => number;
  #turn = 0;
  /** The peer whose datagram is being read. */
  #readingFrom: string | undefined;

  constructor(now: () => number, hasReports: boolean) {
    this.#now = now;
    this.lastMinute = new LastMinute(hasReports);
  }

  /** The tables whose size depends on paths or peers, by the name of the metric. */
  get tables(): Readonly<Record<string, Pick<LabelTable<unknown>, 'folded'>>> {
    return {
      betanet_gateway_packets_sent_total: this.sent,
      betanet_gateway_packets_received_total: this.received,
      betanet_gateway_path_failovers_total: this.failovers,
      scion_paths_used_total: this.used,
      scion_path_queries_total: this.queries,
      scion_path_query_duration_seconds: this.queryTimes,
    };
  }

  /**
   * Records a packet of an application that was accepted, or refused for the reason `result`; work
   * on it began at `now`.
   */
  // hot: once per packet.
  packetSent(now: number, peer: string, { path, result, bytes }: SentPacket): void {
    this.sent.of(peer, path ?? 'none', result).add();
    this.#processed('send', this.sendTimes.of(peer), now);
    if (result !== 'ok') return;
    this.lastMinute.add('sent', now);
    this.sizes.of('sent').record(bytes);
  }

  /** Records a packet that was delivered to the application. */
  // hot: once per packet.
  packetDelivered(now: number, peer: string, path: string, bytes: number): void {
    this.received.of(peer, path, 'ok').add();
    this.lastMinute.add('delivered', now);
    this.sizes.of('received').record(bytes);
  }

  /** Records a SCION packet that came from a peer. */
  // hot: once per datagram.
  datagramReceived(peer: string, bytes: number): void {
    this.#readingFrom = peer;
    this.datagramsReceived.of(peer).add();
    this.datagramBytesReceived.of(peer).add(bytes);
  }

  /**
   * Records a drop that concerns a peer. A packet that did not leave will be missing at the peer,
   * so it counts as unsent.
   */
  dropped(now: number, reason: string): void {
    if (UNSENT_REASONS.has(reason)) this.lastMinute.add('unsent', now);
  }

  /** Records a data frame that has left. */
  // hot: once per data frame.
  frameSent(now: number, peer: string, sequence: number): void {
    this.lastMinute.add('frames', now);
    this.#progressOf(peer).sent = sequence;
  }

  /**
   * Records an accepted frame. `ahead` says how far its number is above the highest number so far
   * of the newest epoch; 0 for the first frame of an epoch.
   */
  // hot: once per frame.
  frameAccepted(ahead: number): void {
    if (ahead < 0) this.reordering.record(-ahead);
    else if (ahead > 0) this.slides += 1;
  }

  /**
   * Records a receiver report: the highest sequence number and the number of data frames that
   * arrived.
   */
  reported(
    now: number,
    peer: string,
    report: { readonly highest: number; readonly count: number },
  ): void {
    const progress = this.#progressOf(peer);
    // A smaller count shows that the peer was restarted, so it counts from 0 again.
    const news =
      report.count >= progress.reported ? report.count - progress.reported : report.count;
    progress.reported = report.count;
    if (news === 0) return;
    this.lastMinute.add('arrived', now, news);
    const { failover } = progress;
    if (failover !== undefined && report.highest > failover.after) {
      this.failoverTimes.of(failover.cause).record((now - failover.sinceNs) / NS_PER_S);
      progress.failover = undefined;
    }
    progress.newsNs = now;
  }

  /** Records that packets to a peer take another path. */
  switched(now: number, peer: string, { from, to, cause, isFault }: PathChange): void {
    if (to !== undefined) this.used.of(to, peer).add();
    if (!isFault) return;
    this.failovers.of(from ?? 'none', to ?? 'none', cause).add();
    const progress = this.#progressOf(peer);
    if (progress.newsNs < 0) return;
    const sinceNs = progress.failover?.sinceNs ?? progress.newsNs;
    this.detectionTimes.of(cause).record((now - sinceNs) / NS_PER_S);
    progress.failover ??= { cause, sinceNs, after: progress.sent };
  }

  /**
   * Records that a query for the paths to an AS, which began at `beganNs`, has found this number of
   * paths.
   */
  pathsFound(isdAs: string, paths: number, beganNs: number): void {
    this.queries.of(isdAs, paths > 0 ? 'ok' : 'no-path').add();
    this.queryTimes.of(isdAs).record((this.#now() - beganNs) / NS_PER_S);
  }

  /** Records the time that the gateway took to process the latest datagram, from `beganNs` on. */
  datagramEnded(beganNs: number): void {
    const times =
      this.#readingFrom === undefined ? undefined : this.receiveTimes.of(this.#readingFrom);
    this.#readingFrom = undefined;
    this.#processed('receive', times, beganNs);
  }

  #processed(operation: string, times: BucketCounts | undefined, beganNs: number): void {
    const seconds = (this.#now() - beganNs) / NS_PER_S;
    if (seconds <= 0) return;
    this.processing.of(operation).record(seconds);
    times?.record(seconds);
  }

  /**
   * Begins a timed piece of work. Returns the instant, ns; -1 if this piece of work is not timed.
   */
  // hot: twice or three times per frame.
  begin(): number {
    this.#turn = (this.#turn + 1) % TIMED_EVERY;
    return this.#turn === 0 ? this.#now() : -1;
  }

  /** Records a sealed frame. */
  // hot: once per frame.
  frameSealed(type: FrameType, bytes: number, beganNs: number): void {
    this.sealed.of(FRAME_NAMES.get(type) ?? 'other', 'ok').add();
    this.sealedBytes += bytes;
    this.#recordTime(this.sealTimes, beganNs);
  }

  /** Records an opened frame; `bytes` is negative if the frame is not authentic. */
  // hot: once per frame.
  frameOpened(type: FrameType, bytes: number, beganNs: number): void {
    const isAuthentic = bytes >= 0;
    this.opened.of(FRAME_NAMES.get(type) ?? 'other', isAuthentic ? 'ok' : 'bad-auth').add();
    if (isAuthentic) this.openedBytes += bytes;
    this.#recordTime(this.openTimes, beganNs);
  }

  /** Records that a replay window has judged a frame. */
  // hot: once per frame.
  frameChecked(beganNs: number): void {
    this.#recordTime(this.checkTimes, beganNs);
  }

  #recordTime(times: BucketCounts, beganNs: number): void {
    if (beganNs < 0) return;
    const ns = this.#now() - beganNs;
    if (ns > 0) times.record(ns / NS_PER_US);
  }

  #progressOf(peer: string): PeerProgress {
    const known = this.#peers.get(peer);
    if (known !== undefined) return known;
    const progress: PeerProgress = { sent: -1, reported: 0, newsNs: -1, failover: undefined };
    this.#peers.set(peer, progress);
    return progress;
  }
}

function makeTimes(bounds: readonly number[]): LabelTable<BucketCounts> {
  return new LabelTable(() => new BucketCounts(bounds));
}
