/**
 * Gateway: the parts of a node that defective doubles (`doubles/`) replace, and the correct parts.
 *
 * @module
 */
import type { HostPart } from '../_kit/host-part.ts';
import type { Admission } from './admission/admission.ts';
import type { CookieMint } from './admission/cookie-mint.ts';
import { makeAdmission } from './admission/make-admission.ts';
import type { GatewayOptions } from './config.ts';
import { CHECKED_SCMP, type ScmpPolicy } from './multipath/scmp-policy.ts';
import type { PeerOutput } from './peer-output.ts';
import type { PendingPacket } from './pending-packets.ts';
import { ReservedWindows, type ReservedWindowsOptions } from './replay/reserved-windows.ts';
import type { GuardFactory } from './replay/window-set.ts';

/** Where packets from a peer go. */
export type ArrivalsOutput = Pick<PeerOutput, 'deliver' | 'drop'>;

/** The parts of a node that a double may replace. */
export interface Behaviour {
  /** Makes the replay windows. */
  readonly windows: (
    host: HostPart<'store'>,
    settings: Omit<ReservedWindowsOptions, 'store'>,
  ) => GuardFactory;
  /** Makes the budgets of one peer. */
  readonly admission: (options: GatewayOptions, cookies: CookieMint) => Admission;
  /** Decides whether SCMP messages are believed. */
  readonly scmp: ScmpPolicy;
  /** Wraps the output for packets from a peer; that of a correct node is returned as given. */
  readonly arrivals: (output: ArrivalsOutput) => ArrivalsOutput;
  /** Selects which of the packets that waited for a session or a path are sent. */
  readonly leaving: (waiting: readonly PendingPacket[]) => readonly PendingPacket[];
}

/** The parts of a correct node. */
export const CORRECT_BEHAVIOUR: Behaviour = {
  windows: (host, settings) => new ReservedWindows({ ...settings, store: host.store('windows') }),
  admission: makeAdmission,
  scmp: CHECKED_SCMP,
  arrivals: (output) => output,
  leaving: (waiting) => waiting,
};
