/**
 * The control service as a state machine: what it works with, what happens to it, and what it does.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Random } from '../../engine/host/random.ts';
import type { CalendarTime, Nanoseconds } from '../../engine/host/time.ts';
import type {
  DrkeyStore,
  EpochKey,
  HopAuthenticator,
  HostAddress,
  HostAnswer,
  HostKeyRequest,
  IsdAs,
} from '../scion/index.ts';
import type { BeaconSelection } from './beacons/selection.ts';
import type { ControlBehaviour } from './behaviour.ts';
import type { ControlOptions } from './config.ts';
import type { ControlDropReason } from './drops.ts';
import type { ControlKeys } from './keys.ts';
import type { ToldInterface } from './lookup/revocations.ts';
import type { ControlSurroundings } from './surroundings.ts';
import type { ControlWay, QuotedPacket } from './ways.ts';

/** What a control service works with. */
export interface ControlServiceParts {
  readonly surroundings: ControlSurroundings;
  readonly options: ControlOptions;
  readonly crypto: CryptoProvider;
  /** With the forwarding key of the AS. */
  readonly hops: HopAuthenticator;
  /** Keys of ASes: those that everybody has beforehand, or certificates. */
  readonly keys: ControlKeys;
  readonly selection: BeaconSelection;
  readonly random: { readonly calls: Random; readonly beacons: Random };
  /** For secrets that are used once. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** The keys that this AS shares with others. */
  readonly drkeys: DrkeyStore;
  readonly clock: () => CalendarTime;
  /** The correct one if absent. */
  readonly behaviour?: ControlBehaviour;
}

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
  | ({ readonly kind: 'interface-down' } & InterfaceDown);

/** A router says that an interface is down, about a packet of ours, or a host that has found it so. */
export interface InterfaceDown extends ToldInterface {
  /** What a router quotes; absent if a host says it. */
  readonly quote?: QuotedPacket;
}

/** What a control service does. */
export type ControlEffect =
  | { readonly kind: 'send'; readonly way: ControlWay; readonly bytes: Uint8Array }
  | ({ readonly kind: 'found'; readonly token: number } & HostAnswer)
  | { readonly kind: 'host-key'; readonly token: number; readonly answer: EpochKey | undefined }
  | { readonly kind: 'drop'; readonly reason: ControlDropReason }
  | { readonly kind: 'count'; readonly metric: ControlCounter }
  /** An interface is not believed to be down any more, so long after the last error about it. */
  | { readonly kind: 'restored'; readonly afterNs: Nanoseconds }
  /** A round was looked at: how much is known may have changed. */
  | { readonly kind: 'ticked' };

/** Counters of a control service. */
export type ControlCounter =
  | 'control.beacons_sent'
  | 'control.beacons_received'
  | 'control.beacons_known'
  | 'control.registrations'
  | 'control.trc_updates'
  | 'control.revocations'
  | 'control.calls_failed';
