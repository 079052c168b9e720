/**
 * Delay-tolerant networking: the adapter between the port and LTP, with a socket for each link to a
 * neighbour (RFC 5326 over UDP).
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { DatagramSocket, Endpoint } from '../../../engine/host/socket.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { PeerReachability } from '../../../engine/host/transport.ts';
import { dscpOfPriority } from '../../../engine/pure/traffic-class.ts';
import { StateMachineRunner } from '../../_kit/shell.ts';
import { AcknowledgedLinkOutlet } from '../agent/acknowledged-link.ts';
import type { TransferId } from '../agent/input.ts';
import type { Outlet } from '../agent/outlet.ts';
import { plannedWindowAt } from '../agent/planned-window.ts';
import type { DtnOptions } from '../config.ts';
import { BUNDLE_BYTES_MAX, DATAGRAM_BYTES_MAX, LTP_SILENCE_TIMEOUT_NS } from '../geometry.ts';
import { LtpMachine } from '../layer/ltp.ts';
import type { LtpEffect, LtpInput } from '../layer/ltp-shared.ts';
import type { OpenContact } from '../layer/ltp-transmitter.ts';
import { ltpOverheadBytesMax } from '../layer/ltp-wire.ts';
import type { HostEids } from '../names.ts';
import { type LinkEnd, longestDelayNs, returnTransmissionNs } from './link-end.ts';
import type { LinkHandlers, LinkLayer, LinkTransmission } from './link-layer.ts';

interface Neighbour {
  readonly end: LinkEnd;
  readonly outlet: Outlet;
  readonly shell: StateMachineRunner<LtpInput, LtpEffect>;
  readonly to: Endpoint;
  socket: DatagramSocket | undefined;
}

/** All links of a node on which LTP runs. */
export class LtpLinks implements LinkLayer {
  readonly #host: Host;
  readonly #options: DtnOptions;
  readonly #handlers: LinkHandlers;
  readonly #names: HostEids;
  /** Neighbours by the id of the link. */
  readonly #neighbours = new Map<string, Neighbour>();

  constructor(host: Host, options: DtnOptions, names: HostEids, handlers: LinkHandlers) {
    this.#host = host;
    this.#options = options;
    this.#names = names;
    this.#handlers = handlers;
  }

