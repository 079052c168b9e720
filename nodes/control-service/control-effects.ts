/**
 * What happens to the control service as a state machine, and what it does.
 *
 * @module
 */
import type {
  EpochKey,
  HostAddress,
  HostAnswer,
  HostKeyRequest,
  IsdAs,
  PathInterface,
} from '../scion/index.ts';
import type { ControlDropReason } from './drops.ts';
import type { ControlWay } from './ways.ts';

/** What happens to a control service. */
export type ControlInput =
  /** A packet of a call. */
  | { readonly kind: 'datagram'; readonly way: ControlWay; readonly bytes: Uint8Array }
  /** A host of the AS asks for segments. */
  | { readonly kind: 'lookup'; readonly token: number; readonly target: IsdAs }
  /** A host of the AS asks for the key that another AS shares with it. */
  | ({
      readonly kind: 'host-key';
      readonly token: number;
      readonly host: HostAddress;
    } & HostKeyRequest)
  /** A router says that an interface is down, about a packet of ours. */
  | ({ readonly kind: 'interface-down' } & PathInterface);

/** What a control service does. */
export type ControlEffect =
  | { readonly kind: 'send'; readonly way: ControlWay; readonly bytes: Uint8Array }
  | ({ readonly kind: 'found'; readonly token: number } & HostAnswer)
  | { readonly kind: 'host-key'; readonly token: number; readonly answer: EpochKey | undefined }
  | { readonly kind: 'drop'; readonly reason: ControlDropReason }
  | { readonly kind: 'count'; readonly metric: ControlCounter }
  /** A round was looked at: how much is known may have changed. */
  | { readonly kind: 'ticked' };

/** Counters of a control service. */
export type ControlCounter =
  | 'control.beacons_sent'
  | 'control.beacons_received'
  | 'control.beacons_known'
  | 'control.registrations'
  | 'control.calls_failed';
