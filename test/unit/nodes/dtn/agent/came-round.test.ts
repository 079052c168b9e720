/** Bundles that come back to a node that had them: a receipt never gives the last copy up. */
import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../../engine/pure/cbor-writer.ts';
import { CarrierOutlet } from '../../../../../nodes/dtn/agent/carrier-outlet.ts';
import { writeForwardedCopy } from '../../../../../nodes/dtn/agent/forwarded-copy.ts';
import type { BundleAgentParts } from '../../../../../nodes/dtn/agent/parts.ts';
import { FirstContactRouter } from '../../../../../nodes/dtn/router/first-contact.ts';
import { SprayAndWaitRouter } from '../../../../../nodes/dtn/router/spray-and-wait.ts';
import { parseEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../../../nodes/dtn/wire/eid-wire.ts';
import { writeFragment } from '../../../../../nodes/dtn/wire/fragment.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { type Sample, sampleBundle } from '../wire/support.ts';
import { type Bench, bench, type Effect, S, send } from './bench.ts';

/** Node a above a carrier, between b and c; its transfers to both begin with 0. */
function node(double?: 'blind-receipt', copies?: BundleAgentParts['copies']): Bench {
  const facts = { maxBytes: 65_536, retryNs: 60 * S, firstTransfer: 0 };
  const outlets = ['b', 'c'].map(
    (neighbour) => new CarrierOutlet({ id: `to ${neighbour}`, neighbour, ...facts }),
  );
  return bench({ options: double === undefined ? {} : { double }, outlets, copies });
}

/** A bundle for c, after so many hops more than it had. */
function hopped(hops: number, sample: Sample = {}): Uint8Array {
  let bytes = sampleBundle({ source: 'ipn:2.1', destination: 'ipn:3.1', ...sample });
  const by = parseEid('ipn:2.0');
  if (by === undefined) throw new Error('no identifier');
  for (let hop = 0; hop < hops; hop += 1) {
    const view = new BundleView();
    view.reopen(bytes, 0, bytes.length);
    const writer = new CborWriter();
    writeForwardedCopy(writer, view, { node: encodeEid(by), isOwn: false, heldNs: 0 });
    bytes = writer.taken();
  }
  return bytes;
}

let transfers = 0;

/** b hands a bundle to a, in a transfer of its own. */
function arrive({ step }: Bench, bytes: Uint8Array): readonly string[] {
  transfers += 1;
  const transfer = { outlet: 'to b', number: transfers };
  return words(step(S, { kind: 'bundle', bytes, from: 'b', transfer }));
}

/** c acknowledges a transfer. */
function acknowledge({ step }: Bench, number: number): readonly string[] {
  return words(step(S, { kind: 'receipt', transfer: { outlet: 'to c', number } }));
}

function words(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) => {
    if (effect.kind === 'drop') return effect.reason;
    return effect.kind === 'transmit' ? `leaves as ${effect.transfer}` : effect.kind;
  });
}

describe('a node that has handed a bundle on', () => {
  it('acknowledges the same bundle again, without taking it', () => {
    const a = node();
    expect(arrive(a, hopped(1))).toEqual(['receipt', 'leaves as 0']);
    expect(acknowledge(a, 0)).toEqual([]);
    for (const hops of [1, 0]) expect(arrive(a, hopped(hops))).toEqual(['receipt', 'duplicate']);
    expect(a.agent.holding).toBe(0);
  });

  it('takes it again if it has come further since', () => {
    const a = node();
    arrive(a, hopped(1));
    acknowledge(a, 0);
    expect(arrive(a, hopped(4))).toEqual(['receipt', 'leaves as 1']);
    expect(a.agent.holding).toBe(1);
    expect(acknowledge(a, 1)).toEqual([]);
    expect(arrive(a, hopped(4))).toEqual(['receipt', 'duplicate']);
  });

  it('takes its own bundle again, too', () => {
    const a = node();
    const first = a.step(0, send('c')).find(({ kind }) => kind === 'transmit');
    acknowledge(a, 0);
    if (first?.kind !== 'transmit') throw new Error('nothing left');
    expect(arrive(a, first.bundle.slice())).toEqual(['receipt', 'leaves as 1']);
    expect(a.agent.holding).toBe(1);
  });

  it('gives it up with the defect `blind-receipt`', () => {
    const a = node('blind-receipt');
    arrive(a, hopped(1));
    acknowledge(a, 0);
    expect(arrive(a, hopped(4))).toEqual(['receipt', 'duplicate']);
  });
});

describe('a bundle that has come further, of which', () => {
  const isTaken = (a: Bench, bytes: (hops: number) => Uint8Array): boolean => {
    arrive(a, bytes(1));
    return !arrive(a, bytes(4)).includes('duplicate');
  };

  it('there is one copy at a time is the one that lives', () => {
    expect(isTaken(node(undefined, new FirstContactRouter()), hopped)).toBe(true);
  });

  it('there are copies elsewhere is of no use', () => {
    expect(isTaken(node(undefined, new SprayAndWaitRouter('binary', 8)), hopped)).toBe(false);
  });

  it('a part is here, at its destination, is of no use', () => {
    const part = (hops: number): Uint8Array => {
      const bytes = hopped(hops, { destination: 'ipn:1.1' });
      const view = new BundleView();
      view.reopen(bytes, 0, bytes.length);
      const writer = new CborWriter();
      writeFragment(writer, view, { start: 0, end: 2 });
      return writer.taken();
    };
    expect(isTaken(node(), part)).toBe(false);
  });
});

describe('a node that has not heard yet whether a bundle has arrived', () => {
  it('keeps the copy that has come further, and no late receipt deletes it', () => {
    const a = node();
    arrive(a, hopped(1));
    expect(arrive(a, hopped(4))).toEqual(['receipt', 'leaves as 1']);
    expect(acknowledge(a, 0)).toEqual(['late-receipt']);
    expect(a.agent.holding).toBe(1);
    expect(acknowledge(a, 1)).toEqual([]);
    expect(a.agent.holding).toBe(0);
  });

  it('acknowledges a repetition, and keeps what it has', () => {
    const a = node();
    arrive(a, hopped(1));
    expect(arrive(a, hopped(1))).toEqual(['receipt', 'duplicate']);
    expect(acknowledge(a, 0)).toEqual([]);
    expect(a.agent.holding).toBe(0);
  });
});

describe('a bundle that was damaged on its way', () => {
  it.each([
    ['udpcl', ['crc-block']],
    // The bytes of a stream are those that the neighbour has.
    ['tcpcl', ['receipt', 'crc-block']],
  ] as const)('is acknowledged only if it was damaged before: %s', (layer, expected) => {
    const a = node();
    const { step } = layer === 'udpcl' ? a : bench({ options: { layer } });
    const bytes = hopped(1);
    const at = bytes.length - 8;
    bytes[at] = (bytes[at] as number) ^ 1;
    const transfer = { outlet: 'to b', number: 1 };
    expect(words(step(S, { kind: 'bundle', bytes, from: 'b', transfer }))).toEqual(expected);
  });
});
