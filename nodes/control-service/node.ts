/**
 * SCION control service: connects the service to the interface of its host (engine/host/host.ts).
 *
 * A received datagram passes a flat list of checks: it must come from a border router of the AS, be a SCION packet to
 * this control service with UDP inside, and have a path that can be reversed. Then the service gets it.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Counter } from '../../engine/host/measure.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import type { CalendarTime } from '../../engine/host/time.ts';
import { readUint16 } from '../_kit/bytes.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import { TokenBucket } from '../_kit/token-bucket.ts';
import {
  CONTROL_PORT,
  combineSegmentsIntoPaths,
  createDrkeyStore,
  decodePath,
  decodeScmp,
  EndHostQuestions,
  type EpochKey,
  encodeUdpPacket,
  type FoundPaths,
  forwardingKeyOf,
  HopAuthenticator,
  type HostAddress,
  type HostAnswer,
  type HostKeyRequest,
  hostAddressLength,
  type IsdAs,
  isdAsOfWords,
  isdAsWords,
  isUrgentPacket,
  leaveOutPaths,
  makePathInside,
  type PacketEnd,
  PacketView,
  PROTOCOL_SCMP,
  PROTOCOL_UDP,
  parseHost,
  plainSegments,
  ROUTER_INTERNAL_PORT,
  requireHostAddress,
  reverseWirePath,
  ScmpEndHost,
  UDP_HEADER_LENGTH,
  UDP_TARGET_PORT_OFFSET,
  type WirePath,
} from '../scion/index.ts';
import { describeBeacon } from './beacons/beacon-text.ts';
import { chosenSelection } from './beacons/chosen-selection.ts';
import { asKeyScalar } from './beacons/signatures.ts';
import { CORRECT_BEHAVIOUR, type ControlBehaviour } from './behaviour.ts';
import type { ControlOptions } from './config.ts';
import type { ControlEffect, ControlInput } from './control-effects.ts';
import { DaemonQuestions } from './daemon-questions-node.ts';
import type { ControlDropReason } from './drops.ts';
import { FoundAses } from './found-ases.ts';
import {
  BEACONS_LISTED_MAX,
  FOUND_PATH_LOOKUP_ROUNDS,
  HOST_REPORT_RATE,
  LOOKUPS_MAX,
} from './geometry.ts';
import { HostStreams } from './host-streams.ts';
import type { ControlKeys } from './keys.ts';
import type { ReportedInterface } from './lookup/revocations.ts';
import { isEmpty, NO_SEGMENTS } from './lookup/segment-sets.ts';
import { AS_KEY_NAME, controlServiceKeySource, provisionedPki } from './provisioning.ts';
import { ControlService } from './service.ts';
import { type ControlSurroundings, findControlSurroundings } from './surroundings.ts';
import { ControlTraceWriter } from './trace-writer.ts';
import type { ControlWay, QuotedPacket } from './ways.ts';

const NS_PER_S = 1_000_000_000;
/** Largest range of one draw of a random stream, ns: the phase of the first lookup is below it. */
const PHASES_MAX = 2 ** 32;
/** Rounds after the start in which lookups are not counted as lost. */
const ROUNDS_OF_START = 2;

/** Makes a control service on `host`. @throws RangeError if it is in no AS. */
export function createControlNode(
  host: Host,
  setup: NodeSetup<ControlOptions>,
  behaviour: ControlBehaviour = CORRECT_BEHAVIOUR,
): NodeHandle {
  return new ControlNode(host, setup, behaviour);
}

/** The keys of the option `signatures`: provisioned to all nodes before the run, or with certificates. */
function controlKeysOf(
  host: Pick<Host, 'name' | 'crypto' | 'clock'>,
  isdAs: IsdAs,
  { network, options }: NodeSetup<ControlOptions>,
): ControlKeys {
  const { name, crypto } = host;
  if (options.signatures === 'real') {
    const lifetimeSeconds = Math.floor(options.certificateLifetime / NS_PER_S);
    const startSeconds = host.clock().seconds;
    const after = (ns: number): number => startSeconds + Math.floor(ns / NS_PER_S);
    const { trcUpdate, renewalEnds } = options;
    return {
      ...{ kind: 'real', ...provisionedPki(crypto, isdAs, network), lifetimeSeconds },
      renewalEndsSeconds: renewalEnds === undefined ? Number.POSITIVE_INFINITY : after(renewalEnds),
      trcPlan: trcUpdate && {
        atSeconds: after(trcUpdate.at),
        graceSeconds: Math.floor(trcUpdate.grace / NS_PER_S),
      },
    };
  }
  const own = crypto.p256Key(asKeyScalar(network.identity(name).secret(AS_KEY_NAME)));
  return { kind: 'modelled', own, of: controlServiceKeySource(network) };
}

