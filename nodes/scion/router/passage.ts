/**
 * One packet's way through the router: the view of its bytes and what the checks found out.
 *
 * A router has one passage and uses it for packet after packet, so that forwarding allocates
 * nothing. The checks are in checks.ts, their order in pipeline.ts.
 *
 * @module
 */
import { PacketView } from '../wire/packet-view.ts';
import type { RouterDrop } from './drops.ts';

import type { RouterInterface, RouterLink } from './link.ts';
import type { ScmpError } from './scmp-errors.ts';

/** What becomes of a packet when it is not dropped. */
export type Passed =
  /** It goes out on the link of `passage.egress`. */
  | 'forward'
  /** It goes to `passage.target` inside the AS. */
  | 'deliver'
  /** It asks this router for a traceroute reply about `passage.alertIfId`. */
  | 'traceroute'
  /** It is a BFD packet of the link it came on. */
  | 'bfd';

/** What the checklist says about a packet. */
export type Verdict = Passed | RouterDrop;

/** Checklist steps answer `undefined` to go on. */
export type Step = Verdict | undefined;

/** Type of {@link Passage.scmpType} when the sender is told nothing. */
const NO_SCMP = 0;

const NOWHERE: RouterLink = {
  kind: 'internal',
  index: -1,
  id: 'nowhere',
  ifId: 0,
  neighbour: 'none',
  mtu: 0,
  isUp: false,
};

/** The reusable record of one packet's way. */
export class Passage {
  readonly packet = new PacketView();
  /** The link the packet came on. */
  arrival: RouterLink = NOWHERE;
  /** True when the current hop is one of the two that a peering link joins (step 2). */
  isPeering = false;
  /** True after step 13 moved to the next segment. */
  hasCrossedOver = false;
  /** Where the packet leaves; set by step 14. */
  egress: RouterInterface | undefined = undefined;
  /** Endpoint of the destination host; set by delivery. */
  target = 0;
  /** Interface that a traceroute reply is about. */
  alertIfId = 0;
  /** SCMP error for the sender, {@link NO_SCMP} for none. */
  scmpType = NO_SCMP;
  scmpCode = 0;
  /** Offset of the offending byte from the start of the SCION header; the MTU of PacketTooBig. */
  scmpDetail = 0;

  /** Interface of the external link the packet came in on; 0 from inside the AS. */
  get ingress(): number {
    return this.arrival.ifId;
  }

  /** True when the sender is to be told what is wrong. */
  get wantsScmp(): boolean {
    return this.scmpType !== NO_SCMP;
  }

  /**
   * Begins with the packet of `length` bytes that came on `arrival`.
   * @returns why it is no SCION packet.
   */
  begin(
    arrival: RouterLink,
    buffer: Uint8Array,
    offset: number,
    length: number,
  ): RouterDrop | undefined {
    this.arrival = arrival;
    this.isPeering = false;
    this.hasCrossedOver = false;
    this.egress = undefined;
    this.scmpType = NO_SCMP;
    return this.packet.parse(buffer, offset, length);
  }

  /** Ends with `drop` and an SCMP error for the sender. */
  refuse(drop: RouterDrop, error: ScmpError, detail: number): RouterDrop {
    this.scmpType = error.type;
    this.scmpCode = error.code;
    this.scmpDetail = detail;
    return drop;
  }

  /** Ends with `drop` and an SCMP error that points at the current hop field. */
  refuseHop(drop: RouterDrop, error: ScmpError): RouterDrop {
    return this.refuse(drop, error, this.packet.hopOffset - this.packet.start);
  }
}