  get outlets(): readonly Outlet[] {
    return [...this.#neighbours.values()].map(({ outlet }) => outlet);
  }

  /** Adds a link on which LTP is to run. */
  add(end: LinkEnd): void {
    const span = this.#spanOf(end);
    const shell = new StateMachineRunner(this.#host, span, (effect: LtpEffect) =>
      this.#perform(end, effect),
    );
    const segmentMax = Math.min(end.link.mtu, DATAGRAM_BYTES_MAX);
    const headBytes = ltpOverheadBytesMax(this.#engineOf(this.#host.name));
    const outlet = new AcknowledgedLinkOutlet(
      {
        link: end.link.id,
        neighbour: end.neighbour,
        maxBytes: BUNDLE_BYTES_MAX,
        rateBps: end.link.rateBps,
        contacts: end.contacts,
        bytesOnLink: (bytes): number =>
          bytes + headBytes * Math.ceil(bytes / (segmentMax - headBytes)),
      },
      {
        window: this.#options.ltp.sessions,
        idleAt: (): Nanoseconds => span.idleAt(this.#host.now()),
        abandon: (session): void => shell.take({ kind: 'cancel', session }),
      },
      this.#host.random('transfers').u32(),
    );
    const to = this.#host.endpoint(end.far.address, end.far.port);
    this.#neighbours.set(end.link.id, { end, outlet, shell, to, socket: undefined });
  }

  start(): void {
    for (const neighbour of this.#neighbours.values()) {
      this.#listen(neighbour);
      if (neighbour.end.contacts === undefined) neighbour.shell.take({ kind: 'way', way: 'open' });
    }
  }

  stop(): void {
    for (const { shell, socket } of this.#neighbours.values()) {
      shell.stop();
      socket?.close();
    }
  }

  turn(link: string, way: PeerReachability): void {
    const neighbour = this.#neighbours.get(link);
    if (neighbour === undefined) return;
    neighbour.shell.take({ kind: 'way', way });
    this.#handlers.onWay(link, way);
  }

  send({ outlet, bundle, transfer = 0, priority }: LinkTransmission): void {
    const redBytes = this.#options.ltp.part === 'red' ? bundle.length : 0;
    const dscp = dscpOfPriority(priority);
    const block = { session: transfer, block: bundle, redBytes, dscp };
    this.#neighbours.get(outlet)?.shell.take({ kind: 'send', ...block });
  }

  kept({ outlet, number }: TransferId): void {
    this.#neighbours.get(outlet)?.shell.take({ kind: 'kept', session: number });
  }

  #engineOf(name: string): number {
    return this.#names.numberOf(name) ?? 0;
  }

  #spanOf(end: LinkEnd): LtpMachine {
    const { retries, margin, sessions } = this.#options.ltp;
    const delayNs = longestDelayNs(end);
    const segmentMax = Math.min(end.link.mtu, DATAGRAM_BYTES_MAX);
    return new LtpMachine({
      ownEngine: this.#engineOf(this.#host.name),
      peerEngine: this.#engineOf(end.neighbour),
      segmentMax,
      answerNs: 2 * (delayNs + margin) + returnTransmissionNs(end, segmentMax),
      silenceNs: 2 * delayNs + LTP_SILENCE_TIMEOUT_NS,
      retries,
      sessions,
      contactAt: (now): OpenContact => this.#contactAt(end, now),
      random: this.#host.random('ltp-serials'),
    });
  }

  /**
   * Rate and end of the open contact; outside a planned window (the contact began early or lasts
   * longer), it has the rate of the link.
   */
  #contactAt({ contacts, link }: LinkEnd, now: Nanoseconds): OpenContact {
    const planNs = this.#host.planTime();
    const window = plannedWindowAt(contacts, planNs);
    if (window === undefined) return { rateBps: link.rateBps, endNs: Number.POSITIVE_INFINITY };
    return { rateBps: window.rateBps, endNs: now + window.endNs - planNs };
  }

  #listen(neighbour: Neighbour): void {
    const { id } = neighbour.end.link;
    const { port } = neighbour.end.near;
    neighbour.socket = this.#host.udp({
      port,
      link: id,
      onDatagram: (buffer, offset, length, from) => {
        if (from !== neighbour.to) this.#host.drop('unknown-peer');
        else {
          const bytes = buffer.slice(offset, offset + length);
          neighbour.shell.take({ kind: 'segment', bytes });
        }
      },
    });
    if (neighbour.socket === undefined) this.#host.log.warn(`port ${port} is taken on ${id}`);
  }

  #perform({ link, neighbour }: LinkEnd, effect: LtpEffect): void {
    switch (effect.kind) {
      case 'transmit':
        this.#transmit(link.id, effect.bytes, effect.dscp);
        return;
      case 'block': {
        const transfer = { outlet: link.id, number: effect.session };
        this.#handlers.onBundle(effect.block, neighbour, transfer);
        return;
      }
      case 'sent':
        this.#host.meter.histogram('dtn.ltp.rounds').record(effect.rounds);
        this.#handlers.onReceipt({ outlet: link.id, number: effect.session });
        return;
      case 'failed':
        this.#handlers.onFailed({ outlet: link.id, number: effect.session });
        return;
      case 'drop':
        this.#host.drop(effect.reason);
    }
  }

  #transmit(link: string, bytes: Uint8Array, dscp: number): void {
    const neighbour = this.#neighbours.get(link);
    const buffer = this.#host.alloc(bytes.length);
    buffer.set(bytes);
    if (neighbour?.socket === undefined) this.#host.release(buffer);
    else neighbour.socket.send(buffer, 0, bytes.length, neighbour.to, dscp);
  }
}
