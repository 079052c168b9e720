/**
 * what reaches the server, beside the sum, looks the same whatever the inputs are. The
 * attacker is the server with t - 1 colluding clients, whose masks it removes.
 *
 * @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { pairMaskSign } from '../../../../../nodes/federated/secagg/graph.ts';
import { applyKeyStream } from '../../../../../nodes/federated/secagg/mask.ts';
import { SECAGG_MESSAGE_TYPES } from '../../../../../nodes/federated/secagg/messages.ts';
import { unpackRingVector } from '../../../../../nodes/federated/secagg/ring.ts';
import { agreePairMaskSeed, ownMaskSeed } from '../../../../../nodes/federated/secagg/seeds.ts';
import { bodyOf, bytesOf, CRYPTO, configOf, Session } from './session.ts';

const SEEDS = 100;
const LENGTH = 16_384;
const BUCKETS = 256;
/** Degrees of freedom. */
const FREE = BUCKETS - 1;
const VICTIM = 3;
/** One less than the threshold. */
const COLLUDERS = [0, 1];
const config = configOf({ m: LENGTH });

/** Quantised updates: small, of both signs, and far from uniform in the ring. */
function inputsOf(seed: number): readonly Uint32Array[] {
  const random = openRandomStream(seed, 'inputs', 'view');
  return Array.from({ length: config.n }, (_, client) => {
    const input = new Uint32Array(LENGTH);
    // Those of the others do not show in what is tested.
    if (client !== 2 && client !== VICTIM) return input;
    for (let index = 0; index < LENGTH; index += 1) input[index] = random.below(2_001) - 1_000;
    return input;
  });
}

/** Keys of a client, as its stream gives them: channel, mask, own. */
function secretsOf(seed: number, index: number): readonly Uint8Array[] {
  const draw = bytesOf(openRandomStream(seed, `client-${index}`, 'keys'));
  return [draw(32), draw(32), draw(32)];
}

/** The masked input of the victim, without the masks that these clients share with it. */
function view(session: Session, seed: number, known: readonly number[]): Uint32Array {
  const body = bodyOf(session.message(SECAGG_MESSAGE_TYPES.maskedInput, VICTIM));
  if (body.type !== SECAGG_MESSAGE_TYPES.maskedInput) throw new Error('no input');
  const vector = unpackRingVector(body.packed, { length: LENGTH, bits: 32 });
  if (typeof vector === 'string') throw new Error(vector);
  const context = { crypto: CRYPTO, session: session.server.session };
  const [, mine = vector, own = vector] = secretsOf(seed, VICTIM) as Uint8Array[];
  const key = CRYPTO.x25519PublicKey(mine as Uint8Array);
  for (const other of known) {
    if (other === VICTIM) {
      const mask = ownMaskSeed(context, own as Uint8Array, VICTIM);
      applyKeyStream(CRYPTO, vector, { seed: mask, sign: -1 });
      continue;
    }
    const [, theirs] = secretsOf(seed, other);
    const opened = CRYPTO.x25519Key(theirs as Uint8Array);
    const pair = agreePairMaskSeed(context, opened, { from: other, to: VICTIM, key }) as Uint8Array;
    applyKeyStream(CRYPTO, vector, { seed: pair, sign: pairMaskSign(other, VICTIM) });
  }
  return vector;
}

