/**
 * Federated learning: the attack of a server that an option asks for.
 *
 * @module
 */
import type { FederatedOptions } from './config.ts';
import type { ServerAttack } from './secagg/malicious-server.ts';

/** The client that attacks are made on. */
const VICTIM = 0;

/** What a server does to learn the input of one client; undefined if it is honest. */
export function makeServerAttack({
  serverAttack: kind,
}: FederatedOptions): ServerAttack | undefined {
  return kind === 'none' || kind === 'crafted-models' ? undefined : { kind, victim: VICTIM };
}
