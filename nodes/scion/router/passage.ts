/**
 * One packet's passage through the router: the view of its bytes, and the results of the checks.
 *
 * A router reuses one passage for all packets, so that forwarding allocates nothing. The checks are
 * in checks.ts, their order in pipeline.ts.
 *
 * @module
 */
import { PacketView } from '../wire/packet-view.ts';
import type { RouterDropReason } from './drops.ts';

import type { RouterInterface, RouterLink } from './link.ts';
import type { ScmpError } from './scmp-errors.ts';

/** What happens to a packet that is not dropped. */
export type PacketAction =
  /** Sent out on the link of `passage.egress`. */
  | 'forward'
  /** Delivered to `passage.target` inside the AS. */
  | 'deliver'
  /** Requests a traceroute reply from this router about `passage.alertIfId`. */
  | 'traceroute'
  /** A BFD packet for the link it arrived on. */
  | 'bfd';

/** The checklist's decision about a packet. */
export type PacketVerdict = PacketAction | RouterDropReason;

/** The result of a checklist step; `undefined` means that the next step follows. */
export type CheckStepResult = PacketVerdict | undefined;

/** Value of {@link PacketProcessingState.scmpType} when the sender is not notified. */
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

/** The processing state of one packet, reused for the next. */
export class PacketProcessingState {
  readonly packet = new PacketView();
  /** The link on which the packet arrived. */
  arrival: RouterLink = NOWHERE;
  /** True when the current hop is one of the two at a peering link (step 2). */
  isPeering = false;
  /** True after step 13 moved to the next segment. */
  hasCrossedOver = false;
  /** The interface by which the packet leaves; set by step 14. */
  egress: RouterInterface | undefined = undefined;
  /** Endpoint of the destination host; set by delivery. */
  target = 0;
  /** Interface that a traceroute reply names. */
  alertIfId = 0;
  /** SCMP error for the sender; {@link NO_SCMP} for none. */
  scmpType = NO_SCMP;
  scmpCode = 0;
  /** Offset of the offending byte from the start of the SCION header; for PacketTooBig the MTU. */
  scmpDetail = 0;

  /** Interface of the external link on which the packet arrived; 0 from inside the AS. */
  get ingress(): number {
    return this.arrival.ifId;
  }

  /** True when the sender is to be notified. */
  get wantsScmp(): boolean {
    return this.scmpType !== NO_SCMP;
  }

  /**
   * Begins with the packet of `length` bytes that arrived on `arrival`.
   * @returns why it is not a SCION packet.
   */
  begin(
    arrival: RouterLink,
    buffer: Uint8Array,
    offset: number,
    length: number,
  ): RouterDropReason | undefined {
    this.arrival = arrival;
    this.isPeering = false;
    this.hasCrossedOver = false;
    this.egress = undefined;
    this.scmpType = NO_SCMP;
    return this.packet.parse(buffer, offset, length);
  }

  /** Refuses the packet as `drop`, with an SCMP error for the sender. */
  refuse(drop: RouterDropReason, error: ScmpError, detail: number): RouterDropReason {
    this.scmpType = error.type;
    this.scmpCode = error.code;
    this.scmpDetail = detail;
    return drop;
  }

  /** Refuses the packet as `drop`, with an SCMP error that points at the current hop field. */
  refuseHop(drop: RouterDropReason, error: ScmpError): RouterDropReason {
    return this.refuse(drop, error, this.packet.hopOffset - this.packet.start);
  }
}
