/**
 * The control service as a state machine: its parts, its inputs and its effects.
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
import type { ReportedInterface } from './lookup/revocations.ts';
import type { ControlSurroundings } from './surroundings.ts';
import type { ControlWay, QuotedPacket } from './ways.ts';

/** The parts from which a control service is put together. */
export interface ControlServiceParts {
  readonly surroundings: ControlSurroundings;
  readonly options: ControlOptions;
  readonly crypto: CryptoProvider;
  /** Makes the MACs of the AS's hop fields, with its forwarding key. */
  readonly hops: HopAuthenticator;
  /**
   * The keys that sign and verify: provisioned to all nodes before the run, or with certificates (option `signatures`).
   */
  readonly keys: ControlKeys;
  readonly selection: BeaconSelection;
  readonly random: { readonly calls: Random; readonly beacons: Random };
  /** Draws the secret bytes of X25519 keys, each of which is used for one exchange. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** The DRKeys that this AS derives and shares with other ASes. */
  readonly drkeys: DrkeyStore;
  readonly clock: () => CalendarTime;
  /** The correct behaviour if absent. */
  readonly behaviour?: ControlBehaviour;
}

/** An input of a control service. */
export type ControlInput =
  /** A packet of a call arrived. */
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

/** A report that an interface is down: an SCMP error of a router about one of our packets, or a report of a host. */
export interface InterfaceDown extends ReportedInterface {
  /** The packet that the router's error quotes; absent in the report of a host. */
  readonly quote?: QuotedPacket;
}

/** An effect of a control service. */
export type ControlEffect =
  | { readonly kind: 'send'; readonly way: ControlWay; readonly bytes: Uint8Array }
  /** A lookup has ended; `leftOut` of the segments that were found are not in the answer. */
  | ({ readonly kind: 'found'; readonly token: number; readonly leftOut: number } & HostAnswer)
  | { readonly kind: 'host-key'; readonly token: number; readonly answer: EpochKey | undefined }
  | { readonly kind: 'drop'; readonly reason: ControlDropReason }
  | { readonly kind: 'count'; readonly metric: ControlCounter }
  /** A beacon of this many bytes leaves over an interface. */
  | { readonly kind: 'beacon-sent'; readonly ifId: number; readonly bytes: number }
  /** An interface is not believed to be down any more; `afterNs`: time since the last error about it. */
  | { readonly kind: 'restored'; readonly afterNs: Nanoseconds }
  /** A tick has ended: the trace is to be written, since numbers of beacons, segments and paths may have changed. */
  | { readonly kind: 'ticked' };

/** Counters of a control service. */
export type ControlCounter =
  | 'control.beacons_received'
  | 'control.beacons_known'
  | 'control.registrations'
  | 'control.trc_updates'
  | 'control.revocations'
  | 'control.calls_failed';
