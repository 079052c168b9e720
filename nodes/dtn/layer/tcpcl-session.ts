/**
 * One session of the TCP convergence layer, version 4 (RFC 9174 sections 3 to 6), over one stream. A
 * state machine; the end that opened the stream sends bundles, and the other end receives them.
 *
 * The contact headers say whether TLS follows; the stream then does the handshake.
 *
 * A transfer is acknowledged when the node has stored its bundle. Until then nothing more is read from
 * the stream, so that the sender waits while the node's store is full; meanwhile the bundle is offered
 * to the node every second. Reading also stops while the peer does not read the answers to its own
 * messages.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { TimerTable } from '../../_kit/timer-table.ts';
import {
  BUNDLE_BYTES_MAX,
  TCPCL_HANDSHAKE_TIMEOUT_NS,
  TCPCL_QUEUED_MESSAGES_MAX,
  TCPCL_REOFFER_INTERVAL_NS,
  TCPCL_SEGMENT_BYTES_MAX,
} from '../geometry.ts';
import { TcpclTransferReceiver } from './tcpcl-incoming.ts';
import type {
  TcpclDropReason,
  TcpclEffect,
  TcpclInput,
  TcpclSessionParameters,
} from './tcpcl-interface.ts';
import { TcpclTransferSender } from './tcpcl-outgoing.ts';
import { TcpclReader } from './tcpcl-reader.ts';
import {
  encodeContactHeader,
  encodeTcpclMessage,
  isTcpclVersion4,
  TCPCL_REJECTION_REASON,
  TCPCL_TERMINATION_REASON,
  type TcpclMessage,
} from './tcpcl-wire.ts';

const NS_PER_S = 1_000_000_000;

type State = 'new' | 'contact' | 'securing' | 'session' | 'up' | 'ending' | 'over';
type Timer = 'contact' | 'keep-alive' | 'silence' | 'ask';

/** The state machine of one TCPCL session, at either end of its stream. */
export class TcpclSession implements StateMachine<TcpclInput, TcpclEffect> {
  readonly #facts: TcpclSessionParameters;
  readonly #reader = new TcpclReader(TCPCL_SEGMENT_BYTES_MAX);
  readonly #timers = new TimerTable<Timer>();
  readonly #outgoing = new TcpclTransferSender();
  readonly #incoming = new TcpclTransferReceiver();
  #state: State = 'new';
  /** The received bundle that the node has not stored yet; undefined if there is none. */
  #offered: Uint8Array | undefined;
  #hasTold = false;
  #isSecured = false;
  #isPaused = false;
  /** Number of messages written since the stream last had room. */
  #answers = 0;
  #keepAliveNs: Nanoseconds = 0;
  #now: Nanoseconds = 0;
  #effects: TcpclEffect[] = [];

  constructor(facts: TcpclSessionParameters) {
    this.#facts = facts;
  }

  /** True if the session is negotiated, so that bundles can be sent. */
  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** True if the peer has proved who it is: it has the TLS key, and gave its node ID under TLS. */
  get isProven(): boolean {
    return this.#isSecured && (this.#state === 'up' || this.#state === 'ending');
  }

  /**
   * Number of received octets in memory: unread ones, and those of the bundle being received or offered.
   */
  get held(): number {
    return this.#reader.kept + this.#incoming.bytes + (this.#offered?.length ?? 0);
  }

  step(now: Nanoseconds, input: TcpclInput | TimerDue): readonly TcpclEffect[] {
    this.#now = now;
    this.#effects = [];
    if (this.#state !== 'over') this.#take(input);
    else if (input.kind === 'closed') this.#timers.clear('contact');
    else if (input.kind === 'timer') this.#abandon();
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    return this.#timers.nextAt();
  }

  #take(input: TcpclInput | TimerDue): void {
    switch (input.kind) {
      case 'opened':
        this.#open();
        return;
      case 'bytes':
        this.#hear(input.bytes);
        return;
      case 'secured':
        this.#secured(input.isSecure);
        return;
      case 'send':
        this.#send(input.transfer, input.bundle);
        return;
      case 'room':
        this.#hasRoom();
        return;
      case 'kept':
        this.#kept();
        return;
      case 'finish':
        this.#terminate(TCPCL_TERMINATION_REASON.unknown);
        return;
      case 'closed':
        if (this.#state === 'securing') this.#drop('tcpcl-tls-failed');
        this.#over();
        return;
      case 'timer':
        this.#ring();
    }
  }

  #open(): void {
    this.#state = 'contact';
    this.#timers.set('contact', this.#now + TCPCL_HANDSHAKE_TIMEOUT_NS);
    if (this.#facts.role === 'active') this.#tellContact();
  }

  #tellContact(): void {
    this.#hasTold = true;
    this.#write(encodeContactHeader(this.#facts.tls !== 'off'));
  }

