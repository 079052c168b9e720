/**
 * Federated learning: the attack of a server that the option `serverAttack` asks for.
 *
 * @module
 */
import type { FederatedOptions } from './config.ts';
import type { ServerAttack } from './secagg/malicious-server.ts';

/** Index of the attacked client. */
const VICTIM = 0;

/** The attack of a server on the input of one client; undefined if the server is honest. */
export function makeServerAttack({
  serverAttack: kind,
}: FederatedOptions): ServerAttack | undefined {
  return kind === 'none' || kind === 'crafted-models' ? undefined : { kind, victim: VICTIM };
}