class ControlNode implements NodeHandle {
  readonly #host: Host;
  readonly #surroundings: ControlSurroundings;
  readonly #options: ControlOptions;
  readonly #service: ControlService;
  readonly #shell: StateMachineRunner<ControlInput, ControlEffect>;
  readonly #view = new PacketView();
  readonly #quoted = new PacketView();
  readonly #address: HostAddress;
  /** The target of packets to this control service by its address. */
  readonly #own: PacketEnd;
  /** The target of packets to any control service of the AS: the service address `SVC CS`. */
  readonly #anyOwn: PacketEnd;
  readonly #routers = new Set<Endpoint>();
  /** The callbacks of lookups that are under way, by token. */
  readonly #waiting = new Map<number, (answer: HostAnswer) => void>();
  /** The callbacks of requests of hosts for keys that are under way, by token. */
  readonly #waitingForKeys = new Map<number, (answer: EpochKey | undefined) => void>();
  readonly #found: FoundAses;
  readonly #bytes: Counter;
  readonly #streams: HostStreams;
  readonly #endHost: ScmpEndHost;
  readonly #questions: EndHostQuestions;
  readonly #daemonQuestions: DaemonQuestions;
  readonly #reports = TokenBucket.of(HOST_REPORT_RATE);
  #token = 0;
  /** Absent while no trace is recorded. */
  readonly #trace: ControlTraceWriter | undefined;
  #socket: DatagramSocket | undefined;

