/**
 * Runs BFD on all links of a router: one session for each link to another AS and for each sibling.
 *
 * Keeps `link.isUp` of each link current; the caller sends the bytes. Sessions follow RFC 5880. As in
 * the reference (router/dataplane.go), a link carries packets only while its session is up.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { Counter, Gauge } from '../../../engine/host/measure.ts';
import type { HopAuthenticator } from '../mac.ts';
import type { RouterLink } from '../router/link.ts';
import type { RouterPeer } from '../router/situation.ts';
import { BFD_TRACE } from '../trace-states.ts';
import { type HostAddress, requireHostAddress as parseAddress } from '../wire/host-address.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import type { PacketView } from '../wire/packet-view.ts';
import { EMPTY_PATH } from '../wire/path.ts';
import { BLANK_ONE_HOP_PATH, createBfdPacketEncoder, makeOneHopPath } from './envelope.ts';
import type { BfdEffect, BfdParameters } from './machine.ts';
import type { BfdPacket, BfdStateName } from './packet.ts';
import { BfdSession } from './session.ts';

/** What the monitor needs from its router. */
export interface LinkMonitorOptions {
  readonly host: Host;
  readonly isdAs: IsdAs;
  /** The router's address inside its AS. */
  readonly address: HostAddress;
  readonly hops: HopAuthenticator;
  /** The BFD parameters; `undefined` treats every link as up. */
  readonly parameters: Omit<BfdParameters, 'discriminator'> | undefined;
  /** Sends a packet on a link. Must copy the bytes, which are valid during the call only. */
  readonly send: (link: RouterLink, bytes: Uint8Array) => void;
}

type SendBfdPacket = (packet: BfdPacket) => void;

/** The BFD sessions of one router. */
export class LinkMonitor {
  readonly #options: LinkMonitorOptions;
  readonly #sessions = new Map<RouterLink, BfdSession>();
  readonly #sent: Counter;
  readonly #changes: Counter;
  readonly #linksUp: Gauge;
  readonly #linksDown: Gauge;
  #isStopping = false;

  constructor(options: LinkMonitorOptions) {
    this.#options = options;
    const { meter } = options.host;
    this.#sent = meter.counter('bfd.sent');
    this.#changes = meter.counter('bfd.changes');
    this.#linksUp = meter.gauge('bfd.links_up');
    this.#linksDown = meter.gauge('bfd.links_down');
  }

  /** Starts to monitor the link to `peer`; the link counts as down until the peer answers. */
  watch(peer: RouterPeer): void {
    const { host, parameters } = this.#options;
    if (parameters === undefined) return;
    const { link } = peer;
    link.isUp = false;
    const send = this.#senderTo(peer);
    const session = new BfdSession({
      host,
      random: host.random(`bfd ${link.id}`),
      parameters,
      perform: (effect): void => this.#perform(link, effect, send),
    });
    this.#sessions.set(link, session);
    this.#count();
    this.#trace(link, session.state);
  }

  /** Handles a BFD packet that arrived on `link`. */
  receive(link: RouterLink, packet: PacketView): void {
    const session = this.#sessions.get(link);
    const { buffer, upperOffset, end } = packet;
    if (session === undefined) this.#options.host.drop('bfd-no-session');
    else session.receive(buffer, upperOffset, end - upperOffset);
  }

  /** State of a link's session; `undefined` when the link is not monitored. */
  stateOf(link: RouterLink): BfdStateName | undefined {
    return this.#sessions.get(link)?.state;
  }

  /** Tells every peer that this router stops, and ends all sessions. */
  stop(): void {
    this.#isStopping = true;
    for (const session of this.#sessions.values()) session.stop();
  }

  #perform(link: RouterLink, effect: BfdEffect, send: SendBfdPacket): void {
    switch (effect.kind) {
      case 'send':
        send(effect.packet);
        return;
      case 'state':
        this.#onState(link, effect.state);
        return;
      case 'drop':
        this.#options.host.drop(effect.reason);
    }
  }

  #onState(link: RouterLink, state: BfdStateName): void {
    this.#trace(link, state);
    link.isUp = state === 'up';
    this.#changes.add(1);
    this.#count();
  }

  #count(): void {
    let up = 0;
    for (const session of this.#sessions.values()) if (session.state === 'up') up++;
    this.#linksUp.set(up);
    if (!this.#isStopping) this.#linksDown.set(this.#sessions.size - up);
  }

  #trace(link: RouterLink, state: BfdStateName): void {
    this.#options.host.trace.state(
      BFD_TRACE.machine.write({ link: link.id }),
      BFD_TRACE.state.write({ state }),
    );
  }

  /** Returns a function that sends BFD packets to a peer. */
  #senderTo({ link, isdAs: target, address: targetAddress }: RouterPeer): SendBfdPacket {
    const { host, hops, isdAs: source, address: sourceHost, send } = this.#options;
    const ends = { source, sourceHost, target, targetHost: parseAddress(targetAddress) };
    const isExternal = link.kind === 'external';
    const encode = createBfdPacketEncoder(ends, isExternal ? BLANK_ONE_HOP_PATH : EMPTY_PATH);
    return (packet): void => {
      const path = isExternal ? makeOneHopPath(hops, link.ifId, host.clock()) : EMPTY_PATH;
      this.#sent.add(1);
      send(link, encode(path, packet));
    };
  }
}
