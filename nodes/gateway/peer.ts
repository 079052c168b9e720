/**
 * Everything the gateway keeps for one peer: session, paths, reassembly, waiting packets, reports.
 *
 * Packets leave as the strategy plans, probes on the path they measure; answers and reports return on
 * the reverse of the path on which the frame arrived. The session does the cryptography and the
 * controller selects paths; this file connects them.
 *
 * @module
 */
import type { DeliveryFacts, PeerReachability, SendWishes } from '../../engine/host/transport.ts';
import { isdAsWords, type PacketEnd, type PacketView } from '../scion/index.ts';
import type { PacketReceiver } from './arrivals.ts';
import { readProbe, readReport } from './bodies.ts';
import type { DepartureDropReason, PacketSender, SendPacket } from './departures.ts';
import type { FrameDropReason } from './drops.ts';
import { FRAME_TYPE, PACKET_BYTES_MAX } from './geometry.ts';
import { LoadLimiter } from './load-limit.ts';
import type { InterfaceDownReport, ScmpDropReason } from './multipath/scmp-policy.ts';
import type { ControllerEffect, ExplainedPath, PathController } from './multipath/types.ts';
import { type JudgedFrame, OffloadedFrames } from './opening/offloaded-frames.ts';
import { makePacketEnds } from './packet-ends.ts';
import { PacketRoutes } from './packet-routes.ts';
import { findDeadPathInUse } from './path-invariant.ts';
import type { PeerContext } from './peer-context.ts';
import { PeerMessages } from './peer-messages.ts';
import type { PeerOutput, PeerTimerName } from './peer-output.ts';
import { PeerEventRecorder } from './peer-record.ts';
import { PeerTraceWriter } from './peer-trace.ts';
import { FrameCopies } from './replay/frame-copies.ts';
import { ReceiverReporter } from './reporter.ts';
import type { PrefixAnnouncement } from './routing/announcement.ts';
import { FrameSender } from './sender.ts';
import { Session } from './session.ts';
import type { ClockReadings } from './session-parts.ts';
import { UnderlayPaths } from './underlay-paths.ts';
import { SmallReplayWindowWarner } from './window-watch.ts';
import type { FrameHeader } from './wire.ts';

/** Everything that the gateway keeps for one peer. */
export class Peer {
  readonly name: string;
  readonly session: Session;
  readonly controller: PathController;
  readonly record: PeerEventRecorder;
  /** Returns how the packet that is being delivered arrived. */
  readonly arrived = (): DeliveryFacts => this.#reporter.arrived(this.underlays);
  /** Returns the id of the path on which that packet arrived. */
  readonly arrivalPath = (): string => this.#reporter.pathId(this.underlays);
  /** Returns the id of the path that packets take now; undefined before the first choice. */
  readonly activeId = (): string | undefined => this.routes.active?.path.info.id;
  /** The peer's AS and host address in the form in which packets contain them. */
  readonly end: PacketEnd;
  readonly #context: PeerContext;
  readonly #output: PeerOutput;
  readonly underlays: UnderlayPaths;
  readonly #reporter: ReceiverReporter;
  readonly #sender: FrameSender;
  readonly #messages: PeerMessages;
  readonly #arrivals: PacketReceiver;
  readonly #departures: PacketSender;
  /** Absent while no trace is recorded. */
  readonly #peerTrace: PeerTraceWriter | undefined;
  readonly routes: PacketRoutes;
  /** The instant of the input that is being processed. */
  #at: ClockReadings;
  /** The instant for which the timer `work` is set; Infinity while it is not set. */
  #timerNs = Number.POSITIVE_INFINITY;
  readonly windowWatch: SmallReplayWindowWarner;
  readonly load: LoadLimiter;
  /** Present only if frames race. */
  readonly #copies: FrameCopies | undefined;
  /** Present with the option `opening: threads`. */
  readonly #elsewhere: OffloadedFrames | undefined;
  /** The packet whose frame the session is reading. Answers to the frame return on the path of this packet. */
  #packetBeingRead: PacketView | undefined;
  /** The reachability that was last reported to the protocols above. */
  #way: PeerReachability = 'closed';

