import { describe, expect, it } from 'vitest';
import type { GroundTruthWitness } from '../../../../../engine/host/protocol.ts';
import { CustodyLedger } from '../../../../../nodes/dtn/agent/custody-ledger.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';

/** The ledgers of two nodes in one run. */
function ledgers(isDurable = true): readonly [CustodyLedger, CustodyLedger] {
  const noted = new Set<string>();
  const witness = {
    has: (space: string, value: number) => noted.has(`${space} ${value}`),
    note: (space: string, value: number) => {
      const isKnown = noted.has(`${space} ${value}`);
      noted.add(`${space} ${value}`);
      return isKnown;
    },
  } as GroundTruthWitness;
  const names = new HostEids(['a', 'b'], 'ipn');
  return [
    new CustodyLedger(witness, { host: 'a', names, isDurable: true }),
    new CustodyLedger(witness, { host: 'b', names, isDurable }),
  ];
}

describe('a bundle that a node has handed on', () => {
  it('is lost if nobody else answered for it, and told of once', () => {
    const [a, b] = ledgers();
    a.taken(0, 'k');
    expect(a.ended(0, 'k', 'passed-on')).toBe(true);
    b.taken(0, 'k');
    expect(b.ended(0, 'k', 'passed-on')).toBe(false);
  });

  it('is not lost if another node has it, or it was delivered, or sent without a promise', () => {
    const [a, b] = ledgers();
    for (const number of [0, 1, 2]) a.taken(number, `k${number}`);
    b.taken(0, 'k0');
    b.over('k1');
    expect(a.ended(0, 'k0', 'passed-on')).toBe(false);
    expect(a.ended(1, 'k1', 'passed-on')).toBe(false);
    expect(a.ended(2, 'k2', 'sent')).toBe(false);
  });

  it('may be with a node in memory, which answers for nothing: then nobody judges', () => {
    const [a] = ledgers(false);
    a.taken(0, 'k');
    expect(a.ended(0, 'k', 'passed-on')).toBe(false);
  });
});
