/** Changed messages of Prio3: each is refused by a name, none is added, nothing throws. */
import { describe, expect, it } from 'vitest';
import { rootOfUnity } from '../../../../../nodes/federated/prio3/field.ts';
import { proofLength, query } from '../../../../../nodes/federated/prio3/flp.ts';
import type { Refusal } from '../../../../../nodes/federated/prio3/outcome.ts';
import {
  type Report,
  shardEncoded,
  unshard,
  verifierSharesToMessage,
  verifyInit,
  verifyNext,
} from '../../../../../nodes/federated/prio3/vdaf.ts';
import { forMutants, truncations } from '../../dtn/layer/mutations.ts';
import {
  type Begun,
  begin,
  concluded,
  KEY,
  SAMPLES,
  type Sample,
  seedsOf,
  verified,
} from './reports.ts';

/** Of each of the five kinds of message, over all circuits. */
const MUTANTS = 10_000;

/** A good report and all that follows from it. */
interface Course extends Begun {
  readonly nonce: Uint8Array;
  readonly report: Report;
  readonly message: Uint8Array;
}

function courseOf({ vdaf, honest }: Sample): Course {
  const seeds = seedsOf(vdaf, 3);
  const report = shardEncoded(vdaf, honest, seeds);
  if (!report.ok) throw new Error(report.reason);
  const begun = begin(vdaf, seeds.nonce, report.value);
  if (!begun.ok) throw new Error(begun.reason);
  const message = verifierSharesToMessage(vdaf, begun.value.shares);
  if (!message.ok) throw new Error(message.reason);
  return { nonce: seeds.nonce, report: report.value, ...begun.value, message: message.value };
}

/** A list with another item at one place. */
function put<T>(items: readonly T[], at: number, item: T): T[] {
  return items.map((old, i) => (i === at ? item : old));
}

/** The reason of a refusal, or `taken`. */
type Ending = Refusal | 'taken';

/** What changed messages of a course lead to. */
type Way = (sample: Sample, course: Course, mutant: Uint8Array) => Ending;

const ended = (outcome: { ok: true } | { ok: false; reason: Refusal }): Ending =>
  outcome.ok ? 'taken' : outcome.reason;

/** The way of an input share; the other aggregator has what it had, so only this one computes anew. */
function inputShareOf(aggregator: number): Way {
  return ({ vdaf }, { nonce, report: { publicShare }, states, shares }, inputShare) => {
    const begun = verifyInit(vdaf, { key: KEY, aggregator, nonce, publicShare, inputShare });
    if (!begun.ok) return begun.reason;
    const { state, share } = begun.value;
    const both = {
      states: put(states, aggregator, state),
      shares: put(shares, aggregator, share),
    };
    return ended(concluded(vdaf, both));
  };
}

interface Kind {
  readonly name: string;
  readonly original: (course: Course) => Uint8Array;
  readonly way: Way;
  /** All reasons that come up. */
  readonly reasons: readonly Refusal[];
}

const KINDS: readonly Kind[] = [
  {
    name: "the leader's input share",
    original: ({ report }) => report.inputShares[0] as Uint8Array,
    way: inputShareOf(0),
    reasons: ['element', 'length', 'proof'],
  },
  {
    name: "a helper's input share",
    original: ({ report }) => report.inputShares[1] as Uint8Array,
    way: inputShareOf(1),
    reasons: ['length', 'proof'],
  },
  {
    name: 'the public share',
    original: ({ report }) => report.publicShare,
    way: ({ vdaf }, { nonce, report }, mutant) =>
      ended(verified(vdaf, nonce, { ...report, publicShare: mutant })),
    reasons: ['length', 'proof'],
  },
  {
    name: 'a verifier share',
    original: ({ shares }) => shares[1] as Uint8Array,
    way({ vdaf }, { states, shares }, mutant): Ending {
      const message = verifierSharesToMessage(vdaf, put(shares, 1, mutant));
      if (!message.ok) return message.reason;
      const outcomes = states.map((state) => ended(verifyNext(vdaf, state, message.value)));
      expect(new Set(outcomes).size).toBe(1);
      return outcomes[0] as Ending;
    },
    reasons: ['element', 'joint-randomness', 'length', 'proof'],
  },
  {
    name: 'a message',
    original: ({ message }) => message,
    way: ({ vdaf }, { states: [state] }, mutant) =>
      ended(verifyNext(vdaf, state as Course['states'][0], mutant)),
    reasons: ['joint-randomness', 'length'],
  },
];

describe.each(KINDS)('mutants of $name', ({ original, way, reasons }) => {
  const courses = SAMPLES.map((sample) => ({ sample, course: courseOf(sample) }));

  it(`are refused by name, ${MUTANTS / 1_000},000 of them; only what is unchanged is taken`, () => {
    const seen = new Set<Ending>();
    for (const { sample, course } of courses) {
      const good = original(course);
      forMutants([good], MUTANTS / SAMPLES.length, (mutant) => {
        const ending = way(sample, course, mutant);
        const isSame = Buffer.compare(mutant, good) === 0;
        if (isSame !== (ending === 'taken')) expect.fail(`${sample.name}: ${ending}`);
        if (ending !== 'taken') seen.add(ending);
      });
    }
    expect([...seen].sort()).toEqual(reasons);
  });

  it('cut off at any byte are refused by their length', () => {
    for (const { sample, course } of courses) {
      const cut = truncations(original(course)).slice(0, -1);
      for (const short of cut) expect(way(sample, course, short)).toBe('length');
    }
  });
});

