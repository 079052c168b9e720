/**
 * Refuses connections by the address they come from, before a byte of them is read (`security.access_control`).
 *
 * @module
 */
import { BlockList, isIPv6, type Server, type Socket } from 'node:net';
import type { AccessControl } from '../../nodes/gateway/index.ts';

/** Lets connections in by their address. An IPv4-mapped address is in the ranges of the IPv4 address, and the other way round. */
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

  /** Closes a connection that may not be; says whether it may. */
  admit(socket: Socket): boolean {
    const { remoteAddress } = socket;
    // A connection that is already gone has no address.
    if (remoteAddress !== undefined && this.#isAllowed(remoteAddress)) return true;
    this.#refused += 1;
    socket.destroy();
    return false;
  }

  /** Puts this filter before everything that listens for connections of a server; called once, after those listeners. */
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
