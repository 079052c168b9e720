/** Critical bundles (CCSDS 734.3-B-1 section 3.2.7) at one node between two neighbours. */
import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { CarrierOutlet } from '../../../../../nodes/dtn/agent/carrier-outlet.ts';
import type { AgentInput } from '../../../../../nodes/dtn/agent/input.ts';
import { CORRECT_BEHAVIOUR } from '../../../../../nodes/dtn/behaviour.ts';
import { type DtnOptions, dtnConfig } from '../../../../../nodes/dtn/config.ts';
import {
  ContactPlan,
  DEFAULT_PLAN_OPTIONS,
  type PlannedContact,
} from '../../../../../nodes/dtn/contact-graph/plan.ts';
import { HostEids } from '../../../../../nodes/dtn/names.ts';
import { ContactGraphRouter } from '../../../../../nodes/dtn/router/contact-graph.ts';
import { readPriorityBlock } from '../../../../../nodes/dtn/wire/extensions.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { type Bench, bench, type Effect, kinds, S, STORE, send } from './bench.ts';
import { Disk } from './disk.ts';

const END = Number.MAX_SAFE_INTEGER;
const always = (from: number, to: number): PlannedContact => {
  return { from, to, startNs: 0, endNs: END, rate: 1e8, owltNs: 0 };
};
/** a (0) reaches c (2) itself and by b (1). */
const PLAN = [always(0, 1), always(0, 2), always(1, 2), always(1, 0)];
const CRITICAL: Partial<DtnOptions> = { critical: 'expedited' };

function outletTo(neighbour: string, maxBytes = 65_536): CarrierOutlet {
  const id = `to ${neighbour}`;
  return new CarrierOutlet({ id, neighbour, maxBytes, retryNs: 60 * S, firstTransfer: 0 });
}

function node(options = CRITICAL, outlets = [outletTo('b'), outletTo('c')]): Bench {
  const plan = new ContactPlan(PLAN, 3, DEFAULT_PLAN_OPTIONS);
  const router = new ContactGraphRouter({
    ...{ own: 'a', names: new HostEids(['a', 'b', 'c'], 'ipn') },
    ...{ plans: { at: (): ContactPlan => plan } },
    behaviour: CORRECT_BEHAVIOUR,
  });
  return bench({ options, router, outlets });
}

const urgent = (lifetimeS = 3_600): AgentInput<string> =>
  send('c', { priority: 2, lifetime: lifetimeS * S });
const receipt = (neighbour: string): AgentInput<string> => {
  return { kind: 'receipt', transfer: { outlet: `to ${neighbour}`, number: 0 } };
};
const ways = (effects: readonly Effect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.outlet] : []));

function urgencyIn(bytes: Uint8Array): ReturnType<typeof readPriorityBlock> {
  const view = new BundleView();
  expect(view.open(bytes, 0, bytes.length)).toBeUndefined();
  return readPriorityBlock(view);
}

