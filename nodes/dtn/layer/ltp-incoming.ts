/**
 * The receiving half of LTP with one neighbour (RFC 5326 section 6): receives blocks, and limits the
 * memory that the neighbour can make it use.
 *
 * @module
 */
import { BUNDLE_BYTES_MAX, LTP_BUFFERED_PIECES_MAX, LTP_CLOSED_SESSIONS_MAX } from '../geometry.ts';
import { LtpCancellations } from './ltp-cancellations.ts';
import { LtpReceiverSession } from './ltp-receiving.ts';
import type { LtpAlarm, LtpDropReason, LtpSharedContext } from './ltp-shared.ts';
import {
  isCheckpoint,
  LTP_BUNDLE_SERVICE,
  LTP_CANCEL_REASON,
  type LtpContent,
  type LtpData,
  type LtpReport,
  ltpOverheadBytesMax,
} from './ltp-wire.ts';
import { sdnvLength } from './sdnv.ts';

/** The receiving half of LTP with one neighbour: the sessions in which it receives blocks. */
export class LtpReceiver {
  readonly #shared: LtpSharedContext;
  readonly #claimsMax: number;
  readonly #sessions = new Map<number, LtpReceiverSession>();
  /**
   * By session number, the last checkpoint of a complete block; it is answered once the node has stored
   * the block.
   */
  readonly #unanswered = new Map<number, LtpData>();
  readonly #cancelled: LtpCancellations;
  readonly #closed = new Set<number>();

  constructor(shared: LtpSharedContext) {
    this.#shared = shared;
    this.#cancelled = new LtpCancellations(shared, 'receiver');
    const { segmentMax, peerEngine } = shared.facts;
    const room = segmentMax - ltpOverheadBytesMax(peerEngine) - sdnvLength(2 ** 32);
    this.#claimsMax = Math.max(1, Math.floor(room / (2 * sdnvLength(BUNDLE_BYTES_MAX))));
  }

  get size(): number {
    return this.#sessions.size;
  }

  receive(number: number, content: LtpContent): void {
    if (content.kind === 'data') this.#data(number, content);
    else if (content.kind === 'report-receipt') this.#receipt(number, content.report);
    else if (content.kind === 'cancel') this.#cancelledByPeer(number);
    else this.#cancelled.acknowledged(number);
  }

  /** Called when the node has stored the block of a session. */
  kept(number: number): void {
    const session = this.#sessions.get(number);
    if (session === undefined) return;
    session.keep();
    const checkpoint = this.#unanswered.get(number);
    this.#unanswered.delete(number);
    if (checkpoint !== undefined) this.#report(session, checkpoint);
    else if (!session.isRedComplete) this.#close(number);
  }

  ring(alarm: LtpAlarm): void {
    if (alarm.kind === 'report') this.#repeat(alarm.session, alarm.serial);
    else if (alarm.kind === 'cancel') this.#cancelled.repeat(alarm.session);
    else if (alarm.kind === 'silence') this.#silence(alarm.session);
  }

  /**
   * False if the alarm is obsolete, such as that of an acknowledged report. `at`: when it was due, on the
   * contact clock.
   */
  needs(alarm: LtpAlarm, at: number): boolean {
    const session = this.#sessions.get(alarm.session);
    if (alarm.kind === 'report') return session?.isOpen(alarm.serial) === true;
    if (alarm.kind === 'cancel') return this.#cancelled.has(alarm.session);
    return session?.silentAt === at;
  }

