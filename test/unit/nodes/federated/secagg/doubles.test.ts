/**
 * Published defects, each shown by what it gives away or spoils, beside the machine without it.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { readUint32 } from '../../../../../nodes/_kit/bytes.ts';
import {
  PUBLIC_SEED_RULE,
  publicPairSecret,
  shortSeed,
  shortSeedRule,
} from '../../../../../nodes/federated/doubles/seeds.ts';
import { pairMaskSign } from '../../../../../nodes/federated/secagg/graph.ts';
import { SECAGG_JOBS, seedRuleJobs } from '../../../../../nodes/federated/secagg/jobs.ts';
import {
  applyKeyStream,
  deriveOwnMaskSeed,
  derivePairMaskSeed,
} from '../../../../../nodes/federated/secagg/mask.ts';
import {
  agreePairMaskSeed,
  PROTOCOL_SEED_RULE,
  type SeedRule,
} from '../../../../../nodes/federated/secagg/seeds.ts';
import { Observer } from './observer.ts';
import { bytesOf, CRYPTO, configOf, Session, type SessionOptions } from './session.ts';

const VICTIM = 2;

/** Options of a session whose seeds follow from secrets by this rule. */
function byRule(seeds: SeedRule): SessionOptions {
  const jobs = { ...SECAGG_JOBS, ...seedRuleJobs(seeds) };
  return { client: () => ({ seeds }), server: { seeds }, jobs };
}

function withSeeds(seeds: SeedRule): Session {
  // Small inputs in a wide ring, as quantised updates are.
  const inputs = Array.from({ length: 3 }, (_, client) =>
    Uint32Array.from({ length: 8 }, (_element, place) => 1_000 + 10 * client + place),
  );
  const config = configOf({ n: 3, k: 2, t: 2, m: 8 });
  return new Session({ config, inputs, ...byRule(seeds) }).run();
}

describe('masks from public numbers', () => {
  /** Anybody who sees a masked input and knows the numbers of the clients. */
  function open(session: Session): Uint32Array {
    const vector = (new Observer(session).inputs.get(VICTIM) as Uint32Array).slice();
    const context = { crypto: CRYPTO, session: session.server.session };
    const own = deriveOwnMaskSeed(context, publicPairSecret({ from: VICTIM, to: VICTIM }), VICTIM);
    applyKeyStream(CRYPTO, vector, { seed: own, sign: -1 });
    for (const other of [0, 1]) {
      const ends = { from: VICTIM, to: other };
      const seed = derivePairMaskSeed(context, publicPairSecret(ends), ends);
      applyKeyStream(CRYPTO, vector, { seed, sign: pairMaskSign(other, VICTIM) });
    }
    return vector;
  }

  it('give the right sum, and every input to everybody', () => {
    const session = withSeeds(PUBLIC_SEED_RULE);
    expect(session.sum?.ring).toEqual(session.sumOf([0, 1, 2]));
    expect(open(session)).toEqual(session.inputs[VICTIM]);
  });

  it('are not what the machine draws', () => {
    const session = withSeeds(PROTOCOL_SEED_RULE);
    expect(session.sum?.ring).toEqual(session.sumOf([0, 1, 2]));
    expect(open(session)).not.toEqual(session.inputs[VICTIM]);
  });
});

describe('short seeds', () => {
  const KNOWN_LOW = 12;

  function withTwo(seeds: SeedRule): Session {
    const inputs = [1, 2].map((client) => new Uint32Array(8).fill(1_000 * client));
    const config = configOf({ n: 2, k: 1, t: 2, m: 8 });
    return new Session({ config, inputs, ...byRule(seeds) }).run();
  }

  /**
   * The server tries seeds on what remains of the input of client 1 without its own mask. Quantised
   * updates are small, so that the right one shows.
   */
  function search(session: Session, seeds: SeedRule, high: number): Uint32Array[] {
    const rest = new Observer(session, seeds).sumOf([1]);
    const found: Uint32Array[] = [];
    for (let low = 0; low < 2 ** KNOWN_LOW; low += 1) {
      const guess = rest.slice();
      const seed = shortSeed(high * 2 ** KNOWN_LOW + low);
      applyKeyStream(CRYPTO, guess, { seed, sign: -1 });
      if (guess.every((value) => value < 65_536)) found.push(guess);
    }
    return found;
  }

  it('of 12 bits give the right sum, and an input after 4,096 guesses', () => {
    const seeds = shortSeedRule(12);
    const session = withTwo(seeds);
    expect(session.sum?.ring).toEqual(session.sumOf([0, 1]));
    expect(search(session, seeds, 0)).toEqual([session.inputs[1]]);
  });

  it('of 32 bits fall to 2^20 such searches, one of which succeeds', () => {
    const seeds = shortSeedRule(32);
    const session = withTwo(seeds);
    const draws = [0, 1].map((index) => bytesOf(openRandomStream(1, `client-${index}`, 'keys')));
    const secrets = draws.map((draw) => [draw(32), draw(32)][1] as Uint8Array);
    const key = CRYPTO.x25519PublicKey(secrets[0] as Uint8Array);
    const context = { crypto: CRYPTO, session: session.server.session, seeds };
    const opened = CRYPTO.x25519Key(secrets[1] as Uint8Array);
    const seed = agreePairMaskSeed(context, opened, { from: 1, to: 0, key }) as Uint8Array;
    // All but four bytes are zero.
    expect(seed.subarray(4)).toEqual(new Uint8Array(28));
    const high = Math.floor(readUint32(seed, 0) / 2 ** KNOWN_LOW);
    expect(search(session, seeds, high)).toEqual([session.inputs[1]]);
    expect(search(session, seeds, high + 1)).toEqual([]);
  });

  it('are not what the machine derives', () => {
    expect(search(withTwo(PROTOCOL_SEED_RULE), PROTOCOL_SEED_RULE, 0)).toEqual([]);
  });
});

describe('weights applied to masked inputs', () => {
  const inputs = Array.from({ length: 5 }, (_, client) => new Uint32Array(4).fill(client + 1));
  const weighted = new Uint32Array(4).fill(1 * 1 + 2 * 2 + 3 * 1 + 4 * 3 + 5 * 1);

  it('give noise when masks are removed by the sum of weights', () => {
    const session = new Session({ inputs, server: { weights: [1, 2, 1, 3, 1] } }).run();
    expect(session.sum?.ring).not.toEqual(weighted);
    expect(session.sum?.ring).not.toEqual(session.sumOf([0, 1, 2, 3, 4]));
    // A sum of five small numbers would be below 100 in every place.
    expect(session.sum?.ring.some((value) => value > 65_536)).toBe(true);
  });

  it('give noise even with equal weights', () => {
    const session = new Session({ inputs, server: { weights: [] } }).run();
    // (Σm)(Σw) is n Σm: wrong even so, unless nobody weighs anything.
    expect(session.sum?.ring).not.toEqual(session.sumOf([0, 1, 2, 3, 4]));
  });

  it('are right when each client applies its own before masking', () => {
    const own = inputs.map((input, client) =>
      input.map((value) => value * ([1, 2, 1, 3, 1][client] as number)),
    );
    expect(new Session({ inputs: own }).run().sum?.ring).toEqual(weighted);
  });
});