describe('a critical bundle', () => {
  it('is what the options say, and says so to the next node', () => {
    expect(dtnConfig.parse({}).critical).toBe('none');
    const all = [CRITICAL, {}].flatMap((options) =>
      ([1, 2] as const).map((priority) => {
        const effects = node(options).step(0, send('c', { priority }));
        const [first] = effects.flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
        return [ways(effects).length, urgencyIn(first as Uint8Array)] as const;
      }),
    );
    expect(all).toEqual([
      [1, { priority: 1, isCritical: false }],
      [2, { priority: 2, isCritical: true }],
      [1, { priority: 1, isCritical: false }],
      [1, { priority: 2, isCritical: false }],
    ]);
  });

  it('stays until each copy has been acknowledged', () => {
    const { agent, step } = node();
    expect(ways(step(0, urgent()))).toEqual(['to b', 'to c']);
    expect([agent.holding, agent.waiting]).toEqual([1, { 'under-way': 2 }]);
    step(S, receipt('c'));
    expect(agent.holding).toBe(1);
    step(S, receipt('b'));
    expect([agent.holding, agent.waiting]).toEqual([0, {}]);
  });

  it('goes again to the neighbour whose transfer failed, and not to the other', () => {
    const { agent, step } = node();
    step(0, urgent());
    step(S, receipt('c'));
    const transfer = { outlet: 'to b', number: 0 };
    expect(ways(step(2 * S, { kind: 'failed', transfer }))).toEqual(['to b']);
    step(3 * S, { kind: 'receipt', transfer: { outlet: 'to b', number: 1 } });
    expect(agent.holding).toBe(0);
  });

  it('expires with all its copies', () => {
    const { agent, step } = node();
    step(0, urgent(10));
    step(S, receipt('c'));
    expect(kinds(step(11 * S, TIMER_DUE))).toEqual(['expired']);
    expect([agent.holding, agent.waiting]).toEqual([0, {}]);
    expect(kinds(step(12 * S, receipt('b')))).toEqual(['late-receipt']);
  });

  it('is passed on to all but the node from which it came', () => {
    const [first] = node()
      .step(0, urgent())
      .flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
    const relay = node({});
    const effects = relay.step(S, { kind: 'bundle', bytes: first as Uint8Array, from: 'b' });
    expect(ways(effects)).toEqual(['to c']);
    const stranger = node({}).step(S, { kind: 'bundle', bytes: first as Uint8Array, from: 'x' });
    expect(ways(stranger)).toEqual(['to b', 'to c']);
  });

  it('that comes round is of no use, however far it came: its copies go their own ways', () => {
    const source = node();
    const [first] = source
      .step(0, urgent())
      .flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
    const input = { kind: 'bundle', bytes: (first as Uint8Array).slice(), from: 'b' } as const;
    expect(kinds(source.step(S, input))).toEqual(['duplicate']);
  });

  it('is lost if no copy may leave', () => {
    const first = node({ ...CRITICAL, hopLimit: 1 }).step(0, urgent());
    const [bytes] = first.flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
    const relay = node({});
    const effects = relay.step(S, { kind: 'bundle', bytes: bytes as Uint8Array, from: 'x' });
    expect(kinds(effects)).toEqual(['hop-limit', 'hop-limit']);
    expect([relay.agent.holding, relay.agent.waiting]).toEqual([0, {}]);
  });

  it('is split if it is too long for all ways, and its fragments are critical', () => {
    const options: Partial<DtnOptions> = { ...CRITICAL, fragmentation: 'proactive' };
    const both = node(options, [outletTo('b', 700), outletTo('c', 700)]);
    const effects = both.step(0, urgent());
    const bundles = effects.flatMap((one) => (one.kind === 'transmit' ? [one.bundle] : []));
    expect(bundles.length).toBe(2 * 4);
    for (const bytes of bundles) {
      expect(urgencyIn(bytes)).toEqual({ priority: 2, isCritical: true });
    }
    // A way that takes it whole is enough.
    const one = node(options, [outletTo('b', 700), outletTo('c')]);
    expect(ways(one.step(0, urgent()))).toEqual(['to c']);
    const off = node(CRITICAL, [outletTo('b', 700), outletTo('c', 700)]);
    expect(off.step(0, urgent())).toMatchObject([{ kind: 'answer', outcome: 'too-large' }]);
  });

  it('is critical after a restart, too', () => {
    const disk = new Disk();
    const options: Partial<DtnOptions> = { ...CRITICAL, store: { ...STORE, kind: 'durable' } };
    const before = node(options);
    disk.perform(before.stepAll(0, { kind: 'start', records: [] }));
    disk.perform(before.stepAll(0, urgent()));
    disk.confirm();
    const after = node(options);
    const effects = after.stepAll(S, { kind: 'start', records: disk.records() });
    expect(ways(effects)).toEqual(['to b', 'to c']);
  });
});
