/**
 * The sending half of a stream: queue, window, loss recovery and timeout (docs/spec/stream-model.md).
 *
 * Limited by the congestion window in segments and by the right edge of the peer's window in bytes.
 * Knows neither ports nor handshakes nor handlers.
 *
 * @module
 */
import type { Timer } from '../../host/time.ts';
import { ByteRing } from './byte-ring.ts';
import { SegmentCongestionWindow } from './congestion.ts';
import { RetransmissionTimeout } from './retransmission-timeout.ts';
import { NO_SEGMENT, Scoreboard, type SegmentObserver } from './scoreboard.ts';
import type { Segment } from './segment.ts';
import { SEGMENTS_IN_FLIGHT_MAX, type StreamOptions } from './stream-options.ts';

/** What the sending half needs from its stream. */
export interface SenderOutlet {
  now(): number;
  after(delayNs: number, fire: () => void): Timer;
  /** Sends a segment; its bytes are read from the sender's queue with `copyBytes`. */
  sendData(segment: OutgoingSegment): void;
  /** Called when there was no answer for too long. */
  onUnanswered(): void;
}

/** A segment to send. Reused: read it during the call. */
export interface OutgoingSegment {
  sequence: number;
  /** Bytes of payload in the segment. */
  length: number;
  /** Number of this transmission; 0 for a probe of a closed window. */
  transmission: number;
  isFin: boolean;
}

/** The sending half of a stream: queue, window, loss recovery and timeout. */
export class StreamSender implements SegmentObserver {
  readonly timeout = new RetransmissionTimeout();
  readonly congestion: SegmentCongestionWindow;
  /** Largest payload of a segment, bytes. */
  segmentBytes: number;
  /** False until the handshake has ended: nothing leaves before. */
  isOpen = false;
  private readonly outlet: SenderOutlet;
  private readonly options: StreamOptions;
  private readonly queue = new ByteRing();
  private readonly board = new Scoreboard(this);
  private readonly outgoing: OutgoingSegment;
  private timer: Timer | undefined;
  /** Positions after the last byte that was written, after the last one sent, and after the last one acknowledged. */
  private written = 0;
  private next = 0;
  private acknowledged = 0;
  /** Position after the last byte that the peer's window admits. */
  private edge = 0;
  private nextTransmission = 1;
  /** True after {@link end}: nothing more can be written. */
  private isEnded = false;
  private isFinSent = false;
  /** True while only the congestion window keeps segments from being sent. */
  private isHeldByCongestion = false;
  /**
   * True if a segment must be sent again immediately, regardless of the window (RFC 6675 section 5,
   * 4.3).
   */
  private isRepairDue = false;
  /** Number of timeouts since the last answer. */
  private unanswered = 0;
  private isFull = false;

  constructor(outlet: SenderOutlet, options: StreamOptions) {
    this.outlet = outlet;
    this.options = options;
    this.segmentBytes = options.segmentBytes;
    this.congestion = new SegmentCongestionWindow(options.initialWindow);
    this.outgoing = { sequence: 0, length: 0, transmission: 0, isFin: false };
  }

  /** Bytes waiting to be sent for the first time. */
  get unsentBytes(): number {
    return this.written - Math.min(this.next, this.written);
  }

  /** Bytes kept because they have not been acknowledged. */
  get queuedBytes(): number {
    return this.written - Math.min(this.acknowledged, this.written);
  }

  /** True when the peer has acknowledged our FIN. */
  get isFinished(): boolean {
    return this.isFinSent && this.acknowledged > this.written;
  }

  /** Begins to send, because the handshake has succeeded; `window` is the peer's first window, bytes. */
  open(window: number): void {
    this.isOpen = true;
    this.edge = window;
    this.pump();
  }

  /**
   * Appends a copy; false if the queue is above its limit ({@link takeDrain} reports when it has
   * room again).
   */
  write(bytes: Uint8Array): boolean {
    if (this.isEnded) return true;
    this.queue.put(this.written, bytes, 0, bytes.length);
    this.written += bytes.length;
    this.pump();
    this.isFull = this.isFull || this.unsentBytes > this.options.sendLimitBytes;
    return !this.isFull;
  }

