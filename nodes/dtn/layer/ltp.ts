/**
 * The Licklider Transmission Protocol (RFC 5326) with one neighbour: sends blocks in segments until
 * the neighbour has acknowledged all bytes, and receives the neighbour's blocks. A state machine.
 *
 * All timers run on contact time. A block is reported as complete only when the node has stored it, so
 * that no claim covers a block that a full store refuses.
 *
 * Two cases that the RFC leaves open: an incoming block whose checkpoint never comes is given up after
 * a silence; and if all checkpoints are answered but bytes are still missing, the sender sends the
 * whole red part again. If several reports answer one checkpoint, each is repeated until it is
 * acknowledged.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { DSCP_NETWORK_CONTROL } from '../../../engine/pure/traffic-class.ts';
import { PruningDeadlineHeap } from '../../_kit/live-deadlines.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { LTP_FIRST_SERIAL_BOUND } from '../geometry.ts';
import { ContactClock } from './contact-clock.ts';
import { LtpReceiver } from './ltp-incoming.ts';
import { LtpSender } from './ltp-outgoing.ts';
import type {
  LtpAlarm,
  LtpEffect,
  LtpInput,
  LtpLinkParameters,
  LtpSharedContext,
} from './ltp-shared.ts';
import { LtpTransmitter } from './ltp-transmitter.ts';
import {
  decodeLtpSegment,
  encodeLtpSegment,
  type LtpContent,
  type LtpSegment,
} from './ltp-wire.ts';

/** The state machine of LTP with one neighbour. */
export class LtpMachine implements StateMachine<LtpInput, LtpEffect> {
  readonly #facts: LtpLinkParameters;
  readonly #clock = new ContactClock();
  readonly #alarms = new PruningDeadlineHeap<LtpAlarm>((alarm, at) =>
    isOfOutgoing(alarm) ? this.#outgoing.needs(alarm) : this.#incoming.needs(alarm, at),
  );
  readonly #transmitter: LtpTransmitter<LtpAlarm>;
  readonly #outgoing: LtpSender;
  readonly #incoming: LtpReceiver;
  #now: Nanoseconds = 0;
  #effects: LtpEffect[] = [];

  constructor(facts: LtpLinkParameters) {
    this.#facts = facts;
    const shared: LtpSharedContext = {
      facts,
      clockAt: () => this.#clock.at(this.#now),
      alarm: (waitNs, alarm) => this.#alarm(waitNs, alarm),
      tell: (segment, alarm, isObsolete) => this.#tell(segment, alarm, isObsolete),
      effect: (effect) => this.#effects.push(effect),
      serial: () => 1 + facts.random.below(LTP_FIRST_SERIAL_BOUND),
    };
    this.#outgoing = new LtpSender(shared);
    this.#incoming = new LtpReceiver(shared);
    this.#transmitter = new LtpTransmitter(facts.contactAt, this.#outgoing);
  }

  /** Number of blocks that are being sent. */
  get sending(): number {
    return this.#outgoing.size;
  }

  /** Number of blocks that are being received. */
  get receiving(): number {
    return this.#incoming.size;
  }

  /** Number of alarms that are set, including obsolete ones. */
  get alarms(): number {
    return this.#alarms.size;
  }

  /** When all queued segments will have left; see {@link LtpTransmitter.idleAt}. */
  idleAt(now: Nanoseconds): Nanoseconds {
    return this.#transmitter.idleAt(now);
  }

  step(now: Nanoseconds, input: LtpInput | TimerDue): readonly LtpEffect[] {
    this.#now = now;
    this.#effects = [];
    switch (input.kind) {
      case 'send':
        this.#outgoing.send(input);
        break;
      case 'cancel':
        this.#outgoing.cancel(input.session);
        break;
      case 'segment':
        this.#receive(input.bytes);
        break;
      case 'kept':
        this.#incoming.kept(input.session);
        break;
      case 'way':
        this.#turn(now, input.way);
        break;
      case 'timer':
        this.#ring(now);
    }
    this.#transmit(now);
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    const alarmNs = this.#clock.instantOf(this.#alarms.nextAt());
    return Math.min(alarmNs, this.#transmitter.nextAt());
  }

  #turn(now: Nanoseconds, way: PeerReachability): void {
    if (way === 'open') this.#clock.start(now);
    else this.#clock.stop(now);
    this.#transmitter.turn(way === 'open');
  }

  #ring(now: Nanoseconds): void {
    if (!this.#clock.isRunning) return;
    const clock = this.#clock.at(now);
    for (let due = this.#alarms.takeDue(clock); due; due = this.#alarms.takeDue(clock)) {
      if (isOfOutgoing(due)) this.#outgoing.ring(due);
      else this.#incoming.ring(due);
    }
  }

  #receive(bytes: Uint8Array): void {
    const segment = decodeLtpSegment(bytes);
    if (segment === undefined) {
      this.#effects.push({ kind: 'drop', reason: 'ltp-bad-segment' });
      return;
    }
    const { ownEngine, peerEngine } = this.#facts;
    // All segments of a session, in both directions, name the engine that sends the block.
    const expected = isOfSender(segment.content) ? peerEngine : ownEngine;
    if (segment.engine !== expected) {
      this.#effects.push({ kind: 'drop', reason: 'ltp-stranger' });
    } else if (expected === peerEngine) this.#incoming.receive(segment.session, segment.content);
    else this.#outgoing.receive(segment.session, segment.content);
  }

  #tell(segment: LtpSegment, alarm?: LtpAlarm, isObsolete?: () => boolean): void {
    const bytes = encodeLtpSegment(segment);
    const isData = segment.content.kind === 'data';
    const dscp = isData ? this.#outgoing.classOf(segment.session) : DSCP_NETWORK_CONTROL;
    const outgoing = { bytes, dscp, ...(alarm && { alarm }), ...(isObsolete && { isObsolete }) };
    if (this.#transmitter.queue(outgoing)) return;
    this.#effects.push({ kind: 'drop', reason: 'ltp-control-full' });
    // The segment is treated as lost on the way: the alarm will repeat it.
    if (alarm !== undefined) this.#set(alarm, this.#now);
  }

  #transmit(now: Nanoseconds): void {
    while (this.#transmitter.nextAt() <= now) {
      const outgoing = this.#transmitter.take(now);
      if (outgoing === undefined) continue;
      const { bytes, dscp } = outgoing;
      this.#effects.push({ kind: 'transmit', bytes, dscp });
      if (outgoing.alarm !== undefined) this.#set(outgoing.alarm, this.#transmitter.throughNs);
    }
    this.#outgoing.settle();
  }

  /** Sets the alarm of a segment. @param sentNs When the last bit of the segment leaves. */
  #set(alarm: LtpAlarm, sentNs: Nanoseconds): void {
    const waitNs = sentNs - this.#now + this.#facts.answerNs;
    this.#alarm(waitNs, alarm);
  }

  #alarm(waitNs: number, alarm: LtpAlarm): number {
    const at = this.#clock.at(this.#now) + waitNs;
    this.#alarms.add(at, alarm);
    return at;
  }
}

/** True for alarms about blocks that this end sends. */
function isOfOutgoing(alarm: LtpAlarm): boolean {
  if (alarm.kind === 'cancel') return alarm.by === 'sender';
  return alarm.kind === 'checkpoint' || alarm.kind === 'missing';
}

/** True for segments that the sender of a block sends. */
function isOfSender(content: LtpContent): boolean {
  switch (content.kind) {
    case 'data':
    case 'report-receipt':
      return true;
    case 'report':
      return false;
    case 'cancel':
      return content.by === 'sender';
    case 'cancel-receipt':
      return content.to === 'receiver';
  }
}
