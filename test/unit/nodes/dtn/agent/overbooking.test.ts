/** Urgent bundles that take the place of others in a contact (CCSDS 734.3-B-1 section 3.2.6). */
import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { LinkOutlet } from '../../../../../nodes/dtn/agent/adjacency.ts';
import { CORRECT_BEHAVIOUR } from '../../../../../nodes/dtn/behaviour.ts';
import {
  ContactPlan,
  DEFAULT_PLAN_OPTIONS,
  type PlannedContact,
} from '../../../../../nodes/dtn/contact-graph/plan.ts';
import { DEFECTS_BY_DOUBLE } from '../../../../../nodes/dtn/doubles/index.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { ContactGraphRouter } from '../../../../../nodes/dtn/router/contact-graph.ts';
import { type Bench, bench, S, send } from './bench.ts';

const [A, B, C] = [0, 1, 2];
const RATE = 1_000;

const contact = (from: number, to: number, span: readonly [number, number]): PlannedContact => {
  return { from, to, startNs: span[0] * S, endNs: span[1] * S, rate: RATE, owltNs: 0 };
};

/** To b from 100 to 110 s; or to c from 101 to 110 s, which has b from 300 s on. */
const PLAN = [contact(A, B, [100, 110]), contact(A, C, [101, 110]), contact(C, B, [300, 400])];

function node(isOverbooking = false): Bench {
  const plan = new ContactPlan(PLAN, 3, DEFAULT_PLAN_OPTIONS);
  const names = new HostEids(['a', 'b', 'c'], 'ipn');
  const router = new ContactGraphRouter({
    ...{ own: 'a', names, plans: { at: (): ContactPlan => plan } },
    behaviour: isOverbooking
      ? { ...CORRECT_BEHAVIOUR, ...DEFECTS_BY_DOUBLE.overbooking }
      : CORRECT_BEHAVIOUR,
  });
  const outlets = [B, C].map((to) => {
    const neighbour = names.nameAt(to) ?? '';
    const windows = PLAN.filter((one) => one.from === A && one.to === to).map((one) => {
      return { startNs: one.startNs, endNs: one.endNs, rateBps: 8 * RATE, delayNs: 0 };
    });
    return new LinkOutlet({
      ...{ link: `a--${neighbour}`, neighbour, maxBytes: 1e6, rateBps: 8 * RATE },
      contacts: { windows },
      bytesOnLink: (bytes) => bytes,
    });
  });
  return bench({ router, outlets });
}

/** Opens and closes the ways as planned. @returns who got how many bundles. */
function contacts({ agent, step }: Bench): Readonly<Record<string, number>> {
  const left: Record<string, number> = { 'a--b': 0, 'a--c': 0 };
  const changes = PLAN.filter(({ from }) => from === A).flatMap(({ to, startNs, endNs }) => {
    const outlet = to === B ? 'a--b' : 'a--c';
    return [
      { at: startNs, input: { kind: 'way', outlet, way: 'open' } } as const,
      { at: endNs, input: { kind: 'way', outlet, way: 'closed' } } as const,
    ];
  });
  const take = (effects: ReturnType<Bench['step']>): void => {
    for (const effect of effects)
      if (effect.kind === 'transmit') left[effect.outlet] = (left[effect.outlet] ?? 0) + 1;
  };
  for (const { at, input } of changes.sort((x, y) => x.at - y.at)) {
    while (agent.nextAt() < at) take(step(agent.nextAt(), TIMER_DUE));
    take(step(at, input));
  }
  return left;
}

describe('a contact that urgent bundles fill', () => {
  it('is left at once by those for which there is no room any more', () => {
    const one = node();
    // A bundle of 1,063 bytes counts as 1,163: the contact has room for eight.
    for (let count = 0; count < 8; count += 1) one.step(0, send('b', { priority: 0 }));
    for (let count = 0; count < 4; count += 1) one.step(S, send('b', { priority: 2 }));
    expect(contacts(one)).toEqual({ 'a--b': 8, 'a--c': 4 });
    expect(one.agent.holding).toBe(0);
  });

  it('keeps the others, and those of the same priority', () => {
    const one = node();
    for (let count = 0; count < 8; count += 1) one.step(0, send('b', { priority: 1 }));
    for (let count = 0; count < 4; count += 1) one.step(S, send('b', { priority: 1 }));
    expect(contacts(one)).toEqual({ 'a--b': 8, 'a--c': 4 });
    const free = node();
    for (let count = 0; count < 4; count += 1) free.step(0, send('b', { priority: 0 }));
    for (let count = 0; count < 4; count += 1) free.step(S, send('b', { priority: 2 }));
    expect(contacts(free)).toEqual({ 'a--b': 8, 'a--c': 0 });
  });

  it('lets the displaced displace, each those below', () => {
    const one = node();
    // Both contacts are full: eight bundles by b, seven by c, two wait without room.
    for (let count = 0; count < 17; count += 1) one.step(0, send('b', { priority: 0 }));
    expect(one.agent.waiting).toEqual({ queue: 15, 'no-volume': 2 });
    for (let count = 0; count < 8; count += 1) one.step(S, send('b', { priority: 1 }));
    expect(one.agent.waiting).toEqual({ queue: 15, 'no-volume': 10 });
    // Eight urgent ones push eight normal ones to c, and seven bulk ones from there.
    for (let count = 0; count < 8; count += 1) one.step(S, send('b', { priority: 2 }));
    expect(one.agent.waiting).toEqual({ queue: 15, 'no-volume': 18 });
    expect(contacts(one)).toEqual({ 'a--b': 8, 'a--c': 7 });
  });

  it('finds out at its end that they wait, with a router that overbooks', () => {
    const one = node(true);
    for (let count = 0; count < 8; count += 1) one.step(0, send('b', { priority: 0 }));
    for (let count = 0; count < 4; count += 1) one.step(S, send('b', { priority: 2 }));
    expect(contacts(one)).toEqual({ 'a--b': 9, 'a--c': 0 });
  });
});
