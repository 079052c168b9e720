/**
 * One simulated stream: the handshake, the two halves, half-close, reset, and the calls of its
 * owner's handlers (engine/host/stream.ts; docs/spec/stream-model.md).
 *
 * Handlers are never called from within a call of the owner: handlers that such a call causes run later, in an event
 * of their own. The segment format is in segment.ts; stream-address.ts passes segments to streams.
 *
 * @module
 */
import type { Endpoint, SendResult } from '../../host/socket.ts';
import type { Stream, StreamError, StreamHandlers, StreamTlsOptions } from '../../host/stream.ts';
import type { Timer } from '../../host/time.ts';
import { StreamReceiver } from './receiver.ts';
import { TlsModel, type TlsModelOutlet } from './secure-layer.ts';
import { ACK, DATA, emptySegment, RESET, type Segment, SYN, SYN_ACK } from './segment.ts';
import { type OutgoingSegment, type SenderOutlet, StreamSender } from './sender.ts';
import type {
  HostStream,
  SimStreamContext,
  StreamIdentity,
  StreamPhase,
} from './stream-carrier.ts';
import {
  DELAYED_ACK_NS,
  HANDSHAKE_RETRIES,
  HANDSHAKE_RETRY_NS,
  QUEUE_BYTES_MAX,
} from './stream-options.ts';

/** Called once: without an error when the stream is open, else with the reason why it is not. */
export type OpenedHandler = (error?: StreamError) => void;

const RECORD_CHUNK_BYTES = 16_384;
const NO_DEADLINE = Number.POSITIVE_INFINITY;
/** A header to fill; segments are encoded immediately. */
const header = emptySegment();

/** One simulated stream: handshake, both halves, half-close and reset. */
export class SimStream implements Stream, HostStream, SenderOutlet, TlsModelOutlet {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly identity: StreamIdentity;
  phase: StreamPhase;
  lingerUntil = 0;
  private readonly carrier: SimStreamContext;
  private readonly onOpened: OpenedHandler;
  private readonly sender: StreamSender;
  private readonly receiver: StreamReceiver;
  private handlers: StreamHandlers | undefined;
  private secureLayer: TlsModel | undefined;
  private handshakeTimer: Timer | undefined;
  private acknowledgeTimer: Timer | undefined;
  private handshakeTries = 0;
  private handshakeSentNs = 0;
  private deadlineNs = NO_DEADLINE;
  /** Number of in-order segments that have not been acknowledged yet (delayed acknowledgements). */
  private unacknowledged = 0;
  private lastTransmission = 0;
  /** Right edge of the window last announced to the peer. */
  private announcedEdge = 0;
  private isPaused = false;
  private isDelivering = false;
  private isEndTold = false;
  private failure: StreamError | undefined;

  constructor(
    carrier: SimStreamContext,
    identity: StreamIdentity,
    phase: 'connecting' | 'accepting',
    onOpened: OpenedHandler,
  ) {
    this.carrier = carrier;
    this.identity = identity;
    this.local = identity.local;
    this.remote = identity.remote;
    this.phase = phase;
    this.onOpened = onOpened;
    this.sender = new StreamSender(this, carrier.options);
    this.receiver = new StreamReceiver(carrier.options.receiveBufferBytes);
  }

  /** Starts the handshake; a connecting stream gives up after `timeoutNs`. */
  begin(segmentBytes: number, timeoutNs: number): void {
    this.sender.segmentBytes = segmentBytes;
    if (this.phase === 'connecting') this.deadlineNs = this.now() + timeoutNs;
    this.sendHandshake();
  }

  handle(handlers: StreamHandlers): void {
    this.handlers = handlers;
    if (this.receiver.readyBytes > 0 || this.receiver.isFinReached) this.later(() => this.resume());
  }

  write(bytes: Uint8Array): SendResult {
    if (this.phase !== 'open') return 'sent';
    const hasRoom = this.secureLayer?.write(bytes) ?? this.sender.write(bytes);
    const queued = this.sender.queuedBytes + (this.secureLayer?.waitingBytes ?? 0);
    if (queued > QUEUE_BYTES_MAX) this.reset();
    return hasRoom ? 'sent' : 'full';
  }

