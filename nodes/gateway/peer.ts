/**
 * Everything the gateway keeps for one peer: session, paths, reassembly, waiting packets, reports.
 *
 * Packets go out on the active path; probes on the path they measure; answers and reports go back
 * on the reverse of the path on which the frame came. Cryptography is the session's, choice of paths
 * the controller's; this file joins them.
 *
 * @module
 */
import type { NodeRequest } from '../../engine/host/host.ts';
import type { Timer } from '../../engine/host/time.ts';
import {
  decodePath,
  isdAsWords,
  type PacketView,
  reverseWirePath,
  type WirePath,
} from '../scion/index.ts';
import {
  PROBE_BYTES,
  REPORT_BYTES,
  readProbe,
  readReport,
  writeProbe,
  writeReport,
} from './bodies.ts';
import type { FrameDrop } from './drops.ts';
import { fitsOneFrame, planFragments, REASSEMBLY_LIMITS, Reassembler } from './fragment.ts';
import { FRAME_OVERHEAD_MAX, FRAME_TYPE, type FrameType, PACKET_BYTES_MAX } from './geometry.ts';
import type { Effect, PathController, PathStatus } from './multipath/types.ts';
import type { PeerContext } from './peer-context.ts';
import { ReceivedData } from './received-data.ts';
import { Session } from './session.ts';
import type { Moment } from './session-parts.ts';
import { type Carrier, makeCarrier, ROUTER_PORT } from './underlay/carrier.ts';
import { PacketTemplate } from './underlay/packet-template.ts';
import type { GatewayPath } from './underlay/path-directory.ts';
import { WaitingRoom } from './waiting-room.ts';
import { WindowWatch } from './window-watch.ts';
import { FrameHeader } from './wire.ts';

/** One peer. */
export class Peer {
  readonly name: string;
  readonly session: Session;
  readonly controller: PathController;
  readonly #context: PeerContext;
  readonly #source: { readonly high: number; readonly low: number; readonly bytes: Uint8Array };
  readonly #carriers = new Map<string, Carrier>();
  readonly #reassembler: Reassembler;
  readonly #header = new FrameHeader();
  readonly #probeBody = new Uint8Array(PROBE_BYTES);
  readonly #reportBody = new Uint8Array(REPORT_BYTES);
  readonly #reversePath = new Uint8Array(1024);
  #reversePathBytes = 0;
  #reversePathType = 0;
  readonly #waiting = new WaitingRoom();
  #active: Carrier | undefined;
  #timer: Timer | undefined;
  #timerNs = Number.POSITIVE_INFINITY;
  #reportTimer: Timer | undefined;
  readonly #received = new ReceivedData();
  readonly #windowWatch: WindowWatch;
  /** When the node was started again after a crash, until a frame is accepted; -1 otherwise. */
  #restartedNs = -1;
  /** Next path that a handshake message takes before any path is known to work. */
  #attempt = 0;

  constructor(name: string, context: PeerContext) {
    this.name = name;
    this.#context = context;
    const { host } = context;
    const { target, targetHost } = context.ends(name);
    this.#source = { ...isdAsWords(target), bytes: targetHost.bytes };
    this.#reassembler = new Reassembler(REASSEMBLY_LIMITS, (reason) => host.drop(reason));
    this.controller = context.makeController(name);
    this.#windowWatch = new WindowWatch(context.options.antiReplay.windowSize, host.now());
    this.session = new Session(
      context.sessionOptions(name, {
        send: (frame) => this.#sendAnywhere(frame),
        established: () => this.#established(),
        deliverHeld: (header, plaintext) => this.#accept(header, plaintext, undefined),
        wake: () => this.#wake(),
      }),
    );
  }

