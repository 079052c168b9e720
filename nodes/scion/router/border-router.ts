/**
 * The border router between its links: takes datagrams, runs the checklist, does what it says.
 *
 * Pure but for its output: no sockets, timers or configuration (node.ts has those), so that the same
 * object stands in tests with published cases. BFD packets are handed on.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { PacketView } from '../wire/packet-view.ts';
import type { RouterContext } from './context.ts';
import type { RouterDrop } from './drops.ts';
import type { RouterLink } from './link.ts';
import { Passage } from './passage.ts';
import { processPacket } from './pipeline.ts';
import {
  buildScmpError,
  buildTracerouteReply,
  isAboutScmpError,
  type Replier,
} from './scmp-reply.ts';

/** What a router does to the world. Bytes of a view belong to the receiver of the call. */
export interface RouterOutput {
  /** Sends the packet over a link to another AS or to a sibling. */
  forward(link: RouterLink, packet: PacketView): void;
  /** Sends the packet to a host of this AS. */
  deliver(target: Endpoint, packet: PacketView): void;
  /** Sends an answer back over the link the packet came on, to whom it came from. */
  reply(link: RouterLink, to: Endpoint, bytes: Uint8Array): void;
  /** Hands a BFD packet to the session of the link it came on. */
  bfd(link: RouterLink, packet: PacketView): void;
  /** Counts a packet that goes no further. */
  drop(reason: RouterDrop): void;
  /** Counts an error that may not be sent because it would be about an error. */
  suppressed(): void;
}

/** One router: a passage, a context and an output. */
export class BorderRouter {
  readonly #passage = new Passage();
  readonly #context: RouterContext;
  readonly #replier: Replier;
  readonly #output: RouterOutput;

  constructor(context: RouterContext, replier: Replier, output: RouterOutput) {
    this.#context = context;
    this.#replier = replier;
    this.#output = output;
  }

  /** The packet's record, to be begun before {@link process}. */
  get passage(): Passage {
    return this.#passage;
  }

  /**
   * Decides about the datagram that was put into {@link passage} and does it.
   * @param parseDrop What `passage.begin` answered.
   * @param from Who sent the datagram.
   */
  process(parseDrop: RouterDrop | undefined, from: Endpoint): void {
    const passage = this.#passage;
    // hot: 0.4 us a packet, of which the AES block is a sixth (bench/router.ts).
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

  #refuse(drop: RouterDrop, from: Endpoint): void {
    const passage = this.#passage;
    this.#output.drop(drop);
    if (!passage.wantsScmp) return;
    if (isAboutScmpError(passage.packet)) {
      this.#output.suppressed();
      return;
    }
    const error = buildScmpError(passage, this.#replier);
    if (error !== undefined) this.#output.reply(passage.arrival, from, error);
  }
}
