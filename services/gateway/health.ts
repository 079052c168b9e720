/**
 * What a gateway's status says of its health, with reasons that an operator can act on.
 *
 * @module
 */
import { z } from 'zod';

/** How a peer is reached. */
export interface PeerHealth {
  readonly name: string;
  /** Number of known paths. */
  readonly paths: number;
  /** Number of paths on which it answers. */
  readonly alive: number;
  /** True if it has answered: there is a session. */
  readonly isOpen: boolean;
}

/** The health of a gateway. */
export interface GatewayHealth {
  readonly peers: readonly PeerHealth[];
  /** Why it is not healthy; empty if it is. */
  readonly reasons: readonly string[];
}

/** Health of a path on which the peer answers. */
const ANSWERING: readonly string[] = ['alive', 'degraded'];

/** The part of a gateway's status that is read. */
const STATUS = z.object({
  peers: z.array(
    z.object({
      name: z.string(),
      paths: z.array(z.object({ health: z.string() })),
      session: z.object({ epoch: z.number().optional() }),
    }),
  ),
});

/** Reads the answer to the question `status`. */
export function readHealth(outcome: string, text: string): GatewayHealth {
  if (outcome !== 'ok') return { peers: [], reasons: [`the gateway does not run: ${outcome}`] };
  const read = STATUS.safeParse(JSON.parse(text));
  if (!read.success) return { peers: [], reasons: ['the status of the gateway is none'] };
  const peers = read.data.peers.map(({ name, paths, session }): PeerHealth => {
    const isOpen = session.epoch !== undefined;
    const alive = paths.filter(({ health }) => ANSWERING.includes(health)).length;
    return { name, paths: paths.length, alive, isOpen };
  });
  const reasons = peers
    .filter(({ alive, isOpen }) => alive === 0 || !isOpen)
    .map(({ name, paths }) =>
      paths === 0 ? `no path to ${name}` : `${name} answers on none of ${paths} paths`,
    );
  return { peers, reasons };
}