  /** Asks for keys and paths. */
  start(): void {
    this.#refresh();
    this.session.connect(this.#context.moment());
    this.#arm();
  }

  /** The node starts again after a crash: the time until the first accepted frame is measured. */
  noteRestart(): void {
    this.#restartedNs = this.#context.host.now();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#reportTimer?.cancel();
    this.session.close();
  }

  get isReady(): boolean {
    return this.session.isOpen && this.#active !== undefined;
  }

  /** True when the packet comes from this peer's AS and host. */
  isSource(view: PacketView): boolean {
    const { high, low, bytes } = this.#source;
    if (view.sourceHigh !== high || view.sourceLow !== low) return false;
    for (let i = 0; i < bytes.length; i += 1) {
      if (view.buffer[view.sourceHostOffset + i] !== bytes[i]) return false;
    }
    return true;
  }

  /** names an unhealthy path in use while a healthy one waits. */
  invariant(): string | undefined {
    const paths = this.controller.status(this.#context.host.now());
    const active = paths[this.controller.active];
    const isBad =
      active !== undefined && (active.health === 'dead' || active.health === 'degraded');
    const healthy = paths.find(({ health }) => health === 'alive');
    if (!isBad || healthy === undefined || this.#context.options.multipath.mode === 'reference') {
      return undefined;
    }
    return `path ${active.id} is ${active.health} and in use while ${healthy.id} is alive`;
  }

  /** Links that packets take now. */
  get activeLinks(): readonly string[] | undefined {
    return this.#active?.path.linkIds;
  }

  status(now: number): readonly PathStatus[] {
    return this.controller.status(now);
  }

  /** Sends application bytes; answers the request by name. */
  send(request: NodeRequest): void {
    const { body } = request;
    const reason = this.#offer(body);
    if (reason === undefined) {
      request.respond('ok');
      return;
    }
    this.#context.host.drop(reason);
    request.respond(reason);
  }

  /** Takes a decoded frame from this peer. `view` is the SCION packet that carried it. */
  receive(header: FrameHeader, buffer: Uint8Array, view: PacketView): void {
    const { host, scratch, moment } = this.#context;
    const at = moment();
    if (header.type === FRAME_TYPE.handshake) {
      const refused = this.session.receiveHandshake(header, buffer, at);
      if (refused !== undefined) host.drop(refused);
      this.#arm();
      return;
    }
    const opened = this.session.open(header, buffer, scratch, at);
    if (opened === 'held') return;
    if (typeof opened === 'string') {
      this.#context.refused(opened);
      return;
    }
    this.#accept(header, scratch.subarray(0, opened), view);
  }

  /** A router says that an interface is down. */
  interfaceDown(isdAs: string, ifId: number): void {
    this.#perform(this.controller.interfaceDown(this.#context.host.now(), isdAs, ifId));
  }

  /** Sends a packet or lets it wait; returns why it cannot. */
  #offer(body: Uint8Array): FrameDrop | 'no-path' | undefined {
    if (body.length > PACKET_BYTES_MAX) return 'packet-too-large';
    if (body.length === 0) return 'packet-empty';
    const carrier = this.#active;
    if (carrier !== undefined && this.session.isOpen) return this.#sendPacket(carrier, body);
    if (!this.#waiting.add(body, this.#context.host.now())) return 'no-path';
    this.#arm();
    return undefined;
  }

  #accept(header: FrameHeader, plaintext: Uint8Array, view: PacketView | undefined): void {
    if (this.#restartedNs >= 0) this.#recovered();
    switch (header.type) {
      case FRAME_TYPE.data:
        this.#acceptData(header, plaintext, view);
        return;
      case FRAME_TYPE.probe:
        if (view !== undefined) this.#answerProbe(plaintext, view);
        return;
      case FRAME_TYPE.probeReply:
        this.#acceptReply(plaintext);
        return;
      case FRAME_TYPE.report:
        this.#acceptReport(plaintext);
        return;
      case FRAME_TYPE.control:
      case FRAME_TYPE.handshake:
        return;
    }
  }

  #recovered(): void {
    const { host } = this.#context;
    host.meter.sample('antireplay.recovery', host.now() - this.#restartedNs);
    this.#restartedNs = -1;
  }

  #acceptData(header: FrameHeader, plaintext: Uint8Array, view: PacketView | undefined): void {
    const { host } = this.#context;
    this.#noteData(header, view);
    if (header.fragments === 1) {
      host.deliver(this.name, plaintext, 0, plaintext.length);
      return;
    }
    const whole = this.#reassembler.add(header, plaintext, host.now());
    if (typeof whole === 'string') host.drop(whole);
    else if (whole !== undefined) host.deliver(this.name, whole, 0, whole.length);
    this.#arm();
  }

  #noteData(header: FrameHeader, view: PacketView | undefined): void {
    this.#received.note(header.epoch, header.sequence);
    if (view !== undefined) this.#rememberPath(view);
    const { options, host } = this.#context;
    const { reports, reportInterval } = options.multipath;
    if (!reports || this.#reportTimer?.isPending === true) return;
    if (this.#reportTimer === undefined) {
      this.#reportTimer = host.after(reportInterval, () => this.#report());
    } else this.#reportTimer.rearm(reportInterval);
  }

  #rememberPath(view: PacketView): void {
    const end = view.start + view.headerLength;
    this.#reversePathBytes = end - view.pathOffset;
    this.#reversePathType = view.pathType;
    this.#reversePath.set(view.buffer.subarray(view.pathOffset, end));
  }

