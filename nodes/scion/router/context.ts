/**
 * What the router's checks need besides the packet.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { CalendarTime } from '../../../engine/host/time.ts';
import type { HopAuthenticator } from '../mac.ts';
import type { IsdAsWords } from '../wire/isd-as.ts';
import type { RouterInterface } from './link.ts';
import type { LocalDeliveryResolver } from './local-delivery.ts';

/** The facts that do not change during the life of a router. */
export interface RouterContext {
  readonly isdAs: IsdAsWords;
  /** Interfaces of the AS by number. */
  readonly interfaces: ReadonlyMap<number, RouterInterface>;
  readonly hops: HopAuthenticator;
  readonly crypto: CryptoProvider;
  readonly delivery: LocalDeliveryResolver;
  readonly clock: () => CalendarTime;
  /** Answer oversized packets with PacketTooBig instead of leaving them to the underlay. */
  readonly mtuCheck: boolean;
}
