/** Sequences of path policies, compared with an evaluator that is as simple as the grammar. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathInterface } from '../../nodes/scion/paths/path.ts';
import { fitsSequence, parseSequence } from '../../nodes/scion/policy/sequence.ts';
import { requireIsdAs } from '../../nodes/scion/wire/isd-as.ts';

/** An AS of a path, with the interfaces of ingress and egress. */
interface Hop {
  readonly isd: number;
  readonly as: number;
  readonly ingress: number;
  readonly egress: number;
}

type Expression =
  | { readonly kind: 'hop'; readonly isd: number; readonly as: number; readonly over: number[] }
  | { readonly kind: '?' | '+' | '*'; readonly of: Expression }
  | { readonly kind: '|' | ' '; readonly left: Expression; readonly right: Expression };

const numbers = fc.integer({ min: 0, max: 2 });
const hop = fc.record({
  kind: fc.constant('hop' as const),
  isd: numbers,
  as: numbers,
  over: fc.array(numbers, { maxLength: 2 }),
});
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    hop,
    fc.record({
      kind: fc.constantFrom('?' as const, '+' as const, '*' as const),
      of: tie('expression'),
    }),
    fc.record({
      kind: fc.constantFrom('|' as const, ' ' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
}));
const path = fc.array(
  fc.record({
    isd: fc.integer({ min: 1, max: 2 }),
    as: fc.integer({ min: 1, max: 2 }),
    ingress: fc.integer({ min: 1, max: 2 }),
    egress: fc.integer({ min: 1, max: 2 }),
  }),
  { maxLength: 6 },
);

const RANK = { ' ': 0, '|': 1, '?': 2, '+': 2, '*': 2, hop: 3 } as const;

/** The text of an expression, with parentheses only where they are needed. */
function textOf(one: Expression, rank = 0): string {
  const text = plainTextOf(one);
  return RANK[one.kind] < rank ? `(${text})` : text;
}

function plainTextOf(one: Expression): string {
  switch (one.kind) {
    case 'hop':
      return `${one.isd}-${one.as}${one.over.length === 0 ? '' : `#${one.over.join()}`}`;
    case '|':
      return `${textOf(one.left, 1)} | ${textOf(one.right, 2)}`;
    case ' ':
      return `${textOf(one.left)} ${textOf(one.right, 1)}`;
    default:
      return `${textOf(one.of, 2)}${one.kind}`;
  }
}

/** The numbers of hops after which an expression that begins at hop `from` may end. */
function endsOf(one: Expression, hops: readonly Hop[], from: number): ReadonlySet<number> {
  switch (one.kind) {
    case 'hop':
      return new Set(from < hops.length && fits(one, hops[from]!) ? [from + 1] : []);
    case '|':
      return new Set([...endsOf(one.left, hops, from), ...endsOf(one.right, hops, from)]);
    case ' ':
      return new Set(
        [...endsOf(one.left, hops, from)].flatMap((at) => [...endsOf(one.right, hops, at)]),
      );
    case '?':
      return new Set([from, ...endsOf(one.of, hops, from)]);
    default: {
      const reached = new Set(endsOf(one.of, hops, from));
      for (const at of reached) for (const next of endsOf(one.of, hops, at)) reached.add(next);
      return one.kind === '*' ? reached.add(from) : reached;
    }
  }
}

function fits({ isd, as, over }: Extract<Expression, { kind: 'hop' }>, at: Hop): boolean {
  const is = (wanted: number, found: number): boolean => wanted === 0 || wanted === found;
  if (!is(isd, at.isd) || !is(as, at.as)) return false;
  const [first = 0, second] = over;
  if (second !== undefined) return is(first, at.ingress) && is(second, at.egress);
  return is(first, at.ingress) || is(first, at.egress);
}

/** The interfaces of a path over these ASes, which neither enters the first nor leaves the last. */
function interfacesOf(hops: readonly Hop[]): PathInterface[] {
  return hops.flatMap(({ isd, as, ingress, egress }, index) => {
    const isdAs = requireIsdAs(`${isd}-${as}`);
    const into = index === 0 ? [] : [{ isdAs, ifId: ingress }];
    const out = index + 1 === hops.length ? [] : [{ isdAs, ifId: egress }];
    return [...into, ...out];
  });
}

describe('a sequence', () => {
  it('allows the paths that the grammar says, and no other', () => {
    let allowed = 0;
    fc.assert(
      fc.property(expression, path, (one, drawn) => {
        const hops = (drawn.length === 1 ? [] : drawn).map((at, index, all) => ({
          ...at,
          ingress: index === 0 ? 0 : at.ingress,
          egress: index + 1 === all.length ? 0 : at.egress,
        }));
        const read = parseSequence(textOf(one));
        if ('reason' in read) expect.fail(read.reason);
        const isAllowed = endsOf(one, hops, 0).has(hops.length);
        expect(fitsSequence(read, interfacesOf(hops))).toBe(isAllowed);
        if (isAllowed && hops.length > 0) allowed += 1;
      }),
      { numRuns: 5_000, seed: 41 },
    );
    expect(allowed).toBeGreaterThan(100);
  });

  it('is read or refused, whatever the text', () => {
    const letters = fc.constantFrom(...'0123456789abf:#,-?+*|() \n\té'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 60 }), (text) => {
        const read = parseSequence(text);
        if (!('reason' in read)) return fitsSequence(read, []) !== undefined;
        expect(read.offset).toBeLessThanOrEqual(text.length);
        return read.reason.length > 0;
      }),
      { numRuns: 5_000, seed: 42 },
    );
  });
});
