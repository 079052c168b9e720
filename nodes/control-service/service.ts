/**
 * The control service of one AS: beaconing, segments that other ASes register, lookups, DRKeys, certificates and TRCs.
 *
 * A pure state machine: datagrams of other control services and requests of hosts in, packets and answers out.
 *
 * @module
 */
import type { SigningKey } from '../../engine/host/signatures.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { type StateMachine, TIMER_DUE, type TimerDue } from '../_kit/machine.ts';
import { TokenBucket } from '../_kit/token-bucket.ts';
import {
  decodeSegments,
  decodeSegmentsRequest,
  encodeSegments,
  encodeSegmentsRequest,
  findFirstAs,
  type IsdAs,
  type SegmentsByRole,
  type SignedSegment,
  type StaticInfo,
} from '../scion/index.ts';
import { ControlAttack } from './attack/control-attack.ts';
import { Beaconing } from './beacons/beaconing.ts';
import { beaconRefusal } from './beacons/checks.ts';
import { guardedSelection } from './beacons/chosen-selection.ts';
import { SegmentExtender } from './beacons/extender.ts';
import { SegmentVerifier, type SignatureRefusal } from './beacons/signatures.ts';
import { staticInfoFor } from './beacons/static-info.ts';
import { type KnownSegment, knownSegment, SegmentStore } from './beacons/store.ts';
import { CORRECT_BEHAVIOUR, type ControlBehaviour } from './behaviour.ts';
import { ControlCalls, type TakeAnswer } from './calls.ts';
import type {
  ControlCounter,
  ControlEffect,
  ControlInput,
  ControlServiceParts,
  InterfaceDown,
} from './control-effects.ts';
import { HostKeys } from './drkey/host-keys.ts';
import type { Level1Question } from './drkey/level1-exchange.ts';
import type { KeyCallback } from './drkey/level1-keys.ts';
import type { ControlDropReason } from './drops.ts';
import { ASES_KEPT_MAX, SCMP_REPORT_RATE, TICK_NS } from './geometry.ts';
import { openControlKeys } from './keys.ts';
import { SegmentDatabase } from './lookup/database.ts';
import { fittingSegments } from './lookup/fitting-segments.ts';
import { hasPathAround, leaveOutRevoked } from './lookup/left-out.ts';
import { type CoreQuestion, SegmentLookup } from './lookup/lookup.ts';
import { Revocations } from './lookup/revocations.ts';
import { countSegments, isEnded, isWholeSegment, NO_SEGMENTS } from './lookup/segment-sets.ts';
import { RPC_MESSAGE_BYTES_MAX } from './rpc/geometry.ts';
import { linkEndsAt } from './surroundings.ts';
import type { AskOtherAs } from './trc-updates.ts';
import type { Trust } from './trust.ts';
import { type ArrivalWay, type ControlWay, WayMaker } from './ways.ts';
import {
  CONTROL_REFUSED,
  controlAnswer,
  controlRequest,
  decodeBeacon,
  encodeBeacon,
  readControlRequest,
} from './wire.ts';

type Answer = (message: Uint8Array) => void;

/** The control service of one AS. */
export class ControlService implements StateMachine<ControlInput, ControlEffect> {
  readonly #parts: ControlServiceParts;
  readonly #calls: ControlCalls;
  readonly #ways: WayMaker;
  readonly #beacons: SegmentStore;
  readonly #beaconing: Beaconing;
  readonly #attack: ControlAttack | undefined;
  readonly #database: SegmentDatabase;
  readonly #lookup: SegmentLookup;
  readonly #verifier: SegmentVerifier;
  /** Certificates and TRCs; absent with `signatures: modelled`. */
  readonly trust: Trust | undefined;
  /** Interfaces that are believed to be down. */
  readonly revocations: Revocations;
  readonly #keys: HostKeys;
  readonly #behaviour: ControlBehaviour;
  readonly #reports = TokenBucket.of(SCMP_REPORT_RATE);
  #effects: ControlEffect[] = [];
  #now: Nanoseconds = 0;
  #tickNs: Nanoseconds;

