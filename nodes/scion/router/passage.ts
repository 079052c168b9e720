/**
 * The state of one packet in the router: the view of its bytes, and the results of the checks.
 *
 * A router reuses one such object for all packets, so that forwarding allocates nothing. The checks
 * are in checks.ts, their order in pipeline.ts.
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
  /** Answered by this router with a traceroute reply about the interface `passage.alertIfId`. */
  | 'traceroute'
  /** Passed to the BFD session of the link on which it arrived. */
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
  /** True when the current hop is one of the two hops at the ends of a peering link (step 2). */
  isPeering = false;
  /** True after step 13 moved to the next segment. */
  hasCrossedOver = false;
  /** The interface by which the packet leaves; set by step 14. */
  egress: RouterInterface | undefined = undefined;
  /** Endpoint of the destination host; set by delivery. */
  target = 0;
  /** Interface about which a traceroute reply is sent. */
  alertIfId = 0;
  /** Type of the SCMP error for the sender; {@link NO_SCMP} for none. */
  scmpType = NO_SCMP;
  scmpCode = 0;
  /** Offset of the offending byte from the start of the SCION header; for PacketTooBig the MTU. */
  scmpDetail = 0;

  /** Interface of the external link on which the packet arrived; 0 from inside the AS. */
  get ingress(): number {
    return this.arrival.ifId;
  }

  /** True when the sender is to get an SCMP error. */
  get wantsScmp(): boolean {
    return this.scmpType !== NO_SCMP;
  }

  /**
   * Resets the state and parses the packet of `length` bytes that arrived on `arrival`.
   * @returns why the bytes are not a SCION packet, or undefined.
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

  /**
   * Sets the SCMP error for the sender.
   * @returns `drop`, the reason for which the packet is dropped.
   */
  refuse(drop: RouterDropReason, error: ScmpError, detail: number): RouterDropReason {
    this.scmpType = error.type;
    this.scmpCode = error.code;
    this.scmpDetail = detail;
    return drop;
  }

  /**
   * Sets an SCMP error that points at the current hop field.
   * @returns `drop`, the reason for which the packet is dropped.
   */
  refuseHop(drop: RouterDropReason, error: ScmpError): RouterDropReason {
    return this.refuse(drop, error, this.packet.hopOffset - this.packet.start);
  }
}
