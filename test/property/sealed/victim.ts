/**
 * What a peer with genuine keys can do: the bytes under its seal are mutated, then sealed as
 * they should be, so that no check of a seal stops them. Nothing throws, each input is delivered, kept
 * or dropped by name, and the node serves an honest peer as before.
 *
 * @module
 */
import { expect } from 'vitest';
import { openRandomStream, type RandomStream } from '../../../engine/core/stream.ts';

const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);
const COMMAND = 'npx vitest run --project=slow test/property/sealed';

/** A node under attack. */
export interface Victim {
  /**
   * Gives it one mutated input.
   * @returns what came of it, at least one name: of drops, or of `ends`.
   */
  give(): readonly string[];
  /** True if it delivers what an honest peer sends now. */
  delivers(): boolean;
}

/** A protocol under attack. */
export interface SealedCase {
  readonly protocol: string;
  /** What is mutated, as a title says it. */
  readonly what: string;
  /** Reasons for which its nodes drop, each with a sentence. */
  readonly drops: Readonly<Record<string, string>>;
  /** What else comes of an input. */
  readonly ends: readonly string[];
  /** What must come of some of 100,000 inputs: otherwise all would stop at the first check. */
  readonly reaches: readonly string[];
  readonly begin: (random: RandomStream) => Victim;
}

/** Gives a node so many inputs. @returns what came of them. */
export function attack(one: SealedCase, inputs: number): ReadonlyMap<string, number> {
  const random = openRandomStream(SEED, one.protocol, 'sealed');
  const victim = one.begin(random);
  const came = new Map<string, number>();
  for (let input = 0; input < inputs; input += 1) {
    const repeat = `input ${input}: ORRERY_FUZZ_SEED=${SEED} ${COMMAND} -t '${one.protocol}:'`;
    const names = named(repeat, () => victim.give());
    if (names.length === 0) expect(names, `nothing came of ${repeat}`).not.toEqual([]);
    for (const name of names) {
      const isNamed = Object.hasOwn(one.drops, name) || one.ends.includes(name);
      if (!isNamed) expect(name, repeat).toBe('a name that is declared');
      came.set(name, (came.get(name) ?? 0) + 1);
    }
  }
  expect(victim.delivers(), `seed ${SEED}`).toBe(true);
  return came;
}

function named<Result>(repeat: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw new Error(repeat, { cause: error });
  }
}