  constructor(parts: ControlServiceParts) {
    this.#parts = parts;
    this.#behaviour = parts.behaviour ?? CORRECT_BEHAVIOUR;
    const { surroundings, options, crypto, hops, random } = parts;
    const { isdAs, isCore, mtu, interfaces } = surroundings;
    this.#ways = new WayMaker(surroundings, hops, parts.clock);
    this.#beacons = new SegmentStore({ perKey: options.candidates, keys: ASES_KEPT_MAX });
    const halfSeconds = (): number => 2 * parts.clock().seconds;
    this.#database = new SegmentDatabase({ own: isdAs, isCore, halfSeconds });
    this.revocations = new Revocations({
      now: (): Nanoseconds => this.#now,
      clock: parts.clock,
      lifetimeNs: this.#behaviour.revocationNs,
      restored: (afterNs): void => void this.#effects.push({ kind: 'restored', afterNs }),
    });
    this.#calls = new ControlCalls({
      ...{ surroundings, crypto, ways: this.#ways, revocations: this.revocations },
      ...{ random: random.calls, now: (): Nanoseconds => this.#now },
      send: (way, bytes): void => void this.#effects.push({ kind: 'send', way, bytes }),
      handle: (way, message, answer): void => this.#handle(way, message, answer),
      failed: (): void => this.#count('control.calls_failed'),
    });
    const seconds = (): number => parts.clock().seconds;
    const keys = openControlKeys(parts.keys, {
      ...{ isdAs, crypto, seconds },
      call: (way, message, done): void => this.#calls.call(way, message, done),
      drop: (reason): void => this.#drop(reason),
      count: (metric): void => this.#count(metric),
    });
    this.trust = keys.trust;
    this.#verifier = new SegmentVerifier(crypto, keys.source);
    const signing = { hops, signer: keys.signer, expTime: options.expiry, seconds };
    const extender = new SegmentExtender({
      ...{ ...signing, isdAs, mtu, interfaces },
      epic: options.epic ? crypto : undefined,
      announced: (ingress, egress): StaticInfo | undefined =>
        staticInfoFor(surroundings, { ingress, egress }),
    });
    if (options.attack !== undefined) {
      this.#attack = new ControlAttack({
        ...{ options: options.attack, surroundings, random: random.beacons, extender, signing },
        store: this.#beacons,
        call: (at, message): void =>
          this.#calls.call(this.#ways.neighbour(at), message, () => undefined),
      });
    }
    this.#beaconing = new Beaconing({
      surroundings,
      options,
      random: random.beacons,
      extender,
      selection: guardedSelection(parts.selection, () => this.#drop('selection-failed')),
      store: this.#beacons,
      seconds,
      send: (ifId, beacon, done): void => this.#sendBeacon(ifId, beacon, done),
      keep: (segments): void => {
        for (const one of segments) this.#database.keep(this.#known(one, 0));
      },
      register: (origin, segments, done): void => this.#register(origin, segments, done),
    });
    this.#lookup = new SegmentLookup({
      database: this.#database,
      own: isdAs,
      now: (): Nanoseconds => this.#now,
      ask: (...asked): void => this.#ask(...asked),
    });
    this.#keys = new HostKeys({
      ...{ own: isdAs, crypto, drkeys: parts.drkeys, seconds, randomBytes: parts.randomBytes },
      key: (): SigningKey => keys.signer().key,
      isSignedBy: (by, message, signature): boolean =>
        this.#verifier.isSignedBy(by, message, signature),
      ask: (owner, question, done): void => this.#askForKey(owner, question, done),
    });
    // The first tick is at a random time, so that different ASes do not tick at the same instants.
    this.#tickNs = Math.floor(TICK_NS * random.beacons.uniform());
  }

  step(now: Nanoseconds, input: ControlInput | TimerDue): readonly ControlEffect[] {
    this.#now = now;
    this.#effects = [];
    if (input.kind === TIMER_DUE.kind) this.#due(now);
    else if (input.kind === 'lookup') this.#find(input.token, input.target);
    else if (input.kind === 'host-key') {
      const { token } = input;
      this.#keys.find(input, (answer) => this.#effects.push({ kind: 'host-key', token, answer }));
    } else if (input.kind === 'interface-down') this.#revoke(input);
    else {
      const drop = this.#calls.receive(input.way, input.bytes);
      if (drop !== undefined) this.#drop(drop);
    }
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    return Math.min(this.#tickNs, this.#calls.nextAt());
  }

  /** The way back to the sender of a packet. */
  wayBack(sender: ArrivalWay): ControlWay {
    return this.#ways.back(sender);
  }

  /** Numbers of beacons, segments that end here, and segments that others registered. */
  get sizes(): Readonly<Record<'beacons' | 'segments' | 'registered', number>> {
    const { ending, registered } = this.#database.sizes;
    return { beacons: this.#beacons.size, segments: ending, registered };
  }

  /** The valid beacons of other ASes, by origin. */
  beacons(): readonly KnownSegment[] {
    return this.#beacons.all(2 * this.#parts.clock().seconds);
  }

  /** The state for operators: numbers of beacons, segments, keys and calls, and the lists that are short. */
  status(): Readonly<Record<string, unknown>> {
    const { beacons, segments, registered } = this.sizes;
    return {
      answers: this.#lookup.answers(),
      beacons,
      calls: this.#calls.open,
      keys: this.#keys.size,
      registered,
      revoked: this.revocations.list(),
      segments,
      ...this.#database.ases,
      signaturesVerified: this.#verifier.count,
      ...(this.trust === undefined ? {} : { certificates: this.trust.status() }),
    };
  }

  #due(now: Nanoseconds): void {
    this.#calls.due(now);
    if (this.#tickNs > now) return;
    this.#tickNs = now + TICK_NS;
    if (this.#behaviour.forgets(now)) {
      this.#database.clear();
      this.#lookup.clear();
    }
    this.#database.removeExpired();
    this.revocations.removeExpired();
    this.#beaconing.tick(now);
    this.#attack?.tick(now);
    this.#keys.tick();
    const ask: AskOtherAs = (of, message, done) => this.#askCore(of, message, done);
    this.trust?.renew(ask);
    this.trust?.propose(ask);
    this.#effects.push({ kind: 'ticked' });
  }

  #find(token: number, target: IsdAs): void {
    const { crypto, surroundings } = this.#parts;
    const ends = { crypto, source: surroundings.isdAs, target };
    const finish = (segments: SegmentsByRole): void => {
      const answer = this.#behaviour.leavesOut
        ? leaveOutRevoked(segments, ends, this.revocations)
        : { segments, revoked: [] };
      const leftOut = countSegments(segments) - countSegments(answer.segments);
      this.#effects.push({ kind: 'found', token, leftOut, ...answer });
    };
    this.#lookup.find(target, finish, (segments) =>
      hasPathAround(segments, ends, this.revocations),
    );
  }

  /** Takes a report that an interface is down: believes it for 10 s, or drops it with a reason. */
  #revoke({ isdAs, ifId, by, quote }: InterfaceDown): void {
    const item = { isdAs, ifId, by, isQuoted: quote !== undefined };
    const isNew = quote !== undefined && !this.revocations.has([item]);
    if (quote !== undefined && !this.#calls.isOfCall(quote, item)) this.#drop('scmp-quote');
    else if (isNew && !this.#reports.take(this.#now)) this.#drop('scmp-reports');
    else if (this.#behaviour.heedsErrors) {
      if (this.revocations.note(item)) this.#count('control.revocations');
      this.#calls.suspect(item);
    }
  }

  #handle(way: ControlWay, message: Uint8Array, answer: Answer): void {
    const request = readControlRequest(message);
    if (request === undefined) {
      answer(this.#refuse('request-malformed'));
      return;
    }
    const { method, body } = request;
    if (method === 'beacon') this.#takeBeacon(way, body, answer);
    else if (method === 'register') this.#takeRegistration(way, body, answer);
    else if (method === 'segments') answer(this.#answer(body));
    else if (method === 'level1') answer(this.#answerKey(way, body));
    else if (method === 'renew') this.#answerRenewal(way, body, answer);
    else if (method === 'vote') answer(this.#answerVote(body));
    else answer(this.#answerTrust(method, body));
  }

  #answerRenewal(way: ControlWay, body: Uint8Array, answer: Answer): void {
    if (this.trust === undefined) answer(this.#refuse('renewal-no-authority'));
    else {
      this.trust.answerRenewal(way, body, (issued) => {
        answer(typeof issued === 'string' ? this.#refuse(issued) : controlAnswer(issued));
      });
    }
  }

  #answerVote(body: Uint8Array): Uint8Array {
    const vote = this.trust?.vote(body) ?? 'vote-no-voter';
    return typeof vote === 'string' ? this.#refuse(vote) : controlAnswer(vote.body);
  }

  /** Asks a core AS for a certificate or a vote, over any path to it. */
  #askCore(ca: IsdAs, message: Uint8Array, done: (answer: Uint8Array) => void): void {
    this.#lookup.find(ca, (segments) => {
      const route = this.#calls.routeTo(ca, segments);
      if (route !== undefined)
        this.#calls.callOver(route, message, (answer) => answer && done(answer));
    });
  }

  #answerTrust(method: 'chain' | 'trc', body: Uint8Array): Uint8Array {
    const found = this.trust?.answer(method, body);
    return found === undefined ? this.#refuse('trust-unknown') : controlAnswer(found);
  }

  /**
   * Fetches the missing certificates and TRCs that the segments' signatures name, then calls `then`, also if that
   * failed.
   */
  #withKeys(way: ControlWay, segments: readonly SignedSegment[], then: () => void): void {
    if (this.trust === undefined) then();
    else this.trust.fetchFor(way, segments, then);
  }

  #takeBeacon(way: ControlWay, body: Uint8Array, answer: Answer): void {
    const { surroundings, options, clock } = this.#parts;
    const beacon = decodeBeacon(body);
    if (typeof beacon === 'string') {
      answer(this.#refuse(beacon));
      return;
    }
    const at = { neighbour: way.isdAs, ingress: way.ingress, seconds: clock().seconds };
    const refusal = beaconRefusal(beacon, surroundings, options.maxHops, at);
    if (refusal === undefined) {
      this.#withKeys(way, [beacon], () => answer(this.#keepBeacon(way, beacon)));
    } else answer(this.#refuse(refusal));
  }

  #keepBeacon(way: ControlWay, beacon: SignedSegment): Uint8Array {
    const refusal = this.#signatureRefusal(beacon);
    if (refusal !== undefined) return this.#refuse(refusal);
    const known = this.#known(beacon, way.ingress);
    const stored = this.#beacons.insert(findFirstAs(beacon.segment), known);
    if (stored === 'full') return this.#refuse('beacons-full');
    this.#count('control.beacons_received');
    if (stored === 'known') this.#count('control.beacons_known');
    this.revocations.liftPassedBy(beacon);
    this.revocations.lift(linkEndsAt(this.#parts.surroundings, way.ingress));
    return controlAnswer();
  }

  #takeRegistration(way: ControlWay, body: Uint8Array, answer: Answer): void {
    const segments = decodeSegments(body);
    if (segments === undefined) answer(this.#refuse('request-malformed'));
    else if (!this.#mayBeRegistered(segments.downs)) answer(this.#refuse('segment-invalid'));
    else this.#withKeys(way, segments.downs, () => answer(this.#keepRegistered(segments.downs)));
  }

  #keepRegistered(downs: readonly SignedSegment[]): Uint8Array {
    for (const one of downs) {
      const refusal = this.#signatureRefusal(one);
      if (refusal !== undefined) return this.#refuse(refusal);
      if (this.#database.register(this.#known(one, 0)) === 'full') {
        return this.#refuse('segments-full');
      }
    }
    return controlAnswer();
  }

  #answer(body: Uint8Array): Uint8Array {
    const request = decodeSegmentsRequest(body);
    if (request === undefined) return this.#refuse('request-malformed');
    const segments = fittingSegments(this.#database.answerTo(request), RPC_MESSAGE_BYTES_MAX - 1);
    return controlAnswer(encodeSegments(segments));
  }

  #answerKey({ isdAs }: ControlWay, body: Uint8Array): Uint8Array {
    const answer = this.#keys.answer(isdAs, body);
    return typeof answer === 'string' ? this.#refuse(answer) : controlAnswer(answer);
  }

  #askForKey(owner: IsdAs, question: () => Level1Question, done: KeyCallback): void {
    this.#lookup.find(owner, (segments) => {
      const route = this.#calls.routeOver(owner, segments);
      if (route === undefined) {
        done(undefined);
        return;
      }
      const { message, open } = question();
      this.#calls.callOver(route, controlRequest('level1', message), (answer) => {
        const key = answer && open(answer);
        if (typeof key === 'string') this.#drop(key);
        done(typeof key === 'string' ? undefined : key);
      });
    });
  }

  #sendBeacon(ifId: number, beacon: SignedSegment, done: (isTaken: boolean) => void): void {
    const at = this.#parts.surroundings.interfaces.get(ifId);
    if (at === undefined) return;
    const message = controlRequest('beacon', encodeBeacon(beacon));
    this.#effects.push({ kind: 'beacon-sent', ifId, bytes: message.length });
    this.#calls.call(this.#ways.neighbour(at), message, (answer) => done(answer !== undefined));
  }

  #register(
    origin: IsdAs,
    segments: readonly SignedSegment[],
    done: (isTaken: boolean) => void,
  ): void {
    const route = this.#calls.routeTo(origin, { ...NO_SEGMENTS, ups: segments });
    if (route === undefined) {
      done(false);
      return;
    }
    this.#count('control.registrations');
    const body = encodeSegments({ ...NO_SEGMENTS, downs: segments });
    const message = controlRequest('register', body);
    this.#calls.callOver(route, message, (answer) => done(answer !== undefined));
  }

  #ask(
    { core, known, target }: CoreQuestion,
    done: (answer: SegmentsByRole | undefined) => void,
    doubted: () => void,
  ): void {
    const request = encodeSegmentsRequest({ source: core, target });
    const message = controlRequest('segments', request);
    const route = this.#calls.routeTo(core, known);
    if (route === undefined) {
      done(undefined);
      return;
    }
    const take: TakeAnswer = (answer, way) => {
      if (answer === undefined) done(undefined);
      else this.#takeSegments(way, answer, done);
    };
    this.#calls.callOver(route, message, take, doubted);
  }

  #signatureRefusal(segment: SignedSegment): SignatureRefusal | undefined {
    return this.#behaviour.trusts ? undefined : this.#verifier.refusal(segment);
  }

  /**
   * True if all segments begin in this core AS, have an end, pass no AS twice, are short enough and have not expired.
   */
  #mayBeRegistered(segments: readonly SignedSegment[]): boolean {
    const { options, clock, surroundings } = this.#parts;
    const { isCore, isdAs } = surroundings;
    const limits = { origin: isdAs, maxHops: options.maxHops, seconds: clock().seconds };
    return isCore && segments.every((one) => isWholeSegment(one, limits));
  }

  /** Reads and verifies the segments of an answer; they are undefined if the answer is invalid. */
  #takeSegments(
    way: ControlWay,
    answer: Uint8Array,
    done: (segments: SegmentsByRole | undefined) => void,
  ): void {
    const segments = decodeSegments(answer);
    if (segments === undefined) {
      this.#drop('answer-malformed');
      done(undefined);
      return;
    }
    const { ups, cores, downs } = segments;
    this.#withKeys(way, [...ups, ...cores, ...downs], () => done(this.#verified(segments)));
  }

  #verified(segments: SegmentsByRole): SegmentsByRole | undefined {
    const { ups, cores, downs } = segments;
    for (const one of [...ups, ...cores, ...downs]) {
      const refusal = isEnded(one) ? this.#signatureRefusal(one) : 'segment-invalid';
      if (refusal !== undefined) {
        this.#drop(refusal);
        return undefined;
      }
      this.revocations.liftPassedBy(one);
    }
    return segments;
  }

  #known(segment: SignedSegment, ingress: number): KnownSegment {
    return knownSegment(this.#parts.crypto, segment, ingress);
  }

  #refuse(reason: ControlDropReason): Uint8Array {
    this.#drop(reason);
    return CONTROL_REFUSED;
  }

  #drop(reason: ControlDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }

  #count(metric: ControlCounter): void {
    this.#effects.push({ kind: 'count', metric });
  }
}
