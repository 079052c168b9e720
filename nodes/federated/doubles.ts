/**
 * Federated learning: which defects of the machines an option asks for, and which attacks of a server.
 *
 * @module
 */
import type { FederatedOptions } from './config.ts';
import type { ClientDouble, SeedDouble, ServerDouble } from './secagg/doubles.ts';
import type { ServerAttack } from './secagg/malicious-server.ts';

/** Bits of seeds that a search finds within a second. */
const SHORT_BITS = 20;
/** The client that attacks are made on. */
const VICTIM = 0;

/** The defect of a client's machine; undefined if it has none. */
export function clientDouble({ double }: FederatedOptions): ClientDouble | undefined {
  return double === 'unchecked-lists' ? { kind: double } : seedDouble(double);
}

/** The defect of a server's machine; undefined if it has none. */
export function serverDouble({ double }: FederatedOptions): ServerDouble | undefined {
  return double === 'weights-on-masked' ? { kind: double, weights: [2, 1] } : seedDouble(double);
}

/** What a server does to learn the input of one client; undefined if it is honest. */
export function serverAttack({ serverAttack: kind }: FederatedOptions): ServerAttack | undefined {
  return kind === 'none' || kind === 'crafted-models' ? undefined : { kind, victim: VICTIM };
}

function seedDouble(double: FederatedOptions['double']): SeedDouble | undefined {
  if (double === 'public-masks') return { kind: double };
  return double === 'short-seeds' ? { kind: double, bits: SHORT_BITS } : undefined;
}
