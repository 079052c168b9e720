/**
 * The laws of replicated data, over random histories. `ORRERY_VAULT_SEED` runs one history.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { History, joined, textOf } from './history.ts';

const HISTORIES = 10_000;
const ONE = process.env['ORRERY_VAULT_SEED'];
const SEEDS =
  ONE === undefined ? Array.from({ length: HISTORIES }, (_, seed) => seed) : [Number(ONE)];
const STEPS = 40;
const COMMAND = 'npx vitest run --project virtual test/unit/nodes/vault/crdt/laws.test.ts';

/** Fails with the seed and the command that repeats it. */
function expectSame(
  left: string,
  right: string,
  { seed, law }: { seed: number; law: string },
): void {
  if (left !== right) {
    expect.fail(`${law}, seed ${seed}: ORRERY_VAULT_SEED=${seed} ${COMMAND}`);
  }
}

describe(`${HISTORIES} random histories`, () => {
  it('merge is commutative, associative and idempotent, and joins of states do what operations do (R-150)', () => {
    let erasures = 0;
    let gaps = 0;
    for (const seed of SEEDS) {
      const history = new History(seed);
      history.run(STEPS);
      const [a, b, c] = history.states;
      if (a === undefined || b === undefined || c === undefined) throw new Error('three replicas');
      const ab = joined(a, b);
      const all = textOf(joined(ab, c));
      expectSame(textOf(ab), textOf(joined(b, a)), { seed, law: 'commutative' });
      expectSame(all, textOf(joined(a, joined(b, c))), { seed, law: 'associative' });
      expectSame(textOf(joined(a, a)), textOf(a), { seed, law: 'idempotent' });
      expectSame(textOf(joined(ab, a)), textOf(ab), {
        seed,
        law: 'a join has all that its parts have',
      });
      expectSame(all, textOf(history.stateOfAll()), { seed, law: 'deltas give the joined state' });
      erasures += ab.erasures.size;
      gaps += [...c.maps.values(), ...c.sets.values()].filter(
        ({ context }) => context.cloud.size > 0,
      ).length;
      history.settle();
      const [first, ...others] = history.states.map(textOf);
      for (const other of others) {
        expectSame(other, first ?? '', {
          seed,
          law: 'replicas with the same operations are equal',
        });
      }
    }
    // The histories are not all of the easy kind.
    if (ONE !== undefined) return;
    expect(erasures).toBeGreaterThan(HISTORIES / 10);
    expect(gaps).toBeGreaterThan(10);
  });
});