  constructor(name: string, context: PeerContext, output: PeerOutput, now: number) {
    this.name = name;
    this.#context = context;
    this.#output = output;
    this.record = new PeerEventRecorder(output, name);
    this.#at = { nowNs: now, clockUs: 0 };
    const { target, targetHost } = context.ends(name);
    this.end = { isdAs: isdAsWords(target), host: targetHost };
    this.underlays = new UnderlayPaths(name, context);
    const { overload, multipath, antiReplay } = context.options;
    this.#reporter = new ReceiverReporter(output, multipath, (body, pathType, path) => {
      const back = this.underlays.reverse(pathType, path);
      this.#sender.small(this.#at, back, FRAME_TYPE.report, body);
    });
    this.controller = context.makeController(name);
    const { strategy } = multipath;
    this.routes = new PacketRoutes(strategy, this.controller, this.underlays, context.router);
    const { shed: isEnabled, delay: delayNs } = overload;
    this.load = new LoadLimiter({ isEnabled, delayNs, reportIntervalNs: multipath.reportInterval });
    const { windowSize } = antiReplay;
    this.#copies = strategy === 'race' ? new FrameCopies(windowSize) : undefined;
    this.windowWatch = new SmallReplayWindowWarner(windowSize, now);
    const peerTrace = context.isTraced ? new PeerTraceWriter(output, name, windowSize) : undefined;
    this.#peerTrace = peerTrace;
    const parts = { output, peerTrace, reporter: this.#reporter, arrived: this.arrived };
    ({ arrivals: this.#arrivals, departures: this.#departures } = makePacketEnds(
      name,
      context,
      parts,
    ));
    this.session = new Session(
      context.sessionOptions(name, {
        send: (frame) => this.#messages.send(this.#at.nowNs, frame, this.#packetBeingRead),
        spread: (frame) => this.#messages.spread(this.#at.nowNs, frame),
        prove: (frame) => this.#messages.prove(this.#at.nowNs, frame, this.#packetBeingRead),
        established: () => this.#established(),
        deliverHeld: (header, plaintext) => this.#acceptHeld(header, plaintext),
        dropHeld: (header, reason) => this.#dropHeld(header, reason),
        wake: () => output.perform({ kind: 'wake' }),
        ...(peerTrace && {
          noted: (step, epoch) => peerTrace.stepped(this.#at.nowNs, step, epoch),
        }),
      }),
    );
    const { threads } = context;
    const away = { ...context, session: this.session, arrivals: this.#arrivals };
    const judged = (frame: JudgedFrame): void => this.#frameReturned(frame);
    this.#elsewhere = threads && new OffloadedFrames({ ...away, threads, judged });
    this.#sender = new FrameSender(output, context, this.session, {
      sealed: (header): void => this.#departures.sealed(header),
      sent: (sequence): void => this.#dataSent(sequence),
    });
    this.#messages = new PeerMessages(this.#sender, this.underlays, this.routes);
  }

  /** Requests keys and paths. */
  start(at: ClockReadings): void {
    this.lookAgain(at);
    this.session.connect(at);
    this.#arm();
  }

  /** Looks up paths at once, because the set of allowed paths has changed. */
  lookAgain(at: ClockReadings): void {
    this.#at = at;
    this.#refresh();
  }

  stop(): void {
    this.#timerNs = Number.POSITIVE_INFINITY;
    this.session.close();
  }

  /** Drops everything that waits here, with reasons, because the peer is removed. */
  discard(): void {
    this.#departures.discard();
    for (const { header } of this.session.held) this.#dropHeld(header, 'no-session');
    this.#elsewhere?.discard((header) => this.#dropHeld(header, 'no-session'));
    this.#arrivals.discard();
  }

  /** Number of packets held here: to be sent, opened by a thread, checked by the replay window, or completed. */
  get holding(): number {
    const held = this.session.held.filter(({ header }) => header.type === FRAME_TYPE.data);
    const elsewhere = this.#elsewhere?.size ?? 0;
    return this.#departures.waiting + held.length + elsewhere + this.#arrivals.unfinished;
  }

  get isReady(): boolean {
    return this.session.isOpen && this.routes.active !== undefined;
  }

  /** The name of a broken invariant of the peer's paths; undefined if none is broken. */
  invariant(now: number): string | undefined {
    return findDeadPathInUse(now, this.controller, this.#context.options.multipath);
  }

  /** The links of the path that packets take now. */
  get activeLinks(): readonly string[] | undefined {
    return this.routes.active?.path.linkIds;
  }

  status(now: number): readonly ExplainedPath[] {
    return this.controller.explain(now);
  }

  /**
   * Sends application bytes, now or when there is a path.
   * @returns why they are dropped instead; undefined if they are not.
   */
  send(at: ClockReadings, body: Uint8Array, wishes?: SendWishes): DepartureDropReason | undefined {
    this.#at = at;
    const reason = this.#offer(body, wishes);
    if (reason !== undefined) this.#output.drop(reason);
    return reason;
  }

  /** Announces our prefixes to the peer, on the path in use. */
  announce(at: ClockReadings, announcement: PrefixAnnouncement): void {
    this.#at = at;
    if (this.session.isOpen) this.#sender.control(at, this.routes.active, announcement);
  }

  /** Takes a decoded frame, which the SCION packet `view` carried. `isAsked`: an application waits for the verdict on the frame. */
  receive(at: ClockReadings, header: FrameHeader, view: PacketView, isAsked: boolean): void {
    this.#at = at;
    this.#packetBeingRead = view;
    if (header.type === FRAME_TYPE.handshake) this.#receiveHandshake(header, view.buffer);
    else this.#receiveSealed(header, view, isAsked);
    this.#packetBeingRead = undefined;
  }

  /** Takes an unsealed frame whose packet names this peer as its sender (ADR 0090). */
  receiveSig(at: ClockReadings, frame: Uint8Array): void {
    this.#at = at;
    if (this.session.admission.unsealedCame(at.nowNs)) this.#arrivals.takeSig(at.nowNs, frame);
    else this.#output.drop('rate-limited');
    this.#arm();
  }

  /** Called when the bound of a replay window is on disk: reads the frames that waited for this. */
  retryHeld(at: ClockReadings): void {
    this.#at = at;
    this.session.retryHeld(at);
  }

  /** Called when a timer has fired. */
  fired(timer: PeerTimerName, at: ClockReadings): void {
    this.#at = at;
    if (timer === 'report') this.#reporter.report(at.nowNs);
    else {
      this.windowWatch.late(at.nowNs - this.#timerNs);
      this.#timerNs = Number.POSITIVE_INFINITY;
      this.tick(at);
    }
  }

  /** Does everything that is due. Called when a timer has fired, and when the session has asked for it. */
  tick(at: ClockReadings): void {
    this.#at = at;
    this.session.tick(at);
    if (!this.session.isOpen) this.#reportReachability();
    this.#arrivals.expire(at.nowNs);
    // Paths can be probed only when there are keys.
    const isDue = this.session.isOpen && at.nowNs >= this.controller.deadline();
    if (isDue) this.#perform(this.controller.tick(at.nowNs));
    const { directory, options } = this.#context;
    const isSearch = !this.session.isOpen && at.nowNs >= this.#searchAt();
    const used = this.routes.active?.path.info.id;
    const isLeftOut = directory.leavesOut(this.name, used, options.multipath.maxPaths);
    if (isSearch || isLeftOut) this.#refresh();
    this.#departures.expire(at.nowNs);
    this.#arm();
  }

  /** Called when a message reports an interface down. @returns why the peer does not believe it; undefined if it does. */
  interfaceDown(at: ClockReadings, report: InterfaceDownReport): ScmpDropReason | undefined {
    this.#at = at;
    const { behaviour, report: tell } = this.#context;
    const now = at.nowNs;
    const weighed = behaviour.scmp.weigh(report, (quote) => this.underlays.quoted(now, quote));
    if (typeof weighed === 'string') return weighed;
    this.#perform(this.controller.interfaceDown(now, weighed));
    tell(weighed, this.controller.status(now));
    this.#peerTrace?.measured(now, this.controller, this.routes, true);
    return undefined;
  }

  /** Sends a packet or queues it; returns the drop reason if neither is possible. */
  #offer(body: Uint8Array, wishes: SendWishes | undefined): DepartureDropReason | undefined {
    if (body.length > PACKET_BYTES_MAX) return 'packet-too-large';
    if (body.length === 0) return 'packet-empty';
    if (!this.load.admit(this.#at.nowNs)) return 'overload';
    const mustLeave = this.isReady && (wishes?.tolerant !== true || this.isUsable);
    if (mustLeave) return this.#departures.sendNow(body, wishes, this.#onRoutes);
    const reason = this.#departures.keep(this.#at.nowNs, body, wishes);
    if (reason === undefined) this.#arm();
    return reason;
  }

  #receiveHandshake(header: FrameHeader, buffer: Uint8Array): void {
    const refused = this.session.receiveHandshake(header, buffer, this.#at);
    if (refused !== undefined) this.#context.refused(refused);
    this.#arm();
  }

  #receiveSealed(header: FrameHeader, view: PacketView, isAsked: boolean): void {
    // A frame that an application handed in is opened by this thread, because the application waits for the verdict.
    if (this.#elsewhere !== undefined && header.type === FRAME_TYPE.data && !isAsked) {
      this.#elsewhere.send(this.#at, header, view);
      return;
    }
    const { scratch } = this.#context;
    const opened = this.session.open(header, view.buffer, scratch, this.#at);
    this.#judged({ header, opened, plaintext: scratch, view });
  }

  /** Called when a frame has come back from the threads. */
  #frameReturned(frame: JudgedFrame): void {
    this.#at = frame.at;
    this.#packetBeingRead = frame.view;
    this.#judged(frame);
    this.#packetBeingRead = undefined;
  }

  #judged({ header, opened, plaintext, view }: Omit<JudgedFrame, 'at'>): void {
    const copies = this.#copies;
    if (opened === 'replay') this.#context.refused(copies?.nameRepeat(header, view) ?? opened);
    else if (typeof opened === 'string' && opened !== 'held') this.#context.refused(opened);
    else copies?.taken(header, view);
    if (opened === 'held') this.#arrivals.held(header);
    else if (typeof opened === 'number') this.#accept(header, plaintext.subarray(0, opened), view);
  }

  #acceptHeld(header: FrameHeader, plaintext: Uint8Array): void {
    this.#accept(header, plaintext, undefined);
    this.#arrivals.heldEnded(header, 'delivered');
  }

  #dropHeld(header: FrameHeader, reason: FrameDropReason): void {
    const name = reason === 'replay' ? this.#copies?.nameHeld(header) : undefined;
    this.#context.refused(name ?? reason);
    this.#arrivals.heldEnded(header, 'dropped');
  }

  #accept(header: FrameHeader, plaintext: Uint8Array, view: PacketView | undefined): void {
    this.record.accepted(this.#at.nowNs);
    const ahead = this.windowWatch.accepted(header);
    this.#context.accepted();
    this.#context.measured.frameAccepted(ahead);
    this.#peerTrace?.accepted(this.#at.nowNs, header, this.session);
    switch (header.type) {
      case FRAME_TYPE.data:
        this.#acceptData(header, plaintext, view);
        return;
      case FRAME_TYPE.probe:
        if (view !== undefined && !this.#messages.answerProbe(this.#at, plaintext, view))
          this.#output.drop('malformed-body');
        return;
      case FRAME_TYPE.probeReply:
        this.#acceptReply(plaintext);
        return;
      case FRAME_TYPE.report:
        this.#acceptReport(plaintext);
        return;
      case FRAME_TYPE.control:
        // An empty body only confirms a new epoch, which the session has already noticed.
        if (plaintext.length > 0) this.#context.router.received(this, plaintext, header);
        return;
      case FRAME_TYPE.handshake:
        return;
    }
  }

  #acceptData(header: FrameHeader, plaintext: Uint8Array, view: PacketView | undefined): void {
    const { nowNs, clockUs } = this.#at;
    // This comes before the frame is noted, because packets are delivered with the facts of the frame noted last.
    this.#arrivals.expireOrder(nowNs);
    this.#reporter.note(nowNs, header, view);
    const ageUs = clockUs - header.timestamp;
    this.#context.measured.lastMinute.latency(nowNs, ageUs);
    if (this.#arrivals.take(nowNs, header, plaintext, ageUs) === 'waits') this.#arm();
  }

  #acceptReply(body: Uint8Array): void {
    const probe = readProbe(body);
    if (probe === undefined) this.#output.drop('malformed-body');
    else this.#perform(this.controller.answered(this.#at.nowNs, probe.path, probe.probe));
  }

  #acceptReport(body: Uint8Array): void {
    const report = readReport(body);
    const { nowNs } = this.#at;
    if (report === undefined) this.#output.drop('malformed-body');
    else {
      this.#context.measured.reported(nowNs, this.name, report);
      this.load.reported(nowNs, { ...report, baseRttNs: this.controller.baseRttNs });
      this.#perform(this.controller.reported(nowNs, report));
    }
  }

  #perform(effects: readonly ControllerEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
    this.routes.plan(this.#at.nowNs);
    this.#arm();
    const isNews = effects.some(({ kind }) => kind === 'health' || kind === 'switch');
    this.#reportReachability();
    this.#peerTrace?.measured(this.#at.nowNs, this.controller, this.routes, isNews);
    this.#departures.show(this.#at.nowNs);
  }

  /** Tells the protocols above when it has changed whether packets leave on a path that answers. */
  #reportReachability(): void {
    const way = this.isUsable ? 'open' : 'closed';
    if (way === this.#way) return;
    this.#way = way;
    this.#output.perform({ kind: 'way', way });
    if (way === 'closed') return;
    this.#context.router.announceTo(this);
    this.#sendWaiting();
  }

  /** True if packets leave on a path that answers. */
  get isUsable(): boolean {
    const now = this.#at.nowNs;
    const isHeard = !this.controller.isSilent(now);
    return this.isReady && isHeard && this.routes.working(now) !== undefined;
  }

  #performOne(effect: ControllerEffect): void {
    switch (effect.kind) {
      case 'probe':
        this.#messages.probe(this.#at, effect);
        return;
      case 'switch':
        this.#switch(effect);
        return;
      case 'mtu':
        this.underlays.limit(this.controller.path(effect.path).id, effect.bytes);
        return;
      case 'health':
        this.record.health(this.routes.at(effect.path)?.path.name, effect.health);
        return;
      case 'refresh':
        this.#refresh();
    }
  }

  #switch(effect: Extract<ControllerEffect, { kind: 'switch' }>): void {
    const { nowNs } = this.#at;
    const { from, to } = this.routes.switch(nowNs, effect.isFault);
    const ids = { from: from?.info.id, to: to?.info.id };
    this.#context.measured.switched(nowNs, this.name, { ...effect, ...ids });
    this.load.moved();
    this.record.switched(effect, { atNs: nowNs, from: from?.name, to: to?.name });
    this.#sendWaiting();
  }

  #refresh(): void {
    const { directory, lookUp } = this.#context;
    const now = this.#at.nowNs;
    const found = lookUp(this.name);
    for (const path of found) this.underlays.adopt(path);
    this.routes.plan(now);
    this.routes.classes.found(found);
    this.underlays.forgetVanished(found);
    this.#reporter.pathsChanged();
    const infos = found.map(({ info }) => info);
    this.#perform(this.controller.setPaths(now, infos));
    this.#peerTrace?.found(found, directory.segments(this.name));
    const warning = this.windowWatch.check(now, this.controller.status(now));
    if (warning === undefined) return;
    const message = `frames from ${this.name}: ${warning}`;
    this.#output.perform({ kind: 'log', level: 'warn', message });
  }

  readonly #searchAt = (): number => this.#context.directory.searchAt(this.name);
  /** This function is created only once, because a closure for each packet would be garbage. */
  readonly #onRoutes: SendPacket = (content, dscp, packet) => {
    const underlays = this.routes.next(packet);
    if (underlays === undefined) return 'class-no-path';
    return this.#sender.packet(this.#at, underlays, content, dscp);
  };

  #dataSent(sequence: number): void {
    const now = this.#at.nowNs;
    this.load.sent(now, sequence);
    this.#context.measured.frameSent(now, this.name, sequence);
    if (this.controller.sent(now, sequence)) this.#arm();
  }

  #established(): void {
    this.record.established(this.session.epoch);
    this.#context.measured.keyRotations += 1;
    this.#sendWaiting();
    // The peer has answered, so paths that seemed dead may have been fine while the peer was down.
    this.#perform(this.controller.peerReturned(this.#at.nowNs));
    this.#reportReachability();
    this.#context.router.announceTo(this);
  }

  #sendWaiting(): void {
    if (!this.isReady || this.#departures.waiting === 0) return;
    const way = this.isUsable ? 'open' : 'closed';
    this.#departures.sendWaiting(this.#at.nowNs, this.#onRoutes, way);
  }

  /** Sets the one timer for everything that is due; firing early is harmless. */
  #arm(): void {
    const due = Math.min(
      this.session.isOpen ? this.controller.deadline() : this.#searchAt(),
      this.session.deadlineNs,
      this.#arrivals.deadlineNs,
      this.#departures.deadlineNs,
    );
    if (!Number.isFinite(due) || this.#timerNs <= due) return;
    this.#timerNs = Math.max(due, this.#at.nowNs);
    this.#output.perform({ kind: 'timer', timer: 'work', atNs: this.#timerNs });
  }
}
