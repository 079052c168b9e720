/**
 * Where requests of a host go, and over which path.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { HostAddress } from '../wire/host-address.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import type { WirePath } from '../wire/path.ts';

/** How requests reach a host. */
export interface ProbeRoute {
  readonly target: IsdAs;
  readonly targetHost: HostAddress;
  readonly path: WirePath;
  /** The first border router, or in the same AS the host itself. */
  readonly nextHop: Endpoint;
}
