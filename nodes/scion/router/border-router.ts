/**
 * The border router without its sockets: takes datagrams, runs the checklist on each packet and
 * performs the verdict.
 *
 * Its only effects are calls of {@link RouterOutput}: sockets, timers and configuration are in
 * node.ts, so that tests can run the same object on published cases. BFD packets are passed to the
 * session of their link.
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

/**
 * Callbacks with which a router sends, delivers and counts packets. The callee takes ownership of
 * the bytes of a view and may send them; the view itself is reused for the next packet.
 */
export interface RouterOutput {
  /** Sends the packet over a link to another AS or to a sibling. */
  forward(link: RouterLink, packet: PacketView): void;
  /** Sends the packet to a host of this AS. */
  deliver(target: Endpoint, packet: PacketView): void;
  /** Sends an answer over the link on which the packet arrived, to the endpoint that sent it. */
  reply(link: RouterLink, to: Endpoint, bytes: Uint8Array): void;
  /** Passes a BFD packet to the session of its link. */
  bfd(link: RouterLink, packet: PacketView): void;
  /** Counts a dropped packet. */
  drop(reason: RouterDropReason): void;
  /**
   * Counts an SCMP error that is not sent, because the packet that causes it is an SCMP error
   * itself.
   */
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

  /** The state of the packet being processed; its `begin` must be called before {@link process}. */
  get passage(): PacketProcessingState {
    return this.#passage;
  }

  /**
   * Runs the checks on the packet in {@link passage} and performs the decision.
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