  #report(): void {
    if (!this.#received.takeNews()) return;
    writeReport(this.#reportBody, this.#received.highest, this.#received.frames);
    const bytes = this.#reversePath.subarray(0, this.#reversePathBytes);
    this.#sendBack(FRAME_TYPE.report, this.#reportBody, this.#reversePathType, bytes);
    this.#reportTimer?.rearm(this.#context.options.multipath.reportInterval);
  }

  #answerProbe(body: Uint8Array, view: PacketView): void {
    if (readProbe(body) === undefined) {
      this.#context.host.drop('malformed-body');
      return;
    }
    const path = view.buffer.subarray(view.pathOffset, view.start + view.headerLength);
    this.#sendBack(FRAME_TYPE.probeReply, body.slice(), view.pathType, path);
  }

  #acceptReply(body: Uint8Array): void {
    const probe = readProbe(body);
    if (probe === undefined) this.#context.host.drop('malformed-body');
    else this.#perform(this.controller.answered(this.#context.host.now(), probe.path, probe.probe));
  }

  #acceptReport(body: Uint8Array): void {
    const report = readReport(body);
    if (report === undefined) this.#context.host.drop('malformed-body');
    else this.#perform(this.controller.reported(this.#context.host.now(), report));
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(effect);
    this.#arm();
  }

  #performOne(effect: Effect): void {
    const { host } = this.#context;
    switch (effect.kind) {
      case 'probe':
        this.#sendProbe(effect.path, effect.probe);
        return;
      case 'switch':
        this.#switch(effect);
        return;
      case 'health': {
        const name = this.#carrierAt(effect.path)?.path.name ?? 'unknown';
        host.trace.state(`path ${name} to ${this.name}`, effect.health);
        return;
      }
      case 'refresh':
        this.#refresh();
        return;
    }
  }

  #switch(effect: Extract<Effect, { kind: 'switch' }>): void {
    const { host } = this.#context;
    this.#active = this.#carrierAt(effect.to);
    if (effect.isFault) {
      host.meter.counter('gateway.fault_switches').add(1);
      host.trace.mark(`fault switch to ${this.name}`);
    } else if (effect.from !== undefined) host.meter.counter('gateway.planned_switches').add(1);
    host.trace.state(`path to ${this.name}`, this.#active?.path.name ?? 'none');
    this.#sendWaiting();
  }

  #refresh(): void {
    const { host, directory } = this.#context;
    const now = host.now();
    const found = directory.lookup(this.name, now, host.clock());
    for (const path of found) this.#adopt(path);
    this.#perform(
      this.controller.setPaths(
        now,
        found.map(({ info }) => info),
      ),
    );
    const paths = this.controller.status(now);
    const warning = this.#windowWatch.look(now, this.#received.frames, paths);
    if (warning !== undefined) host.log.warn(`frames from ${this.name}: ${warning}`);
  }

  /** Keeps the carrier of a known path, renews it when the hop fields are fresh ones. */
  #adopt(path: GatewayPath): void {
    const { host, ends } = this.#context;
    const known = this.#carriers.get(path.info.id);
    if (known?.path === path) return;
    const router = host.endpoint(path.firstRouter, ROUTER_PORT);
    const flowId = known?.flowId ?? host.random('flow-id').below(1 << 20);
    const carrier = makeCarrier(path, ends(this.name), router, flowId);
    this.#carriers.set(path.info.id, carrier);
    if (known !== undefined && known === this.#active) this.#active = carrier;
  }

  #carrierAt(index: number): Carrier | undefined {
    return this.#carriers.get(this.controller.path(index).id);
  }

  #sendPacket(carrier: Carrier, body: Uint8Array): FrameDrop | undefined {
    if (fitsOneFrame(body.length, carrier.room)) {
      return this.#sendFrame(carrier, FRAME_TYPE.data, body, [0, 1]);
    }
    const plan = planFragments(body.length, carrier.room);
    if (typeof plan === 'string') return plan;
    for (let i = 0; i < plan.count; i += 1) {
      const part = body.subarray(i * plan.size, Math.min(body.length, (i + 1) * plan.size));
      const reason = this.#sendFrame(carrier, FRAME_TYPE.data, part, [i, plan.count]);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  // hot: once per data frame.
  #sendFrame(
    carrier: Carrier,
    type: FrameType,
    body: Uint8Array,
    [fragment, fragments]: readonly [number, number],
  ): FrameDrop | undefined {
    const { host } = this.#context;
    const header = this.#header;
    header.type = type;
    header.timestamp = this.#context.moment().clockUs;
    header.fragment = fragment;
    header.fragments = fragments;
    const at = carrier.template.length;
    const packet = host.alloc(at + body.length + FRAME_OVERHEAD_MAX);
    const sealed = this.session.seal(header, body, packet, at);
    if (typeof sealed === 'string') {
      host.release(packet);
      return sealed;
    }
    carrier.template.begin(packet);
    this.#launch(carrier, packet, sealed, type);
    const isData = type === FRAME_TYPE.data;
    if (isData && this.controller.sent(host.now(), header.sequence)) this.#arm();
    return undefined;
  }

  #launch(carrier: Carrier, packet: Uint8Array, frameBytes: number, type: FrameType): void {
    carrier.template.finish(packet, frameBytes);
    const length = carrier.template.length + frameBytes;
    this.#context.sent(type, length);
    const result = this.#context.socket().send(packet, 0, length, carrier.firstRouter);
    if (result === 'full') this.#context.host.drop('socket-full');
  }

  #sendProbe(path: number, probe: number): void {
    const carrier = this.#carrierAt(path);
    if (carrier === undefined) return;
    writeProbe(this.#probeBody, { probe, path });
    this.#sendFrame(carrier, FRAME_TYPE.probe, this.#probeBody, [0, 1]);
  }

  /** Sends a small sealed frame on the reverse of a received path. */
  #sendBack(type: FrameType, body: Uint8Array, pathType: number, pathBytes: Uint8Array): void {
    const path = decodePath(pathType, pathBytes);
    if (typeof path === 'string') return;
    const back = reverseWirePath(path);
    if (typeof back === 'string') return;
    const carrier = this.#carrierBack(back);
    if (carrier === undefined) return;
    this.#sendFrame(carrier, type, body, [0, 1]);
  }

  /** The reverse path leaves by the router that owns its first interface. */
  #carrierBack(back: WirePath): Carrier | undefined {
    const router = this.#context.firstRouterOf(back);
    if (router === undefined) return undefined;
    const template = new PacketTemplate(this.#context.ends(this.name), back, 0);
    const any = this.#active ?? this.#carriers.values().next().value;
    if (any === undefined) return undefined;
    const room = any.path.info.mtu - template.length;
    return { path: any.path, template, firstRouter: router, flowId: 0, room };
  }

  /** Handshake messages: on the active path, or on all in turn until one is known to work. */
  #sendAnywhere(frame: Uint8Array): void {
    const all = [...this.#carriers.values()];
    const carrier = this.#active ?? all[this.#attempt % Math.max(1, all.length)];
    this.#attempt += 1;
    if (carrier === undefined) return;
    const { host } = this.#context;
    const packet = host.alloc(carrier.template.length + frame.length);
    carrier.template.begin(packet);
    packet.set(frame, carrier.template.length);
    this.#launch(carrier, packet, frame.length, FRAME_TYPE.handshake);
  }

  #established(): void {
    const { host } = this.#context;
    host.meter.counter('gateway.rekeys').add(1);
    host.trace.state(`session ${this.name}`, `epoch ${this.session.epoch}`);
    this.#sendWaiting();
    this.#arm();
  }

  #sendWaiting(): void {
    const carrier = this.#active;
    if (carrier === undefined || !this.session.isOpen) return;
    const { host } = this.#context;
    this.#dropStale(host.now());
    for (const body of this.#waiting.takeAll()) {
      const reason = this.#sendPacket(carrier, body);
      if (reason !== undefined) host.drop(reason);
    }
  }

  #wake(): void {
    this.#context.host.after(0, () => this.#tick());
  }

  #tick(): void {
    const at: Moment = this.#context.moment();
    this.session.tick(at);
    this.#reassembler.expire(at.nowNs);
    // Without keys there is nothing to probe with.
    const isDue = this.session.isOpen && at.nowNs >= this.controller.deadline();
    if (isDue) this.#perform(this.controller.tick(at.nowNs));
    this.#dropStale(at.nowNs);
    this.#arm();
  }

  #dropStale(now: number): void {
    for (let count = this.#waiting.expire(now); count > 0; count -= 1) {
      this.#context.host.drop('no-path');
    }
  }

  /** One timer for everything; it may fire early, which is harmless. */
  #arm(): void {
    const { host } = this.#context;
    const due = Math.min(
      this.session.isOpen ? this.controller.deadline() : Number.POSITIVE_INFINITY,
      this.session.deadlineNs,
      this.#reassembler.deadlineNs,
      this.#waiting.deadlineNs,
    );
    if (!Number.isFinite(due)) return;
    if (this.#timer?.isPending === true && this.#timerNs <= due) return;
    const now = host.now();
    this.#timerNs = Math.max(due, now);
    const delay = this.#timerNs - now;
    if (this.#timer === undefined) this.#timer = host.after(delay, () => this.#tick());
    else this.#timer.rearm(delay);
  }
}