  constructor(host: Host, setup: NodeSetup<ControlOptions>, behaviour: ControlBehaviour) {
    const { network, options } = setup;
    this.#host = host;
    this.#options = options;
    this.#surroundings = findControlSurroundings(host.name, network);
    const { isdAs, address, interfaces } = this.#surroundings;
    this.#address = requireHostAddress(address);
    this.#own = { isdAs: isdAsWords(isdAs), host: this.#address };
    this.#anyOwn = { ...this.#own, host: requireHostAddress('SVC CS') };
    const { crypto } = host;
    const key = forwardingKeyOf(crypto, isdAs, network);
    this.#service = new ControlService({
      surroundings: this.#surroundings,
      options,
      crypto,
      hops: new HopAuthenticator(crypto.aesCmac(key)),
      keys: controlKeysOf(host, isdAs, setup),
      selection: chosenSelection(options.selection, setup.userModule),
      random: { calls: host.random('calls'), beacons: host.random('beacons') },
      randomBytes: (length): Uint8Array => host.randomBytes(length),
      drkeys: createDrkeyStore(crypto, isdAs, network),
      clock: (): CalendarTime => host.clock(),
      behaviour,
    });
    this.#shell = new StateMachineRunner(host, this.#service, (effect) => this.#perform(effect));
    for (const { router } of interfaces.values()) {
      this.#routers.add(host.endpoint(router, ROUTER_INTERNAL_PORT));
    }
    this.#endHost = new ScmpEndHost(host, {
      own: this.#own,
      now: (): number => host.now(),
      takeError: (datagram, from): string | undefined => this.#receive(datagram, from),
    });
    this.#questions = new EndHostQuestions({
      ...{ host, crypto: host.crypto, own: this.#own, network, endHost: this.#endHost },
      findPaths: (target, done): void => this.#findPaths(target, done),
    });
    this.#daemonQuestions = new DaemonQuestions({
      ...{ surroundings: this.#surroundings, ports: options.dispatchedPorts },
      findPaths: (target, done): void => this.#findPaths(target, done),
    });
    this.#bytes = host.meter.counter('control.bytes');
    this.#found = new FoundAses(host, {
      watched: options.watch,
      startNs: ROUNDS_OF_START * options.propagation,
    });
    const watched = options.watch.filter((one) => one !== isdAs).length;
    if (host.trace.isRecorded) {
      this.#trace = new ControlTraceWriter(host, this.#surroundings, watched);
    }
    this.#streams = new HostStreams(host, {
      segments: (asked, done): void => {
        const ended = this.#found.lookUp(asked);
        this.#find(asked, (answer) => {
          ended(!isEmpty(answer.segments));
          done(answer);
        });
      },
      key: (of, asked, done): void => this.#findKey(of, asked, done),
      takeReport: (item): void => this.#takeReport(item),
    });
  }

  start(): void {
    this.#socket = this.#host.udp({
      port: CONTROL_PORT,
      isUrgent: isUrgentPacket,
      onDatagram: (buffer, offset, length, from) => {
        const drop = this.#receive(buffer.subarray(offset, offset + length), from);
        if (drop !== undefined) this.#host.drop(drop);
      },
    });
    if (this.#socket === undefined) this.#host.log.warn(`port ${CONTROL_PORT} is taken`);
    this.#host.onRequest((request) => this.#request(request));
    this.#endHost.start();
    this.#streams.start();
    this.#shell.start();
    if (this.#options.watch.length > 0) this.#watch();
  }

  stop(): void {
    this.#shell.stop();
    this.#endHost.stop();
    this.#streams.stop();
    this.#socket?.close();
  }

  status(): Readonly<Record<string, unknown>> {
    const { isdAs, isCore } = this.#surroundings;
    return { ...this.#service.status(), isCore, isdAs };
  }

  /**
   * Looks up paths to the watched ASes every `watchInterval`; to an AS to which one was found before, only in every
   * {@link FOUND_PATH_LOOKUP_ROUNDS}th round.
   */
  #watch(): void {
    const { watch, watchInterval } = this.#options;
    const { isdAs } = this.#surroundings;
    let round = 0;
    const look = (): void => {
      round += 1;
      for (const target of watch) {
        const isDue = round % FOUND_PATH_LOOKUP_ROUNDS === 0 || !this.#found.has(target);
        if (target === isdAs || !isDue) continue;
        const ended = this.#found.lookUp(target);
        this.#lookUp(target, ({ paths }) => ended(paths.length > 0));
      }
      timer.rearm(watchInterval);
    };
    const phase = this.#host.random('watch').below(Math.min(watchInterval, PHASES_MAX));
    const timer = this.#host.after(phase, look);
  }

  #request(request: NodeRequest): void {
    if (request.kind === 'trcs') this.#answerTrcs(request);
    else if (request.kind === 'beacons') {
      const beacons = this.#service.beacons().slice(0, BEACONS_LISTED_MAX).map(describeBeacon);
      request.respond('ok', new TextEncoder().encode(JSON.stringify(beacons)));
    } else if (!this.#daemonQuestions.answer(request)) this.#questions.answer(request);
  }

  #answerTrcs(request: NodeRequest): void {
    const trcs = this.#service.trust?.trcs();
    const text =
      trcs === undefined
        ? 'there is no TRC without the option `signatures: real`'
        : JSON.stringify(trcs);
    request.respond(trcs === undefined ? 'no-trc' : 'ok', new TextEncoder().encode(text));
  }

  /** Takes the report of a host that an interface is down (docs/spec/scion-control.md, "Lookups"). */
  #takeReport(item: ReportedInterface): void {
    if (!this.#reports.take(this.#host.now())) this.#host.drop('host-reports');
    else this.#shell.take({ kind: 'interface-down', ...item });
  }

  /** Finds the paths to an AS for an operator or a daemon; to its own AS, the empty path. */
  #findPaths(target: IsdAs, done: (found: FoundPaths) => void): void {
    const { isdAs, mtu } = this.#surroundings;
    if (target === isdAs) {
      const { seconds } = this.#host.clock();
      const path = makePathInside({ isdAs, mtu }, this.#host.crypto, seconds);
      done({ paths: [path], isShort: false });
      return;
    }
    const ended = this.#found.lookUp(target);
    this.#lookUp(target, (found) => {
      ended(found.paths.length > 0);
      done(found);
    });
  }

  /** Finds the paths to another AS as hosts do: without those over interfaces that are believed to be down. */
  #lookUp(target: IsdAs, done: (found: FoundPaths) => void): void {
    const { isdAs: source } = this.#surroundings;
    const { crypto } = this.#host;
    this.#find(target, ({ segments, revoked }) => {
      const request = { ...plainSegments(segments), source, target, crypto };
      const paths = leaveOutPaths(combineSegmentsIntoPaths(request), revoked);
      const over = paths.filter((one) => this.#service.revocations.hasQuoted(one.interfaces));
      if (over.length > 0) this.#host.meter.counter('control.revoked_paths').add(over.length);
      done({ paths, isShort: revoked.length > 0 });
    });
  }

  /** Finds the segments of paths to another AS. */
  #find(target: IsdAs, done: (answer: HostAnswer) => void): void {
    if (this.#waiting.size >= LOOKUPS_MAX) {
      this.#host.drop('hosts-full');
      done({ segments: NO_SEGMENTS, revoked: [] });
      return;
    }
    const token = this.#token++;
    this.#waiting.set(token, done);
    this.#shell.take({ kind: 'lookup', token, target });
  }

  /** Finds the key that another AS shares with a host of this AS. */
  #findKey(
    address: string,
    asked: HostKeyRequest,
    done: (answer: EpochKey | undefined) => void,
  ): void {
    const host = parseHost(address);
    if (host === undefined || this.#waitingForKeys.size >= LOOKUPS_MAX) {
      this.#host.drop(host === undefined ? 'host-request' : 'hosts-full');
      done(undefined);
      return;
    }
    const token = this.#token++;
    this.#waitingForKeys.set(token, done);
    this.#shell.take({ kind: 'host-key', token, host, ...asked });
  }

  #perform(effect: ControlEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#send(effect.way, effect.bytes);
        return;
      case 'found': {
        const done = this.#waiting.get(effect.token);
        this.#waiting.delete(effect.token);
        if (effect.leftOut > 0) this.#host.meter.counter('control.left_out').add(effect.leftOut);
        done?.(effect);
        return;
      }
      case 'host-key': {
        const done = this.#waitingForKeys.get(effect.token);
        this.#waitingForKeys.delete(effect.token);
        done?.(effect.answer);
        return;
      }
      case 'drop':
        this.#host.drop(effect.reason);
        return;
      case 'count':
        this.#count(effect.metric);
        return;
      case 'beacon-sent':
        this.#count('control.beacons_sent');
        this.#host.meter
          .counter('control.beacon_bytes', `${this.#surroundings.isdAs}#${effect.ifId}`)
          .add(effect.bytes);
        return;
      case 'restored':
        this.#host.meter.histogram('control.avoided').record(effect.afterNs);
        return;
      case 'ticked':
        this.#trace?.write(this.#service, this.#found);
    }
  }

  #count(metric: string): void {
    this.#host.meter.counter(metric).add(1);
  }

  #send(way: ControlWay, bytes: Uint8Array): void {
    const { isdAs } = this.#surroundings;
    const packet = encodeUdpPacket(
      {
        ...{ trafficClass: 0, flowId: 1, path: way.path },
        ...{ source: isdAs, sourceHost: this.#address, target: way.isdAs, targetHost: way.host },
      },
      { sourcePort: CONTROL_PORT, targetPort: way.port, payload: bytes },
    );
    const buffer = this.#host.alloc(packet.length);
    buffer.set(packet);
    this.#bytes.add(bytes.length);
    const router = this.#host.endpoint(way.router, ROUTER_INTERNAL_PORT);
    const sent = this.#socket?.send(buffer, 0, packet.length, router);
    if (sent !== 'sent') this.#host.drop('queue-full');
  }

  /** Checks a datagram and hands it to the service; returns the reason if it is dropped. */
  #receive(datagram: Uint8Array, from: Endpoint): ControlDropReason | undefined {
    if (!this.#routers.has(from)) return 'not-a-router';
    const view = this.#view;
    const drop =
      view.parse(datagram, 0, datagram.length) ?? this.#checkTarget() ?? view.checkUpper();
    if (drop !== undefined) return drop;
    if (view.upperProtocol === PROTOCOL_SCMP) return this.#receiveScmp();
    if (view.upperProtocol !== PROTOCOL_UDP) return 'upper-protocol';
    const { buffer, pathOffset, start, headerLength, upperOffset, end, pathType } = view;
    const path = decodePath(pathType, buffer.subarray(pathOffset, start + headerLength));
    if (typeof path === 'string') return path;
    const back = reverseWirePath(path);
    if (typeof back === 'string') return back;
    const way = this.#wayBack(path, back, from);
    const bytes = buffer.slice(upperOffset + UDP_HEADER_LENGTH, end);
    this.#shell.take({ kind: 'datagram', way, bytes });
    return undefined;
  }

  /**
   * Takes an SCMP error about a packet of this control service. Only errors that an interface is down have an effect.
   */
  #receiveScmp(): ControlDropReason | undefined {
    const { buffer, upperOffset, end } = this.#view;
    const message = decodeScmp(buffer.subarray(upperOffset, end));
    if (typeof message === 'string') return message;
    const quote = this.#quotedPacket(message.data);
    if (quote === undefined) return 'scmp-quote';
    if (!('isdAs' in message)) return undefined;
    const { kind, isdAs } = message;
    // A router may report only interfaces of its own AS.
    if (!this.#view.isSource(isdAsWords(isdAs))) return 'scmp-source';
    const by = `SCMP from ${isdAs}`;
    if (kind === 'external-interface-down') {
      this.#shell.take({ kind: 'interface-down', isdAs, ifId: message.ifId, by, quote });
    } else if (kind === 'internal-connectivity-down') {
      this.#shell.take({ kind: 'interface-down', isdAs, ifId: message.egress, by, quote });
    }
    return undefined;
  }

  /**
   * Reads the quoted packet; undefined if this control service cannot have sent it: by its source, protocol or port.
   */
  #quotedPacket(quote: Uint8Array): QuotedPacket | undefined {
    const view = this.#quoted;
    if (view.parse(quote, 0, quote.length) !== undefined || !view.isFrom(this.#own))
      return undefined;
    const { pathOffset, headerLength, pathType, upperOffset, upperProtocol } = view;
    const payloadOffset = upperOffset + UDP_HEADER_LENGTH;
    const path = decodePath(pathType, quote.subarray(pathOffset, headerLength));
    if (upperProtocol !== PROTOCOL_UDP || quote.length < payloadOffset) return undefined;
    if (typeof path === 'string' || readUint16(quote, upperOffset) !== CONTROL_PORT)
      return undefined;
    const { targetHigh, targetLow, targetHostType: type, targetHostOffset } = view;
    const hostEnd = targetHostOffset + hostAddressLength(type);
    return {
      isdAs: isdAsOfWords({ high: targetHigh, low: targetLow }),
      host: { type, bytes: quote.slice(targetHostOffset, hostEnd) },
      port: readUint16(quote, upperOffset + UDP_TARGET_PORT_OFFSET),
      path,
      payload: quote.subarray(payloadOffset),
    };
  }

  #wayBack(path: WirePath, back: WirePath, from: Endpoint): ControlWay {
    const { buffer, sourceHigh, sourceLow, sourceHostOffset, sourceHostType, upperOffset } =
      this.#view;
    const hostEnd = sourceHostOffset + hostAddressLength(sourceHostType);
    return this.#service.wayBack({
      isdAs: isdAsOfWords({ high: sourceHigh, low: sourceLow }),
      host: { type: sourceHostType, bytes: buffer.slice(sourceHostOffset, hostEnd) },
      port: readUint16(buffer, upperOffset),
      path: back,
      router: this.#host.endpointOf(from).address,
      ingress: path.kind === 'one-hop' ? path.second.consIngress : 0,
    });
  }

  #checkTarget(): 'not-for-us' | undefined {
    const isForUs = this.#view.isFor(this.#own) || this.#view.isFor(this.#anyOwn);
    return isForUs ? undefined : 'not-for-us';
  }
}
