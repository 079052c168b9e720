/**
 * Refuses connections by their source address, before a byte of them is read
 * (`security.access_control`).
 *
 * @module
 */
import { BlockList, isIPv6, type Server, type Socket } from 'node:net';
import type { AccessControl } from '../../nodes/gateway/index.ts';

/**
 * Admits connections by their source address. An IPv4-mapped IPv6 address belongs to the ranges
 * that contain its IPv4 address, and vice versa.
 */
export class CallerFilter {
  readonly #allowed: BlockList | undefined;
  readonly #blocked: BlockList;
  #refused = 0;

  constructor({ allowed, blocked }: AccessControl['ranges']) {
    this.#allowed = allowed.length === 0 ? undefined : listOf(allowed);
    this.#blocked = listOf(blocked);
  }

  /** Number of connections that were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Closes a connection whose source address is not allowed. @returns whether it is allowed. */
  admit(socket: Socket): boolean {
    const { remoteAddress } = socket;
    // A connection that has already ended has no address.
    if (remoteAddress !== undefined && this.#isAllowed(remoteAddress)) return true;
    this.#refused += 1;
    socket.destroy();
    return false;
  }

  /**
   * Makes this filter see each new connection of a server before all other listeners do; to be
   * called once, after those listeners were added.
   */
  guard(server: Server): void {
    const guarded = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (!this.admit(socket)) return;
      for (const listener of guarded) listener.call(server, socket);
    });
  }

  #isAllowed(address: string): boolean {
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (this.#blocked.check(address, family)) return false;
    return this.#allowed?.check(address, family) ?? true;
  }
}

function listOf(ranges: AccessControl['ranges']['allowed']): BlockList {
  const list = new BlockList();
  for (const { address, prefixLength, family } of ranges) {
    list.addSubnet(address, prefixLength, family);
  }
  return list;
}
