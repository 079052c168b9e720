/**
 * Whether a link can send, as the pages read it from the header of a trace, is what the link did.
 *
 * @module
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linkDirectionInfos } from '../../../../engine/measure/trace/link-info.ts';
import { ContactPlan } from '../../../../engine/net/contact-plan.ts';
import type { LinkDirectionView } from '../../../../engine/net/direction-context.ts';
import type { ActualContactSpec, ContactsSpec } from '../../../../engine/net/link-spec.ts';
import { linkContactStatesAt } from '../../../../viz/app/data/contacts.ts';

const direction = (id: number, plan: ContactsSpec | undefined): LinkDirectionView => ({
  ...{ id, linkId: 'a--b', name: 'a->b', fromNode: 0, toNode: 1, plan },
  pace: { rateBps: 1e6, delayNs: 0, overheadBytes: 0 },
});

/** Windows out of gaps and lengths, some of which begin late, end early, or do not take place. */
function planOf(steps: readonly (readonly [number, number, number])[], rest: number): ContactsSpec {
  let atNs = 0;
  const windows: { readonly startNs: number; readonly endNs: number }[] = [];
  const actual: ActualContactSpec[] = [];
  for (const [gap, length, change] of steps) {
    const [startNs, endNs] = [atNs + gap, atNs + gap + length];
    windows.push({ startNs, endNs });
    atNs = endNs;
    if (change === 1) actual.push({ plannedStartNs: startNs, isMissing: true });
    if (change === 2) actual.push({ plannedStartNs: startNs, startNs: startNs + 1 });
    if (change === 3) actual.push({ plannedStartNs: startNs, endNs: endNs - 1 });
  }
  return { windows, actual, ...(rest === 0 ? {} : { periodNs: atNs + rest - 1 }) };
}

const small = (min: number): fc.Arbitrary<number> => fc.integer({ min, max: 9 });

it('is read as the link decided it, for plans that repeat and plans that lie', () => {
  const steps = fc.array(fc.tuple(small(1), small(2), fc.integer({ min: 0, max: 5 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(steps, small(0), (windows, rest) => {
      const plan = planOf(windows, rest);
      const truth = new ContactPlan(plan, { planOriginNs: 0 });
      const info = JSON.parse(JSON.stringify({ links: linkDirectionInfos([direction(0, plan)]) }));
      for (let ns = 0; ns < 300; ns += 1) {
        expect({ ns, open: linkContactStatesAt(info, ns).get('a--b') }).toEqual({
          ns,
          open: truth.isOpen(ns),
        });
      }
    }),
    { numRuns: 200 },
  );
});

it('is true of a link while one of its directions can send, and said of no link without contacts', () => {
  const early = { windows: [{ startNs: 0, endNs: 5 }] };
  const late = { windows: [{ startNs: 4, endNs: 9 }] };
  const links = linkDirectionInfos([direction(0, early), direction(1, late)]);
  const at = (ns: number): unknown => linkContactStatesAt({ links }, ns).get('a--b');
  expect([0, 4, 5, 8, 9].map(at)).toEqual([true, true, true, true, false]);
  expect(
    linkContactStatesAt({ links: linkDirectionInfos([direction(0, undefined)]) }, 0).size,
  ).toBe(0);
});

it('is left out where a header would grow: 20,000 contacts are listed, one more is not', () => {
  const many = (count: number): ContactsSpec => ({
    windows: Array.from({ length: count }, (_, i) => ({ startNs: 2 * i, endNs: 2 * i + 1 })),
  });
  const [listed] = linkDirectionInfos([direction(0, many(20_000))]);
  expect(listed?.contacts?.windows).toHaveLength(20_000);
  const [none] = linkDirectionInfos([direction(0, many(20_000)), direction(1, many(1))]);
  expect(none?.contacts).toBeUndefined();
});
