/**
 * The data and collaborators of the router's checks, besides the packet.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { CalendarTime } from '../../../engine/host/time.ts';
import type { HopAuthenticator } from '../mac.ts';
import type { IsdAsWords } from '../wire/isd-as.ts';
import type { RouterInterface } from './link.ts';
import type { LocalDeliveryResolver } from './local-delivery.ts';

/** The data of a router that do not change while it runs, and its collaborators. */
export interface RouterContext {
  readonly isdAs: IsdAsWords;
  /** All interfaces of the AS, by number. */
  readonly interfaces: ReadonlyMap<number, RouterInterface>;
  readonly hops: HopAuthenticator;
  readonly crypto: CryptoProvider;
  readonly delivery: LocalDeliveryResolver;
  readonly clock: () => CalendarTime;
  /**
   * Whether packets that exceed the MTU of a link are answered with PacketTooBig instead of being
   * sent.
   */
  readonly mtuCheck: boolean;
}
