/**
 * Gateway: the parts of a node that defective doubles (`doubles/`) replace, and the correct parts.
 *
 * @module
 */
import type { HostPart } from '../_kit/host-part.ts';
import type { AdmissionControl } from './admission/admission.ts';
import type { CookieIssuer } from './admission/cookie-issuer.ts';
import { makeAdmissionControl } from './admission/make-admission.ts';
import type { GatewayOptions } from './config.ts';
import { CHECKED_SCMP_POLICY, type ScmpPolicy } from './multipath/scmp-policy.ts';
import type { PeerOutput } from './peer-output.ts';
import type { PendingPacket } from './pending-packets.ts';
import {
  ReservedWindowFactory,
  type ReservedWindowFactoryOptions,
} from './replay/reserved-windows.ts';
import type { ReplayWindowFactory } from './replay/window-set.ts';

/** Receives the packets of a peer and the reasons of drops. */
export type PacketReceiverOutput = Pick<PeerOutput, 'deliver' | 'drop'>;

/** The parts of a node that a double may replace. */
export interface Behaviour {
  /** Makes the replay windows. */
  readonly windows: (
    host: HostPart<'store'>,
    settings: Omit<ReservedWindowFactoryOptions, 'store'>,
  ) => ReplayWindowFactory;
  /** Makes the admission control of one peer: its budgets for handshakes and packets. */
  readonly admission: (options: GatewayOptions, cookies: CookieIssuer) => AdmissionControl;
  /** Decides whether SCMP messages are believed. */
  readonly scmp: ScmpPolicy;
  /** Wraps the output for packets from a peer; a correct node returns it unchanged. */
  readonly arrivals: (output: PacketReceiverOutput) => PacketReceiverOutput;
  /** Selects which of the packets that waited for a session or a path are sent. */
  readonly leaving: (waiting: readonly PendingPacket[]) => readonly PendingPacket[];
}

/** The parts of a correct node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  windows: (host, settings) =>
    new ReservedWindowFactory({ ...settings, store: host.store('windows') }),
  admission: makeAdmissionControl,
  scmp: CHECKED_SCMP_POLICY,
  arrivals: (output) => output,
  leaving: (waiting) => waiting,
};