  /** Sends FIN after everything that was written. */
  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.pump();
  }

  /** True once after the queue was full and has room again. */
  takeDrain(): boolean {
    if (!this.isFull || this.unsentBytes * 2 > this.options.sendLimitBytes) return false;
    this.isFull = false;
    return !this.isEnded;
  }

  /** Reads queued bytes. */
  copyBytes(sequence: number, length: number, target: Uint8Array, offset: number): void {
    this.queue.copy(sequence, length, target, offset);
  }

  // hot: once per acknowledgement.
  /** Processes an acknowledgement, unless it is for bytes that were never sent. */
  onAck(ack: Segment): void {
    const { board } = this;
    if (ack.sequence > this.next || ack.transmission >= this.nextTransmission) return;
    this.unanswered = 0;
    const before = board.count;
    const waitingBefore = board.inFlight;
    if (ack.transmission > 0) this.takeSample(board.answered(ack.transmission));
    if (ack.blockEnd > ack.blockStart) board.arrivedBlock(ack.blockStart, ack.blockEnd);
    if (ack.sequence > this.acknowledged) {
      board.arrivedBefore(ack.sequence);
      this.acknowledged = ack.sequence;
      this.queue.discard(Math.min(board.firstSequence ?? ack.sequence, this.written));
    }
    board.detectLosses();
    this.edge = Math.max(this.edge, ack.sequence + ack.window);
    const hasProgress = board.count < before || board.inFlight < waitingBefore;
    this.pump();
    this.settleTimer(hasProgress || (before === 0 && board.count > 0));
  }

  /** Implements {@link SegmentObserver}. */
  onArrived(): void {
    // The window grows only while it is used up: otherwise an answer shows nothing of the path (RFC 9002 section 7.8).
    if (this.isHeldByCongestion) this.congestion.acknowledged();
  }

  /** Implements {@link SegmentObserver}. */
  onLost(transmission: number): void {
    const isReduced = this.congestion.lost(transmission, this.nextTransmission);
    if (isReduced) this.isRepairDue = true;
  }

  /** Stops permanently and frees the queue. */
  close(): void {
    this.isOpen = false;
    this.isEnded = true;
    this.timer?.cancel();
    this.board.clear();
    this.queue.clear();
  }

  /** Sends as much as the windows allow. */
  private pump(): void {
    if (!this.isOpen) return;
    const { board, congestion } = this;
    this.isHeldByCongestion = false;
    if (this.isRepairDue && board.nextLost !== NO_SEGMENT) this.sendAgain(board.nextLost);
    this.isRepairDue = false;
    while (board.inFlight + 1 <= congestion.window) {
      const lost = board.nextLost;
      if (lost !== NO_SEGMENT) {
        this.sendAgain(lost);
        continue;
      }
      const isSent = board.count < SEGMENTS_IN_FLIGHT_MAX && this.sendNew();
      if (isSent) continue;
      this.settleTimer(false);
      return;
    }
    this.isHeldByCongestion = true;
    this.settleTimer(false);
  }

  private sendAgain(segment: number): void {
    const { board, outgoing } = this;
    outgoing.sequence = board.sequenceOf(segment);
    outgoing.isFin = outgoing.sequence === this.written && this.isFinSent;
    outgoing.length = outgoing.isFin ? 0 : board.lengthOf(segment);
    outgoing.transmission = this.nextTransmission;
    board.repeat(segment, this.nextTransmission, this.outlet.now());
    this.nextTransmission += 1;
    this.outlet.sendData(outgoing);
  }

  /** Sends bytes, or FIN, for the first time; false if there is nothing to send or no room. */
  private sendNew(): boolean {
    const length = this.newLength();
    const isFin = length === 0 && this.isEnded && !this.isFinSent && this.next === this.written;
    if (length === 0 && !isFin) return false;
    const { outgoing } = this;
    outgoing.sequence = this.next;
    outgoing.length = length;
    outgoing.isFin = isFin;
    outgoing.transmission = this.nextTransmission;
    // FIN takes one position after the last byte, so that it is acknowledged like a byte.
    const positions = isFin ? 1 : length;
    this.board.add(this.next, positions, this.nextTransmission, this.outlet.now());
    this.nextTransmission += 1;
    this.next += positions;
    if (isFin) this.isFinSent = true;
    this.outlet.sendData(outgoing);
    return true;
  }

  private newLength(): number {
    const available = this.written - this.next;
    if (available <= 0) return 0;
    const wanted = Math.min(this.segmentBytes, available);
    const room = this.edge - this.next;
    if (room >= wanted) return wanted;
    // RFC 1122 4.2.3.4: a small window does not cause a small segment, unless nothing is under way that would open it.
    return this.board.count === 0 ? Math.max(0, room) : 0;
  }

  private takeSample(sentAt: number): void {
    if (sentAt >= 0) this.timeout.sample(this.outlet.now() - sentAt);
  }

  /** Starts (5.1), stops (5.2), or restarts (5.3, when something new has arrived) the timer of RFC 6298 section 5. */
  private settleTimer(isRestart: boolean): void {
    const isProbing = this.board.count === 0 && this.unsentBytes > 0;
    if (this.board.count === 0 && !isProbing) {
      this.timer?.cancel();
      return;
    }
    if (this.timer?.isPending === true && !isRestart) return;
    const delay = this.timeout.ns;
    if (this.timer === undefined) this.timer = this.outlet.after(delay, () => this.expire());
    else this.timer.rearm(delay);
  }

  private expire(): void {
    this.unanswered += 1;
    if (this.unanswered > this.options.unansweredMax) {
      this.outlet.onUnanswered();
      return;
    }
    this.timeout.backOff();
    if (this.board.count === 0) this.probe();
    else {
      this.congestion.timedOut(this.nextTransmission);
      this.board.loseAll();
      this.pump();
    }
    this.settleTimer(false);
  }

  /** Probes a closed window (RFC 1122 4.2.2.17). */
  private probe(): void {
    const { outgoing } = this;
    outgoing.sequence = this.next;
    outgoing.length = 0;
    outgoing.isFin = false;
    outgoing.transmission = 0;
    this.outlet.sendData(outgoing);
  }
}
