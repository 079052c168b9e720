/**
 * Federated learning: which defects of the machines an option asks for.
 *
 * @module
 */
import type { FederatedOptions } from './config.ts';
import type { ClientDouble, SeedDouble, ServerDouble } from './secagg/doubles.ts';

/** Bits of seeds that a search finds within a second. */
const SHORT_BITS = 20;
/** The client that attacks are made on. */
const VICTIM = 0;

/** The defect of a client's machine; undefined if it has none. */
export function clientDouble({ double }: FederatedOptions): ClientDouble | undefined {
  return double === 'unchecked-lists' ? { kind: double } : seedDouble(double);
}

/** The defect of a server's machine, or its attack; undefined if it has none. */
export function serverDouble(options: FederatedOptions): ServerDouble | undefined {
  const { double } = options;
  switch (double) {
    case 'weights-on-masked':
      return { kind: double, weights: [2, 1] };
    case 'two-survivor-lists':
    case 'overlapping-lists':
      return { kind: double, victim: VICTIM };
    default:
      return seedDouble(double);
  }
}

function seedDouble(double: FederatedOptions['double']): SeedDouble | undefined {
  if (double === 'public-masks') return { kind: double };
  return double === 'short-seeds' ? { kind: double, bits: SHORT_BITS } : undefined;
}