describe('elements that are not reduced', () => {
  it.each(SAMPLES)('are refused wherever vectors come in: $name', (sample) => {
    const { vdaf } = sample;
    const { field, outputLength } = vdaf.circuit;
    const course = courseOf(sample);
    const encoded = (value: bigint): Uint8Array =>
      Uint8Array.from({ length: field.size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
    // The modulus stands for 0, and the largest number of as many bytes.
    for (const value of [field.modulus, (1n << BigInt(8 * field.size)) - 1n]) {
      const leader = (course.report.inputShares[0] as Uint8Array).slice();
      leader.set(encoded(value));
      const { nonce, report } = course;
      const { publicShare } = report;
      const input = { key: KEY, aggregator: 0, nonce, publicShare, inputShare: leader };
      expect(verifyInit(vdaf, input)).toEqual({ ok: false, reason: 'element' });
      const share = (course.shares[0] as Uint8Array).slice();
      share.set(encoded(value));
      const message = verifierSharesToMessage(vdaf, put(course.shares, 0, share));
      expect(message).toEqual({ ok: false, reason: 'element' });
      const total = new Uint8Array(outputLength * field.size);
      expect(unshard(vdaf, [total, total]).ok).toBe(true);
      const large = total.slice();
      large.set(encoded(value));
      expect(unshard(vdaf, [total, large])).toEqual({ ok: false, reason: 'element' });
      large.set(encoded(field.modulus - 1n));
      expect(unshard(vdaf, [total, large]).ok).toBe(true);
    }
  });
});

describe('what does not fit', () => {
  const sample = SAMPLES[2] as Sample;
  const { vdaf } = sample;
  const course = courseOf(sample);
  const { publicShare, inputShares } = course.report;
  const input = { key: KEY, nonce: course.nonce, publicShare };
  const inputShare = inputShares[0] as Uint8Array;

  it('is refused: aggregators that are none', () => {
    for (const aggregator of [-1, 2, 0.5, Number.NaN]) {
      const begun = verifyInit(vdaf, { ...input, aggregator, inputShare });
      expect(begun).toEqual({ ok: false, reason: 'aggregator' });
    }
  });

  it('is refused: keys and nonces of another length', () => {
    const refusal = { ok: false, reason: 'length' };
    const mine = { ...input, aggregator: 0, inputShare };
    expect(verifyInit(vdaf, { ...mine, key: new Uint8Array(31) })).toEqual(refusal);
    expect(verifyInit(vdaf, { ...mine, nonce: new Uint8Array(17) })).toEqual(refusal);
    const seeds = seedsOf(vdaf, 1);
    const short = { ...seeds, rand: seeds.rand.subarray(1) };
    expect(shardEncoded(vdaf, sample.honest, short)).toEqual(refusal);
    expect(shardEncoded(vdaf, sample.honest.slice(1), seeds)).toEqual(refusal);
  });

  it('is refused: more or fewer shares than aggregators', () => {
    const refusal = { ok: false, reason: 'share-count' };
    const { shares } = course;
    for (const some of [[], shares.slice(1), [...shares, ...shares]]) {
      expect(verifierSharesToMessage(vdaf, some)).toEqual(refusal);
      expect(unshard(vdaf, some)).toEqual(refusal);
    }
  });

  it('is refused: shares in the wrong order, and those of another report', () => {
    const { shares } = course;
    const swapped = verifierSharesToMessage(vdaf, shares.toReversed());
    if (!swapped.ok) throw new Error(swapped.reason);
    const next = verifyNext(vdaf, course.states[0] as Course['states'][0], swapped.value);
    expect(next).toEqual({ ok: false, reason: 'joint-randomness' });
    const seeds = seedsOf(vdaf, 4);
    const second = shardEncoded(vdaf, sample.honest, seeds);
    if (!second.ok) throw new Error(second.reason);
    const other = begin(vdaf, seeds.nonce, second.value);
    if (!other.ok) throw new Error(other.reason);
    const mixed = [shares[0] as Uint8Array, other.value.shares[1] as Uint8Array];
    expect(verifierSharesToMessage(vdaf, mixed)).toEqual({ ok: false, reason: 'proof' });
  });

  it('is refused: a point at which wires were given, and so no blind would hide them', () => {
    const { circuit } = vdaf;
    const asked = {
      measurement: sample.honest,
      proof: new Array<bigint>(proofLength(circuit)).fill(1n),
      joint: new Array<bigint>(circuit.jointLength).fill(1n),
      shares: 2,
    };
    // Five calls and a blind: eight roots.
    const root = rootOfUnity(circuit.field, 8);
    for (const point of [1n, root, circuit.field.modulus - 1n]) {
      const refusal = { ok: false, reason: 'query-point' };
      expect(query(circuit, { ...asked, randomness: [point] })).toEqual(refusal);
    }
    for (const point of [2n, rootOfUnity(circuit.field, 16)]) {
      expect(query(circuit, { ...asked, randomness: [point] }).ok).toBe(true);
    }
  });
});
