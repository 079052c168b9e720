/**
 * The border router between its links: takes datagrams, runs the checklist and performs its
 * verdict.
 *
 * Pure apart from its output: sockets, timers and configuration are in node.ts, so that tests can
 * run the same object on published cases. BFD packets go to the session of their link.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { PacketView } from '../wire/packet-view.ts';
import type { RouterContext } from './context.ts';
import type { RouterDropReason } from './drops.ts';
import type { RouterLink } from './link.ts';
import { PacketProcessingState } from './passage.ts';
import { processPacket } from './pipeline.ts';
import {
  buildScmpError,
  buildTracerouteReply,
  isScmpErrorPacket,
  type ScmpReplySender,
} from './scmp-reply.ts';

/** Callbacks for what a router does with packets. The callee owns the bytes of a view. */
export interface RouterOutput {
  /** Sends the packet over a link to another AS or to a sibling. */
  forward(link: RouterLink, packet: PacketView): void;
  /** Sends the packet to a host of this AS. */
  deliver(target: Endpoint, packet: PacketView): void;
  /** Sends an answer back over the link the packet arrived on, to the packet's sender. */
  reply(link: RouterLink, to: Endpoint, bytes: Uint8Array): void;
  /** Passes a BFD packet to the session of its link. */
  bfd(link: RouterLink, packet: PacketView): void;
  /** Counts a dropped packet. */
  drop(reason: RouterDropReason): void;
  /** Counts an error that must not be sent because it would be about an error. */
  suppressed(): void;
}

/** Processes the packets of one border router: runs the checks and performs the decision. */
export class BorderRouter {
  readonly #passage = new PacketProcessingState();
  readonly #context: RouterContext;
  readonly #replier: ScmpReplySender;
  readonly #output: RouterOutput;

  constructor(context: RouterContext, replier: ScmpReplySender, output: RouterOutput) {
    this.#context = context;
    this.#replier = replier;
    this.#output = output;
  }

  /** The packet's record; call its `begin` before {@link process}. */
  get passage(): PacketProcessingState {
    return this.#passage;
  }

  /**
   * Decides about the datagram in {@link passage} and performs the decision.
   * @param parseDrop The result of `passage.begin`.
   * @param from The sender of the datagram.
   */
  process(parseDrop: RouterDropReason | undefined, from: Endpoint): void {
    const passage = this.#passage;
    // hot: 0.4 us a packet, a sixth of it for the AES block (bench/router.ts).
    const verdict = parseDrop ?? processPacket(passage, this.#context);
    switch (verdict) {
      case 'forward':
        if (passage.egress !== undefined) {
          this.#output.forward(passage.egress.link, passage.packet);
        }
        return;
      case 'deliver':
        this.#output.deliver(passage.target, passage.packet);
        return;
      case 'bfd':
        this.#output.bfd(passage.arrival, passage.packet);
        return;
      case 'traceroute':
        this.#answerTraceroute(from);
        return;
      default:
        this.#refuse(verdict, from);
    }
  }

  #answerTraceroute(from: Endpoint): void {
    const reply = buildTracerouteReply(this.#passage, this.#replier);
    if (reply === undefined) this.#output.drop('traceroute-not-asked');
    else this.#output.reply(this.#passage.arrival, from, reply);
  }

  #refuse(drop: RouterDropReason, from: Endpoint): void {
    const passage = this.#passage;
    this.#output.drop(drop);
    if (!passage.wantsScmp) return;
    if (isScmpErrorPacket(passage.packet)) {
      this.#output.suppressed();
      return;
    }
    const error = buildScmpError(passage, this.#replier);
    if (error !== undefined) this.#output.reply(passage.arrival, from, error);
  }
}