  #hear(bytes: Uint8Array): void {
    this.#reader.add(bytes);
    if (this.#state === 'securing') {
      this.#distrust();
      return;
    }
    this.#heard();
    this.#read();
  }

  #read(): void {
    while (!this.#isPaused && this.#state !== 'over') {
      const read = this.#reader.next();
      if (read.kind === 'nothing') return;
      if (read.kind === 'bad') {
        this.#drop('tcpcl-bad-message');
        if (read.why === 'unknown-type') {
          this.#tell({
            kind: 'rejection',
            reason: TCPCL_REJECTION_REASON.unknownType,
            type: read.type,
          });
        }
        this.#fail(TCPCL_TERMINATION_REASON.unknown);
      } else if (read.kind === 'contact') this.#contacted(isTcpclVersion4(read), read.canTls);
      else this.#message(read.message);
    }
  }

  /**
   * Called when the contact header of the peer came; `isOurs`: it has the version of this node. RFC 9174
   * section 4.3: TLS is used if both ends can.
   */
  #contacted(isOurs: boolean, canTls: boolean): void {
    const { tls } = this.#facts;
    if (!this.#hasTold) this.#tellContact();
    if (!isOurs) {
      this.#drop('tcpcl-bad-message');
      this.#fail(TCPCL_TERMINATION_REASON.version);
    } else if (canTls && tls !== 'off') this.#secure();
    else if (tls === 'require') {
      this.#drop('tcpcl-no-tls');
      this.#fail(TCPCL_TERMINATION_REASON.contactFailure);
    } else this.#tellSession();
  }

  #secure(): void {
    this.#state = 'securing';
    if (this.#reader.kept > 0) this.#distrust();
    else this.#effects.push({ kind: 'secure' });
  }

  /**
   * Ends the session at once, since unencrypted bytes came after a contact header that leads to TLS: an
   * attacker may have inserted them, and they would be read as if they had come under TLS.
   */
  #distrust(): void {
    this.#drop('tcpcl-bad-message');
    this.#effects.push({ kind: 'reset' });
    this.#over();
  }

  #secured(isSecure: boolean): void {
    if (this.#state !== 'securing') return;
    if (isSecure) {
      this.#isSecured = true;
      this.#tellSession();
      return;
    }
    this.#drop('tcpcl-tls-failed');
    this.#effects.push({ kind: 'reset' });
    this.#over();
  }

  #tellSession(): void {
    this.#state = 'session';
    this.#tell({
      kind: 'session',
      keepAliveS: this.#facts.keepAliveS,
      segmentMru: TCPCL_SEGMENT_BYTES_MAX,
      transferMru: BUNDLE_BYTES_MAX,
      nodeId: this.#facts.ownId,
      isForeign: false,
    });
  }

  #message(message: TcpclMessage): void {
    if (this.#state === 'session' && message.kind === 'session') {
      this.#negotiate(message);
      return;
    }
    const isOpen = this.#state === 'up' || this.#state === 'ending';
    if (message.kind === 'termination') this.#terminated(message.isReply);
    else if (message.kind === 'rejection') this.#fail(TCPCL_TERMINATION_REASON.unknown);
    else if (!isOpen || message.kind === 'session') this.#unexpected(message);
    else this.#transferred(message);
  }

  #negotiate(session: Extract<TcpclMessage, { kind: 'session' }>): void {
    const { peerId, keepAliveS } = this.#facts;
    if (session.nodeId !== peerId || session.isForeign || session.segmentMru === 0) {
      this.#drop('tcpcl-stranger');
      this.#fail(TCPCL_TERMINATION_REASON.contactFailure);
      return;
    }
    this.#state = 'up';
    this.#timers.clear('contact');
    // RFC 9174 section 4.7: the shorter of both intervals; 0 at either end switches keep-alives off.
    this.#keepAliveNs = Math.min(keepAliveS, session.keepAliveS) * NS_PER_S;
    this.#outgoing.segmentMax = Math.min(session.segmentMru, TCPCL_SEGMENT_BYTES_MAX);
    this.#outgoing.transferMax = session.transferMru;
    this.#spoke();
    this.#heard();
    this.#effects.push({ kind: 'up', transferMax: session.transferMru });
  }

  #transferred(message: TcpclMessage): void {
    switch (message.kind) {
      case 'segment':
        this.#received(message);
        return;
      case 'receipt': {
        const sent = this.#outgoing.acknowledged(message);
        if (sent !== undefined) this.#effects.push({ kind: 'sent', transfer: sent });
        this.#endIfDone();
        return;
      }
      case 'refusal': {
        const refused = this.#outgoing.refused(message.transfer);
        if (refused === undefined) return;
        this.#drop('tcpcl-refused');
        this.#effects.push({ kind: 'failed', transfer: refused });
        this.#endIfDone();
        return;
      }
      default:
    }
  }

  #received(segment: Extract<TcpclMessage, { kind: 'segment' }>): void {
    const outcome = this.#incoming.take(segment);
    switch (outcome.kind) {
      case 'unexpected':
        this.#unexpected(segment);
        return;
      case 'refuse':
        this.#drop('tcpcl-refused');
        this.#tell({ kind: 'refusal', reason: outcome.reason, transfer: segment.transfer });
        return;
      case 'ignored':
        return;
      case 'receipt':
        this.#tell(outcome.receipt);
        return;
      case 'bundle':
        this.#offered = outcome.bundle;
        this.#pauseOrRead();
        this.#offer(outcome.bundle);
    }
  }

  /** Called when the stream accepts data again: one more segment is sent, and reading may go on. */
  #hasRoom(): void {
    this.#answers = 0;
    this.#outgoing.isBlocked = false;
    this.#segment();
    this.#pauseOrRead();
  }

  /**
   * Pauses reading while the node has not stored the last bundle or the peer does not read our answers;
   * otherwise goes on.
   */
  #pauseOrRead(): void {
    const isPaused = this.#offered !== undefined || this.#answers >= TCPCL_QUEUED_MESSAGES_MAX;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#effects.push({ kind: 'pause', isPaused });
    this.#heard();
    if (!isPaused) this.#read();
  }

  #offer(bundle: Uint8Array): void {
    this.#timers.set('ask', this.#now + TCPCL_REOFFER_INTERVAL_NS);
    this.#effects.push({ kind: 'bundle', bundle });
  }

  #kept(): void {
    if (this.#offered === undefined) return;
    this.#offered = undefined;
    this.#timers.clear('ask');
    const receipt = this.#incoming.finished();
    if (receipt !== undefined) this.#tell(receipt);
    this.#pauseOrRead();
    this.#endIfDone();
  }

  /** RFC 9174 section 5.1.2: rejects a message of a known type that must not come in this state. */
  #unexpected(message: TcpclMessage): void {
    const type = encodeTcpclMessage(message)[0] as number;
    this.#drop('tcpcl-unexpected');
    this.#tell({ kind: 'rejection', reason: TCPCL_REJECTION_REASON.unexpected, type });
    this.#fail(TCPCL_TERMINATION_REASON.unknown);
  }

  /** Starts a transfer. If the bundle is too long for the peer, the transfer fails at once. */
  #send(transfer: number, bundle: Uint8Array): void {
    if (this.#outgoing.add(transfer, bundle)) this.#segment();
    else this.#effects.push({ kind: 'failed', transfer });
  }

  /**
   * Sends one segment if the stream has room; the next segment follows when the stream has room again.
   */
  #segment(): void {
    if (this.#state !== 'up' && this.#state !== 'ending') return;
    const segment = this.#outgoing.next();
    if (segment === undefined) return;
    this.#spoke();
    this.#effects.push({ kind: 'write', bytes: encodeTcpclMessage(segment), asksForRoom: true });
  }

  /**
   * RFC 9174 section 6.1: ends the session; no new transfers begin, and those under way are finished.
   */
  #terminate(reason: number): void {
    if (this.#state === 'ending') return;
    const wasUp = this.#state === 'up';
    this.#leave('ending');
    if (wasUp) this.#tell({ kind: 'termination', isReply: false, reason });
    this.#timers.set('contact', this.#now + TCPCL_HANDSHAKE_TIMEOUT_NS);
    for (const transfer of this.#outgoing.unsent()) {
      this.#effects.push({ kind: 'failed', transfer });
    }
    this.#endIfDone();
  }

  #terminated(isReply: boolean): void {
    if (this.#state === 'ending') {
      this.#endIfDone();
      return;
    }
    this.#leave('ending');
    if (!isReply)
      this.#tell({ kind: 'termination', isReply: true, reason: TCPCL_TERMINATION_REASON.unknown });
    for (const transfer of this.#outgoing.unsent()) {
      this.#effects.push({ kind: 'failed', transfer });
    }
    this.#timers.set('contact', this.#now + TCPCL_HANDSHAKE_TIMEOUT_NS);
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.#state !== 'ending') return;
    const isBusy = this.#outgoing.size > 0 || this.#incoming.isBusy || this.#offered !== undefined;
    if (!isBusy) this.#end();
  }

  /** Ends the session at once because of an error, and tells the peer this reason. */
  #fail(reason: number): void {
    this.#tell({ kind: 'termination', isReply: false, reason });
    this.#end();
  }

  /**
   * Ends this end's half of the stream and the session, without waiting for the peer to end its half.
   */
  #end(): void {
    this.#effects.push({ kind: 'end' });
    this.#over();
    this.#timers.set('contact', this.#now + TCPCL_HANDSHAKE_TIMEOUT_NS);
  }

  #abandon(): void {
    this.#timers.clear('contact');
    this.#effects.push({ kind: 'reset' });
  }

  /**
   * Enters a state in which no new transfer begins, and reports transfers that cannot be finished as
   * failed.
   */
  #leave(state: 'ending' | 'over'): void {
    const wasUp = this.#state === 'up';
    this.#state = state;
    if (wasUp) this.#effects.push({ kind: 'down' });
  }

  #over(): void {
    this.#leave('over');
    this.#reader.clear();
    this.#offered = undefined;
    for (const timer of ['contact', 'keep-alive', 'silence', 'ask'] as const) {
      this.#timers.clear(timer);
    }
    for (const transfer of this.#outgoing.all()) this.#effects.push({ kind: 'failed', transfer });
  }

  #ring(): void {
    switch (this.#timers.takeDue(this.#now)) {
      case 'contact':
      case 'silence':
        this.#drop('tcpcl-silence');
        this.#effects.push({ kind: 'reset' });
        this.#over();
        return;
      case 'keep-alive':
        // A peer that has left so many messages unread would not read a keep-alive either.
        if (this.#answers < TCPCL_QUEUED_MESSAGES_MAX) this.#tell({ kind: 'keep-alive' });
        else this.#spoke();
        return;
      case 'ask':
        if (this.#offered !== undefined) this.#offer(this.#offered);
        return;
      case undefined:
    }
  }

  #tell(message: TcpclMessage): void {
    this.#write(encodeTcpclMessage(message));
    this.#spoke();
    this.#pauseOrRead();
  }

  #write(bytes: Uint8Array): void {
    this.#answers += 1;
    const asksForRoom = this.#answers === TCPCL_QUEUED_MESSAGES_MAX;
    this.#effects.push({ kind: 'write', bytes, asksForRoom });
  }

  #spoke(): void {
    if (this.#keepAliveNs === 0) return;
    this.#timers.set('keep-alive', this.#now + this.#keepAliveNs);
  }

  /**
   * Called when bytes came from the peer. RFC 9174 section 5.1.1: after silence of twice the interval
   * the session ends.
   */
  #heard(): void {
    if (this.#keepAliveNs === 0) return;
    // While reading is paused, the peer cannot be heard, so its silence is not timed.
    if (this.#isPaused) this.#timers.clear('silence');
    else this.#timers.set('silence', this.#now + 2 * this.#keepAliveNs);
  }

  #drop(reason: TcpclDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }
}