/** Pearson's statistic of the top 8 bits. */
function chiSquare(vector: Uint32Array): number {
  const counts = new Float64Array(BUCKETS);
  for (const value of vector) counts[value >>> 24] = (counts[value >>> 24] as number) + 1;
  const expected = LENGTH / BUCKETS;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Upper tail of a chi-square of 255 degrees (Wilson and Hilferty, PNAS 1931), good to 10^-3. */
function tail(statistic: number): number {
  const spread = 2 / (9 * FREE);
  const z = (Math.cbrt(statistic / FREE) - (1 - spread)) / Math.sqrt(spread);
  // Abramowitz and Stegun 26.2.17, error below 10^-7.
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? upper : 1 - upper;
}

/** Largest distance of these values from a uniform distribution (Kolmogorov and Smirnov). */
function distance(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  return Math.max(
    ...sorted.map((value, place) => Math.max(value - place / n, (place + 1) / n - value)),
  );
}

/** Pearson's coefficient of signed elements. */
function correlation(left: Uint32Array, right: Uint32Array): number {
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  for (let index = 0; index < LENGTH; index += 1) {
    const x = (left[index] as number) | 0;
    const y = (right[index] as number) | 0;
    a += x;
    b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const covariance = ab - (a * b) / LENGTH;
  return covariance / Math.sqrt((aa - (a * a) / LENGTH) * (bb - (b * b) / LENGTH));
}

/** p = 0.01 for 100 values: 1.628 / sqrt(100). */
const DISTANCE_MAX = 0.1628;
/** Two-sided 10^-6 of a chi-square with 255 degrees. */
const STATISTIC = { least: 161.65, most: 377.08 };

/** Masks that the attacker removes, by the numbers of who shares them; the victim's is its own. */
const KNOWN = {
  masked: [],
  colluding: COLLUDERS,
  /** Of the old scheme with one mask, nothing would be left. */
  'all but the own mask': [0, 1, 2, 4],
  'all but one pair mask': [0, 1, 4, VICTIM],
  open: [0, 1, 2, 4, VICTIM],
} as const;
type View = keyof typeof KNOWN;
const VIEWS = Object.keys(KNOWN) as readonly View[];

describe('R-155: what the server sees of one client, over 100 seeds', () => {
  const statistics = new Map(VIEWS.map((name) => [name, [] as number[]]));
  let worst = 0;

  beforeAll(() => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const inputs = inputsOf(seed);
      const session = new Session({ config, inputs, seed }).run();
      for (const name of VIEWS) {
        const seen = view(session, seed, KNOWN[name]);
        statistics.get(name)?.push(chiSquare(seen));
        const input = inputs[VICTIM] as Uint32Array;
        if (name === 'open') expect(seen.every((value, at) => value === input[at])).toBe(true);
        else worst = Math.max(worst, Math.abs(correlation(seen, input)));
      }
    }
  }, 180_000);

  it.each(VIEWS.filter((name) => name !== 'open'))('is uniform: %s', (name) => {
    const found = statistics.get(name) ?? [];
    expect(found).toHaveLength(SEEDS);
    expect(Math.min(...found)).toBeGreaterThan(STATISTIC.least);
    expect(Math.max(...found)).toBeLessThan(STATISTIC.most);
    expect(distance(found.map(tail))).toBeLessThan(DISTANCE_MAX);
  });

  it('does not correlate with its input', () => {
    expect(worst).toBeLessThan(5 / Math.sqrt(LENGTH));
  });

  it('is the input, and the test says so, once all its masks are removed', () => {
    expect(Math.min(...(statistics.get('open') ?? []))).toBeGreaterThan(100 * STATISTIC.most);
    expect(distance((statistics.get('open') ?? []).map(tail))).toBeGreaterThan(0.9);
  });
});

it('R-155: masks of one session are those of no other: the same keys mask anew in the next', () => {
  const [one, other] = [1, 2].map((seed) => {
    const session = CRYPTO.sha256(Uint8Array.of(seed));
    const context = { crypto: CRYPTO, session };
    const [, mine, own] = secretsOf(1, VICTIM) as Uint8Array[];
    const [, theirs] = secretsOf(1, 0);
    const key = CRYPTO.x25519PublicKey(mine as Uint8Array);
    const opened = CRYPTO.x25519Key(theirs as Uint8Array);
    return [
      ownMaskSeed(context, own as Uint8Array, VICTIM),
      agreePairMaskSeed(context, opened, { from: 0, to: VICTIM, key }),
    ];
  });
  expect(one?.[0]).toHaveLength(32);
  expect(one?.[1]).toHaveLength(32);
  expect(one?.[0]).not.toEqual(other?.[0]);
  expect(one?.[1]).not.toEqual(other?.[1]);
});

describe('two honest clients that swap their inputs', () => {
  it('change what the server sees, and not the sum', () => {
    const inputs = inputsOf(1);
    const swapped = inputs.map((input, index) =>
      index === 2 ? (inputs[3] as Uint32Array) : index === 3 ? (inputs[2] as Uint32Array) : input,
    );
    const [first, second] = [inputs, swapped].map((of) =>
      new Session({ config, inputs: of }).run(),
    );
    expect(first?.sum?.ring).toEqual(second?.sum?.ring);
    for (const client of [2, 3]) {
      const [one, other] = [first, second].map((of) =>
        of?.message(SECAGG_MESSAGE_TYPES.maskedInput, client),
      );
      expect(one).not.toEqual(other);
    }
    // Everything else is the same: keys, boxes, lists and shares.
    const rest = (session: Session | undefined): readonly Uint8Array[] =>
      session?.messages
        .filter(({ type }) => type !== SECAGG_MESSAGE_TYPES.maskedInput)
        .map(({ bytes }) => bytes) ?? [];
    expect(rest(first)).toEqual(rest(second));
  });
});

describe('the tail of the test itself', () => {
  it('has the published quantiles', () => {
    expect(tail(254.33)).toBeCloseTo(0.5, 2);
    expect(tail(293.25)).toBeCloseTo(0.05, 3);
    expect(tail(310.46)).toBeCloseTo(0.01, 3);
  });
});
