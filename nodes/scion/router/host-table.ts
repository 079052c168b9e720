/**
 * The endpoints of the AS's hosts by IPv4 address (a 32-bit word) and port; each is created once,
 * so that delivery creates no strings.
 *
 * The table has only hosts of the topology, at most 65,536 ports each, so that packets with
 * invented addresses cannot fill it.
 *
 * @module
 */
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { HostPart } from '../../_kit/host-part.ts';

interface HostPorts {
  readonly address: string;
  readonly endpoints: Map<number, Endpoint>;
}

/** Result of {@link HostTable.endpointOf} for unknown hosts. */
export const NO_ENDPOINT: Endpoint = -1;

/** The endpoints of the hosts of one AS. */
export class HostTable {
  readonly #host: HostPart<'endpoint'>;
  readonly #byAddress = new Map<number, HostPorts>();

  /**
   * @param addresses The hosts: IPv4 addresses as signed 32-bit words, with the text of the address
   * at which the host is reached.
   */
  constructor(host: HostPart<'endpoint'>, addresses: ReadonlyMap<number, string>) {
    this.#host = host;
    for (const [word, address] of addresses) {
      this.#byAddress.set(word, { address, endpoints: new Map() });
    }
  }

  /**
   * Returns the endpoint of a host and UDP port, or {@link NO_ENDPOINT} when the AS has no such
   * host.
   */
  endpointOf(address: number, port: number): Endpoint {
    const ports = this.#byAddress.get(address);
    if (ports === undefined) return NO_ENDPOINT;
    const known = ports.endpoints.get(port);
    if (known !== undefined) return known;
    const endpoint = this.#host.endpoint(ports.address, port);
    ports.endpoints.set(port, endpoint);
    return endpoint;
  }
}
