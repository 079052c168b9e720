/**
 * The target and path of the requests of a host.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { EpicPathMaker } from '../wire/epic.ts';
import type { HostAddress } from '../wire/host-address.ts';
import type { IsdAs } from '../wire/isd-as.ts';
import type { WirePath } from '../wire/path.ts';

/** The target of requests, the path to it, and the first hop in the underlay. */
export interface ProbeRoute {
  readonly target: IsdAs;
  readonly targetHost: HostAddress;
  readonly path: WirePath;
  /** Makes the path of each request, if it is an EPIC-HP path; answers come back on `path`. */
  readonly epic?: EpicPathMaker | undefined;
  /** The first border router on the path; the target itself if it is in the same AS. */
  readonly nextHop: Endpoint;
}