  #data(number: number, content: LtpData): void {
    if (this.#closed.has(number)) {
      this.#drop('ltp-closed-session');
      return;
    }
    if (
      content.service !== LTP_BUNDLE_SERVICE ||
      content.offset + content.data.length > BUNDLE_BYTES_MAX
    ) {
      this.#drop('ltp-bad-data');
      return;
    }
    const session = this.#sessionOf(number, content);
    if (session === undefined) {
      this.#drop('ltp-sessions-full');
      return;
    }
    session.heardAt = this.#shared.clockAt();
    if (!session.knowsReport(content.report)) {
      this.#drop('ltp-forgotten');
      this.#giveUp(number, LTP_CANCEL_REASON.system);
      return;
    }
    const fault = session.place === 'kept' ? undefined : session.add(content);
    if (fault === 'miscoloured') this.#giveUp(number, LTP_CANCEL_REASON.miscoloured);
    if (fault !== undefined) this.#drop('ltp-bad-data');
    else this.#progress(session, content);
  }

  #progress(session: LtpReceiverSession, content: LtpData): void {
    const isAsked = isCheckpoint(content);
    if (session.isWhole && session.place !== 'kept') {
      if (isAsked) this.#unanswered.set(session.number, content);
      // If the node has refused the block, it is offered again only when a checkpoint comes again.
      if (session.place === 'offered' && !isAsked) return;
      session.place = 'offered';
      this.#shared.effect({ kind: 'block', session: session.number, block: session.block() });
    } else if (isAsked) this.#report(session, content);
  }

  #report(session: LtpReceiverSession, checkpoint: LtpData): void {
    const { retries } = this.#shared.facts;
    const reports = session.reportsFor(checkpoint, this.#claimsMax, retries);
    for (const report of reports) this.#send(session.number, report);
  }

  #send(session: number, report: LtpReport): void {
    const { facts, tell } = this.#shared;
    const alarm = { kind: 'report', session, serial: report.report } as const;
    tell({ engine: facts.peerEngine, session, content: report }, alarm);
  }

  #receipt(number: number, serial: number): void {
    const session = this.#sessions.get(number);
    if (session === undefined) return;
    session.acknowledged(serial);
    if (session.place === 'kept' && !session.hasOpenReports) this.#close(number);
  }

  #repeat(number: number, serial: number): void {
    const open = this.#sessions.get(number)?.repeat(serial);
    if (open === undefined) return;
    if (open.repeats <= this.#shared.facts.retries) this.#send(number, open.report);
    else if (this.#sessions.get(number)?.place !== 'kept') {
      this.#drop('ltp-retries');
      this.#giveUp(number, LTP_CANCEL_REASON.retransmissions);
    }
  }

  #silence(number: number): void {
    const session = this.#sessions.get(number);
    if (session === undefined) return;
    const { facts, alarm, clockAt } = this.#shared;
    const restNs = session.heardAt + facts.silenceNs - clockAt();
    if (restNs > 0) session.silentAt = alarm(restNs, { kind: 'silence', session: number });
    else if (session.place === 'kept') this.#close(number);
    else {
      this.#drop('ltp-silence');
      this.#giveUp(number, LTP_CANCEL_REASON.user);
    }
  }

  /** The session with this number; a new one if there is none yet, and there is room. */
  #sessionOf(number: number, content: LtpData): LtpReceiverSession | undefined {
    const { facts, serial, alarm } = this.#shared;
    let pieces = 1;
    let bytes = content.data.length;
    for (const session of this.#sessions.values()) {
      pieces += session.pieces;
      bytes += session.bytes;
    }
    if (pieces > LTP_BUFFERED_PIECES_MAX || bytes > 2 * BUNDLE_BYTES_MAX) return undefined;
    const known = this.#sessions.get(number);
    if (known !== undefined || this.#sessions.size >= facts.sessions) return known;
    const session = new LtpReceiverSession(number, serial());
    this.#sessions.set(number, session);
    session.silentAt = alarm(facts.silenceNs, { kind: 'silence', session: number });
    return session;
  }

  #giveUp(number: number, reason: number): void {
    this.#close(number);
    this.#cancelled.add(number, reason);
  }

  /**
   * Called when the sender cancels a session (RFC 5326 section 6.16); it is acknowledged even if the
   * session is unknown.
   */
  #cancelledByPeer(number: number): void {
    const { facts, tell } = this.#shared;
    const content = { kind: 'cancel-receipt', to: 'sender' } as const;
    tell({ engine: facts.peerEngine, session: number, content });
    if (!this.#sessions.has(number)) return;
    this.#close(number);
    this.#drop('ltp-cancelled');
  }

  #close(number: number): void {
    this.#sessions.delete(number);
    this.#unanswered.delete(number);
    this.#closed.add(number);
    const [oldest] = this.#closed;
    if (oldest !== undefined && this.#closed.size > LTP_CLOSED_SESSIONS_MAX)
      this.#closed.delete(oldest);
  }

  #drop(reason: LtpDropReason): void {
    this.#shared.effect({ kind: 'drop', reason });
  }
}
