/**
 * The sending half of LTP with one neighbour (RFC 5326 section 6): its sessions, and the queue of
 * their data.
 *
 * @module
 */
import { LtpCancellations } from './ltp-cancellations.ts';
import { LtpSenderSession, type LtpSendRange } from './ltp-sending.ts';
import type { LtpAlarm, LtpDropReason, LtpInput, LtpSharedContext } from './ltp-shared.ts';
import type { DataSegmentSource, OutgoingLtpSegment } from './ltp-transmitter.ts';
import {
  encodeLtpSegment,
  LTP_CANCEL_REASON,
  type LtpContent,
  type LtpReport,
  ltpOverheadBytesMax,
} from './ltp-wire.ts';

/** A block to send. */
export type LtpBlock = Omit<Extract<LtpInput, { kind: 'send' }>, 'kind'>;

interface Waiting {
  readonly session: LtpSenderSession;
  run: LtpSendRange;
}

/** The sending half of LTP with one neighbour: the sessions in which it sends blocks. */
export class LtpSender implements DataSegmentSource<LtpAlarm> {
  readonly #shared: LtpSharedContext;
  readonly #dataMax: number;
  readonly #sessions = new Map<number, LtpSenderSession>();
  readonly #cancelled: LtpCancellations;
  #waiting: Waiting[] = [];
  /** Number of queued bytes of data. */
  bytes = 0;
  #next: OutgoingLtpSegment<LtpAlarm> | undefined;
  /**
   * Sessions that {@link settle} will end: all data has left, and the red part, if any, is
   * acknowledged.
   */
  #through: LtpSenderSession[] = [];

  constructor(shared: LtpSharedContext) {
    this.#shared = shared;
    this.#cancelled = new LtpCancellations(shared, 'sender');
    this.#dataMax = shared.facts.segmentMax - ltpOverheadBytesMax(shared.facts.ownEngine);
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The DSCP of the datagrams of a session; 0 if there is no such session. */
  classOf(number: number): number {
    return this.#sessions.get(number)?.dscp ?? 0;
  }

  /** Starts a session, which sends a block. */
  send({ session: number, block, redBytes, dscp }: LtpBlock): void {
    const serial = this.#shared.serial();
    const session = new LtpSenderSession({ number, block, redBytes, dscp, serial });
    this.#sessions.set(number, session);
    this.#queue(session, session.start());
  }

  /** Called when the node no longer wants the block of a session to be delivered. */
  cancel(number: number): void {
    if (this.#sessions.has(number)) this.#giveUp(number, LTP_CANCEL_REASON.user);
  }

  peek(): OutgoingLtpSegment<LtpAlarm> | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    if (this.#next === undefined) {
      const { number, dscp } = first.session;
      const content = first.session.segment(first.run, this.#dataMax);
      const bytes = this.#encoded(number, content);
      const { checkpoint: serial } = content;
      this.#next =
        serial === 0
          ? { bytes, dscp }
          : { bytes, dscp, alarm: { kind: 'checkpoint', session: number, serial } };
    }
    return this.#next;
  }

  shift(): void {
    const [first] = this.#waiting;
    this.#next = undefined;
    if (first === undefined) return;
    const start = Math.min(first.run.end, first.run.start + this.#dataMax);
    this.bytes -= start - first.run.start;
    first.run = { ...first.run, start };
    if (start < first.run.end) return;
    this.#waiting.shift();
    if (first.session.isClaimed && !this.#isQueued(first.session))
      this.#through.push(first.session);
  }

  /** Ends sessions whose green part has just left: green data is not acknowledged. */
  settle(): void {
    for (const session of this.#through.splice(0)) this.#done(session);
  }

  receive(number: number, content: LtpContent): void {
    if (content.kind === 'report') this.#reported(number, content);
    else if (content.kind === 'cancel') this.#cancelledByPeer(number);
    else this.#cancelled.acknowledged(number);
  }

  ring(alarm: LtpAlarm): void {
    if (alarm.kind === 'checkpoint') this.#repeat(alarm.session, alarm.serial);
    else if (alarm.kind === 'cancel') this.#cancelled.repeat(alarm.session);
    else if (alarm.kind === 'missing') {
      const session = this.#sessions.get(alarm.session);
      // While a checkpoint is unanswered, its report will still tell which bytes are missing.
      if (session !== undefined && !session.isWaiting) this.#act(session, session.restart());
    }
  }

  /** False if the alarm is obsolete, such as that of an answered checkpoint. */
  needs(alarm: LtpAlarm): boolean {
    if (alarm.kind === 'cancel') return this.#cancelled.has(alarm.session);
    const session = this.#sessions.get(alarm.session);
    return (
      session !== undefined && !(alarm.kind === 'checkpoint' && session.isAnswered(alarm.serial))
    );
  }

  #reported(number: number, report: LtpReport): void {
    const { facts, tell } = this.#shared;
    // RFC 5326 section 6.13: every report is acknowledged, also if its session has ended.
    const content = { kind: 'report-receipt', report: report.report } as const;
    tell({ engine: facts.ownEngine, session: number, content });
    const session = this.#sessions.get(number);
    if (session !== undefined) this.#act(session, session.take(report));
  }

  #act(session: LtpSenderSession, outcome: ReturnType<LtpSenderSession['take']>): void {
    switch (outcome.kind) {
      case 'done':
        this.#claimed(session);
        return;
      case 'bad':
        this.#drop('ltp-bad-report');
        return;
      case 'exhausted':
        this.#fail(session.number, LTP_CANCEL_REASON.cycles);
        return;
      case 'repair':
        this.#queue(session, outcome.runs);
        if (session.isWaiting) return;
        // No checkpoint is unanswered, but a second report about the same checkpoint may still come:
        // waits for it.
        this.#shared.alarm(this.#shared.facts.answerNs, {
          kind: 'missing',
          session: session.number,
        });
    }
  }

  #repeat(number: number, serial: number): void {
    const repetition = this.#sessions.get(number)?.repeat(serial);
    if (repetition === undefined) return;
    const { segment, repeats } = repetition;
    const { facts, tell } = this.#shared;
    if (repeats > facts.retries) this.#fail(number, LTP_CANCEL_REASON.retransmissions);
    else {
      const alarm = { kind: 'checkpoint', session: number, serial } as const;
      const isObsolete = (): boolean => this.#sessions.get(number)?.isAnswered(serial) !== false;
      tell({ engine: facts.ownEngine, session: number, content: segment }, alarm, isObsolete);
    }
  }