  end(): void {
    if (this.phase !== 'open') return;
    if (this.secureLayer === undefined) this.sender.end();
    else this.secureLayer.end();
  }

  reset(): void {
    if (this.phase !== 'open') return;
    this.sendControl(RESET);
    this.failure = this.secureLayer?.isHandshaking === true ? 'secure-failed' : undefined;
    this.vanish();
    this.later(() => this.notifyClosed());
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (!isPaused && this.phase === 'open') this.later(() => this.resume());
  }

  secure(options: StreamTlsOptions, done: (error?: StreamError) => void): void {
    if (this.phase !== 'open' || this.secureLayer !== undefined) {
      this.later(() => done('secure-failed'));
      return;
    }
    this.secureLayer = new TlsModel(this, options, done);
    this.secureLayer.begin();
  }

  // hot: once per segment.
  onSegment(segment: Segment, buffer: Uint8Array, offset: number, length: number): void {
    const { kind } = segment;
    if (this.phase === 'accepting' && (kind === DATA || kind === ACK)) this.opened(segment);
    if (kind === DATA) this.onData(segment, buffer, offset, length);
    else if (kind === ACK) this.onAck(segment);
    else if (kind === SYN_ACK) this.onSynAck(segment);
    else if (kind === RESET) this.onReset();
    else if (this.phase === 'accepting') this.sendControl(SYN_ACK);
  }

  abandon(): void {
    this.phase = 'gone';
    this.handlers = undefined;
    this.sender.close();
    this.receiver.clear();
  }

  /** Implements {@link SenderOutlet}. */
  now(): number {
    return this.carrier.host.now();
  }

  /** Implements {@link SenderOutlet}. */
  after(delayNs: number, fire: () => void): Timer {
    return this.carrier.host.after(delayNs, fire);
  }

  /** Implements {@link SenderOutlet}. */
  sendData(segment: OutgoingSegment): void {
    header.kind = DATA;
    header.isFin = segment.isFin;
    header.sequence = segment.sequence;
    header.transmission = segment.transmission;
    header.blockStart = 0;
    header.blockEnd = 0;
    header.window = this.receiver.window;
    this.carrier.transmit(this.identity, header, segment.length, this.sender);
  }

  /** Implements {@link SenderOutlet}. */
  onUnanswered(): void {
    this.fail('timeout');
  }

  /** Implements {@link TlsModelOutlet}. */
  writeRaw(bytes: Uint8Array): boolean {
    return this.sender.write(bytes);
  }

  /** Implements {@link TlsModelOutlet}. */
  endRaw(): void {
    this.sender.end();
  }

  /** Implements {@link TlsModelOutlet}. */
  get canDeliver(): boolean {
    return this.phase === 'open' && this.handlers !== undefined && !this.isPaused;
  }

  /** Implements {@link TlsModelOutlet}. */
  deliver(buffer: Uint8Array, offset: number, length: number): void {
    this.handlers?.onData(buffer, offset, length);
  }

  /** Implements {@link TlsModelOutlet}. */
  later(call: () => void): void {
    this.carrier.host.after(0, call);
  }

  /** Implements {@link TlsModelOutlet}. */
  drained(): void {
    this.handlers?.onDrain?.();
  }

  /** Implements {@link TlsModelOutlet}. */
  randomWord(): number {
    return this.carrier.host.random('stream/secure').u32();
  }

  /** Implements {@link TlsModelOutlet}. */
  failSecure(): void {
    if (this.phase !== 'open') return;
    this.sendControl(RESET);
    this.fail('secure-failed');
  }

  private opened(segment: Segment): void {
    const { timeout } = this.sender;
    if (this.handshakeTries === 1) timeout.sample(this.now() - this.handshakeSentNs);
    else timeout.handshakeRepeated();
    this.handshakeTimer?.cancel();
    const isClient = this.phase === 'connecting';
    this.phase = 'open';
    if (isClient) this.acknowledge();
    const { window } = segment;
    this.onOpened();
    if (this.isIn('open')) this.sender.open(window);
  }

