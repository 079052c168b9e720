import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import { AcknowledgedLinkOutlet } from '../../../../../nodes/dtn/agent/acknowledged-link.ts';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import { bench as agentWith, kinds, send } from './bench.ts';

const S = 1_000_000_000;

interface Bench {
  readonly link: AcknowledgedLinkOutlet;
  readonly abandoned: number[];
  idleNs: number;
}

/** A link of 8 kbit/s above a layer with two bundles under way at most. */
function bench(): Bench {
  const abandoned: number[] = [];
  const link = new AcknowledgedLinkOutlet(
    {
      link: 'a--b',
      neighbour: 'b',
      maxBytes: 10_000,
      rateBps: 8_000,
      contacts: undefined,
      bytesOnLink: (bytes): number => bytes,
    },
    {
      window: 2,
      idleAt: (): number => made.idleNs,
      abandon: (transfer): void => void abandoned.push(transfer),
    },
    2 ** 32 - 1,
  );
  const made = { link, abandoned, idleNs: 0 };
  return made;
}

function bundle(key: string): HeldBundle {
  return {
    key,
    bytes: new Uint8Array(1_000),
    source: 'ipn:9.0',
    destination: 'c',
    priority: 1,
    sinceNs: 0,
    deadlineNs: 100 * S,
    from: 'x',
    observerNumber: 0,
  };
}

describe('a link whose layer acknowledges', () => {
  it('numbers transfers, and gives each bundle back once', () => {
    const { link } = bench();
    const [first, second] = [bundle('1'), bundle('2')];
    link.put(first);
    link.put(second);
    expect(link.take(0, 0)).toMatchObject({ bundle: first, transfer: 2 ** 32 - 1 });
    expect(link.take(0, 0)).toBeUndefined();
    expect(link.take(S, S)).toMatchObject({ bundle: second, transfer: 0 });
    expect(link.acknowledged(0)).toBe(second);
    expect(link.acknowledged(0)).toBeUndefined();
    expect(link.acknowledged(2 ** 32 - 1)).toBe(first);
  });

  it('lets so many leave before the first is acknowledged', () => {
    const { link } = bench();
    for (const key of ['1', '2', '3']) link.put(bundle(key));
    link.take(0, 0);
    const transfer = link.take(S, S)?.transfer;
    expect(link.nextAt()).toBe(Number.POSITIVE_INFINITY);
    link.acknowledged(transfer!);
    expect(link.nextAt()).toBe(2 * S);
  });

  it('waits until the layer has sent what it has', () => {
    const made = bench();
    made.idleNs = 7 * S;
    made.link.put(bundle('1'));
    expect(made.link.nextAt()).toBe(7 * S);
    expect(made.link.take(7 * S - 1, 0)).toBeUndefined();
    expect(made.link.take(7 * S, 0)).toBeDefined();
  });

  it('keeps what is under way when the contact ends, and gives back the rest', () => {
    const { link } = bench();
    const [first, second] = [bundle('1'), bundle('2')];
    link.put(first);
    link.put(second);
    const transfer = link.take(0, 0)?.transfer;
    expect(link.close()).toEqual([second]);
    expect(link.acknowledged(transfer!)).toBe(first);
  });

  it('tells the layer when a bundle under way is of no use any more', () => {
    const { link, abandoned } = bench();
    const first = bundle('1');
    link.put(first);
    link.take(0, 0);
    link.withdraw(first);
    expect(abandoned).toEqual([2 ** 32 - 1]);
    expect(link.acknowledged(2 ** 32 - 1)).toBeUndefined();
  });
});

it('a bundle that was queued before the neighbour took less was sent all the same', () => {
  const { link } = bench();
  const { agent, step } = agentWith({ outlets: [link] });
  step(0, { kind: 'way', outlet: 'a--b', way: 'open' });
  expect(kinds(step(0, send('b')))).toEqual(['answer', 'transmit']);
  expect(kinds(step(0, send('b')))).toEqual(['answer']);
  link.limit(500);
  expect(kinds(step(2 * S, TIMER_DUE))).toEqual([]);
  // For a while: nothing is refused for it, and all goes when the neighbour takes it.
  expect(step(2 * S, send('b'))).toMatchObject([{ kind: 'answer', outcome: 'ok' }]);
  expect(agent.holding).toBe(3);
  link.limit(10_000);
  step(3 * S, { kind: 'way', outlet: 'a--b', way: 'closed' });
  step(3 * S, { kind: 'way', outlet: 'a--b', way: 'open' });
  expect(kinds(step(5 * S, TIMER_DUE))).toEqual(['transmit']);
});