  /**
   * Called when the red part is acknowledged: ends the session unless data of its green part is
   * queued.
   */
  #claimed(session: LtpSenderSession): void {
    this.#remove((each) => each.session === session && each.run.start < session.redBytes);
    if (!this.#isQueued(session)) this.#done(session);
  }

  #isQueued(session: LtpSenderSession): boolean {
    return this.#waiting.some((each) => each.session === session);
  }

  #done(session: LtpSenderSession): void {
    const { number, rounds } = session;
    this.#forget(number);
    this.#shared.effect({ kind: 'sent', session: number, rounds });
  }

  #fail(number: number, reason: number): void {
    this.#drop('ltp-retries');
    this.#giveUp(number, reason);
    this.#shared.effect({ kind: 'failed', session: number });
  }

  #giveUp(number: number, reason: number): void {
    this.#forget(number);
    this.#cancelled.add(number, reason);
  }

  /**
   * Called when the receiver cancels a session (RFC 5326 section 6.17); it is acknowledged even if the
   * session is unknown.
   */
  #cancelledByPeer(number: number): void {
    const { facts, tell, effect } = this.#shared;
    const content = { kind: 'cancel-receipt', to: 'receiver' } as const;
    tell({ engine: facts.ownEngine, session: number, content });
    if (!this.#sessions.has(number)) return;
    this.#forget(number);
    this.#drop('ltp-cancelled');
    effect({ kind: 'failed', session: number });
  }

  #forget(number: number): void {
    this.#sessions.delete(number);
    this.#remove(({ session }) => session.number === number);
  }

  #remove(isGone: (waiting: Waiting) => boolean): void {
    this.#next = undefined;
    this.#waiting = this.#waiting.filter((waiting) => !isGone(waiting));
    this.bytes = this.#waiting.reduce((sum, { run }) => sum + run.end - run.start, 0);
  }

  #queue(session: LtpSenderSession, runs: readonly LtpSendRange[]): void {
    for (const run of runs) {
      this.#waiting.push({ session, run });
      this.bytes += run.end - run.start;
    }
  }

  #encoded(session: number, content: LtpContent): Uint8Array {
    return encodeLtpSegment({ engine: this.#shared.facts.ownEngine, session, content });
  }

  #drop(reason: LtpDropReason): void {
    this.#shared.effect({ kind: 'drop', reason });
  }
}