  /**
   * Compares the phase in a function, because a handler may have changed it, while the compiler
   * would assume that it has not changed.
   */
  private isIn(phase: StreamPhase): boolean {
    return this.phase === phase;
  }

  private onSynAck(segment: Segment): void {
    if (this.phase === 'open') this.acknowledge();
    if (this.phase !== 'connecting') return;
    if (segment.segmentBytes > 0) {
      this.sender.segmentBytes = Math.min(this.sender.segmentBytes, segment.segmentBytes);
    }
    this.opened(segment);
  }

  private onReset(): void {
    if (this.phase === 'lingering') this.vanish();
    else this.fail(this.phase === 'connecting' ? 'refused' : 'reset');
  }

  private onAck(segment: Segment): void {
    if (this.phase !== 'open') return;
    this.sender.onAck(segment);
    if (this.sender.takeDrain()) this.handlers?.onDrain?.();
    this.closeWhenDone();
  }

  // hot: once per segment with bytes.
  private onData(segment: Segment, buffer: Uint8Array, offset: number, length: number): void {
    if (this.phase === 'connecting' || this.phase === 'gone') return;
    const { receiver } = this;
    const { sequence, isFin } = segment;
    this.lastTransmission = segment.transmission;
    const wasInOrder = sequence === receiver.next && length > 0;
    if (this.phase === 'open') this.take(sequence, buffer, offset, length);
    if (isFin) receiver.acceptFin(sequence + length);
    const isPlain = wasInOrder && !isFin && receiver.blockEnd === receiver.blockStart;
    if (this.phase === 'open') this.tellEnd();
    if (this.isIn('gone')) return;
    this.unacknowledged += 1;
    const isDue = this.unacknowledged >= this.carrier.options.acknowledgeEvery;
    if (isDue || !isPlain) this.acknowledge();
    else this.acknowledgeLater();
    this.closeWhenDone();
  }

  private take(sequence: number, buffer: Uint8Array, offset: number, length: number): void {
    const { receiver } = this;
    if (length === 0) {
      receiver.accept(sequence, buffer, offset, 0);
    } else if (this.isTaking && receiver.isNext(sequence) && !receiver.isFinReached) {
      receiver.pass(length);
      this.isDelivering = true;
      this.hand(buffer, offset, length);
      this.isDelivering = false;
    } else {
      receiver.accept(sequence, buffer, offset, length);
      this.deliverStored();
    }
  }

  /**
   * True when received bytes may be passed to the owner now; a handshake of TLS takes them even if the owner is paused.
   */
  private get isTaking(): boolean {
    if (this.phase !== 'open' || this.isDelivering) return false;
    if (this.secureLayer?.isHandshaking === true) return true;
    return this.handlers !== undefined && !this.isPaused;
  }

  private hand(buffer: Uint8Array, offset: number, length: number): void {
    const { secureLayer } = this;
    if (secureLayer === undefined) this.handlers?.onData(buffer, offset, length);
    else secureLayer.receive(buffer, offset, length);
  }

  private deliverStored(): void {
    const { receiver } = this;
    const { store } = receiver;
    while (this.isTaking && receiver.readyBytes > 0) {
      const from = receiver.consumed;
      const limit = Math.min(receiver.readyBytes, RECORD_CHUNK_BYTES);
      const length = store.runLength(from, from + limit);
      this.isDelivering = true;
      this.hand(store.bytes, store.indexOf(from), length);
      this.isDelivering = false;
      receiver.consume(length);
    }
  }

  private resume(): void {
    if (this.phase !== 'open') return;
    if (!this.isPaused) this.secureLayer?.resume();
    this.deliverStored();
    this.tellEnd();
    if (!this.isIn('open')) return;
    const { receiver } = this;
    const gain = receiver.next + receiver.window - this.announcedEdge;
    const { receiveBufferBytes } = this.carrier.options;
    // RFC 1122 4.2.3.3: a wider window is announced when it has grown by two segments or half the buffer.
    const worth = Math.min(2 * this.sender.segmentBytes, Math.ceil(receiveBufferBytes / 2));
    if (gain >= worth) this.restateWindow();
    this.closeWhenDone();
  }

  private restateWindow(): void {
    this.lastTransmission = 0;
    this.acknowledge();
  }

  private tellEnd(): void {
    const { receiver, secureLayer } = this;
    if (this.isEndTold || !receiver.isFinReached || receiver.readyBytes > 0) return;
    if (secureLayer?.isHandshaking === true) {
      secureLayer.refuse();
      return;
    }
    if (!this.canDeliver || secureLayer?.waiting === 'record') return;
    if (secureLayer?.waiting === 'part') {
      this.failSecure();
      return;
    }
    this.isEndTold = true;
    this.handlers?.onEnd?.();
  }

  private closeWhenDone(): void {
    if (this.phase !== 'open' || !this.isEndTold || !this.sender.isFinished) return;
    this.phase = 'lingering';
    this.release();
    this.carrier.linger(this);
    this.notifyClosed();
  }

  private fail(error: StreamError): void {
    if (this.phase === 'gone') return;
    const hasOpened = this.phase === 'open';
    this.failure = this.secureLayer?.isHandshaking === true ? 'secure-failed' : error;
    this.vanish();
    if (hasOpened) this.notifyClosed();
    else this.onOpened(error);
  }

  /** Calls the owner's handlers for the last time. */
  private notifyClosed(): void {
    this.secureLayer?.cut();
    this.handlers?.onClose?.(this.failure);
    this.handlers = undefined;
  }

  private vanish(): void {
    this.phase = 'gone';
    this.release();
    this.carrier.forget(this);
  }

  private release(): void {
    this.handshakeTimer?.cancel();
    this.acknowledgeTimer?.cancel();
    this.sender.close();
    this.receiver.clear();
  }

  /** Sends SYN or SYN/ACK, and again after 1 s, 2 s and 4 s. */
  private sendHandshake(): void {
    const now = this.now();
    if (now >= this.deadlineNs) {
      this.fail('timeout');
      return;
    }
    const isClient = this.phase === 'connecting';
    const mayRepeat = this.handshakeTries <= HANDSHAKE_RETRIES;
    if (!mayRepeat && !isClient) {
      this.vanish();
      return;
    }
    if (mayRepeat) this.sendControl(isClient ? SYN : SYN_ACK);
    this.handshakeSentNs = now;
    const interval = HANDSHAKE_RETRY_NS * 2 ** this.handshakeTries;
    this.handshakeTries += 1;
    const delay = Math.min(interval, this.deadlineNs - now);
    this.handshakeTimer = this.after(delay, () => this.sendHandshake());
  }

  private sendControl(kind: number): void {
    header.kind = kind;
    header.isFin = false;
    header.sequence = 0;
    header.transmission = 0;
    header.blockStart = 0;
    header.blockEnd = 0;
    header.window = this.receiver.window;
    header.segmentBytes = kind === RESET ? 0 : this.sender.segmentBytes;
    this.carrier.transmit(this.identity, header, 0);
    header.segmentBytes = 0;
  }

  private acknowledgeLater(): void {
    if (this.acknowledgeTimer?.isPending === true) return;
    if (this.acknowledgeTimer !== undefined) {
      this.acknowledgeTimer.rearm(DELAYED_ACK_NS);
      return;
    }
    this.acknowledgeTimer = this.after(DELAYED_ACK_NS, () => {
      if (this.unacknowledged > 0 && this.isIn('open')) this.acknowledge();
    });
  }

  private acknowledge(): void {
    const { receiver } = this;
    this.unacknowledged = 0;
    this.acknowledgeTimer?.cancel();
    header.kind = ACK;
    header.isFin = false;
    header.sequence = receiver.next;
    header.window = receiver.window;
    header.transmission = this.lastTransmission;
    header.blockStart = Math.max(receiver.blockStart, receiver.next);
    header.blockEnd = Math.max(receiver.blockEnd, receiver.next);
    this.announcedEdge = receiver.next + receiver.window;
    this.carrier.transmit(this.identity, header, 0);
  }
}
