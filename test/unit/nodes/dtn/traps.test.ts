/**
 * Mistakes that made agents of the Bundle Protocol misunderstand each other, as their issue trackers
 * tell them: one test for each, named after the mistake.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { CborWriter } from '../../../../engine/pure/cbor-writer.ts';
import { fromHex, toHex } from '../../../../nodes/_kit/bytes.ts';
import { BLOCK_TYPE } from '../../../../nodes/dtn/geometry.ts';
import { CounterVectors } from '../../../../nodes/dtn/security/vectors.ts';
import { parseEid } from '../../../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../../../nodes/dtn/wire/eid-wire.ts';
import {
  type BlockFields,
  encodeBundle,
  type PrimaryFields,
  payloadBlock,
  writeBundle,
} from '../../../../nodes/dtn/wire/encode.ts';
import { bundleAgeData, hopCountData } from '../../../../nodes/dtn/wire/extensions.ts';
import { BundleView } from '../../../../nodes/dtn/wire/view.ts';
import { LtpPair, patternBlock } from '../../../../runner/verify/bundles/ltp-pair.ts';
import { MeetingAgents } from '../../../../runner/verify/bundles/meetings.ts';
import { loadText, report, run } from '../../runner/fixture.ts';
import { MemoryStore } from '../gateway/memory-store.ts';
import { bench, type Effect, foreign, kinds, S, send, window } from './agent/bench.ts';

const view = new BundleView();
const dropOf = (bytes: Uint8Array): string | undefined => view.open(bytes, 0, bytes.length);
const eid = (text: string): Uint8Array => encodeEid(parseEid(text)!);

const block = (type: number, number: number, data: Uint8Array): BlockFields => ({
  ...{ type, number, flags: 0, crcType: 0, data },
});
const age = block(BLOCK_TYPE.bundleAge, 4, bundleAgeData(100));
const payload = payloadBlock(Uint8Array.of(1, 2, 3), 2);

/** A bundle of any blocks, valid or not. */
function bundleOf(blocks: readonly BlockFields[], fields: Partial<PrimaryFields> = {}): Uint8Array {
  const last = blocks.at(-1)!;
  const ends = { source: eid('ipn:3.1'), destination: eid('ipn:1.1'), reportTo: eid('dtn:none') };
  const times = { createdMs: 820_540_800_000, sequence: 1, lifetimeMs: 86_400_000, ...fields };
  return encodeBundle({ flags: 0, crcType: 2, ...ends, ...times }, blocks.slice(0, -1), last);
}

function transmitted(effects: readonly Effect[]): Uint8Array {
  const effect = effects.find(({ kind }) => kind === 'transmit');
  return (effect as Extract<Effect, { kind: 'transmit' }>).bundle;
}

describe('reading', () => {
  it('trap "primary block that nothing protects": refused, and taken if the options say so', () => {
    const bundle = foreign({ destination: 'ipn:1.1', crcType: 0 });
    expect(kinds(bench().step(S, bundle))).toEqual(['primary-unprotected']);
    const lax = bench({ options: { requirePrimaryCrc: false } });
    expect(kinds(lax.step(S, bundle))).toEqual(['deliver']);
  });

  it('trap "ipn:0.N is an error": it is nobody, like dtn:none', () => {
    for (const service of ['00', '07']) {
      const reportTo = fromHex(`82028200${service}`);
      expect(dropOf(bundleOf([age, payload], { reportTo }))).toBeUndefined();
      expect(view.reportTo).toEqual(parseEid('dtn:none'));
    }
  });

  it('trap "unassigned flags are refused": they are ignored, and passed on', () => {
    const flags = 2 ** 30 + 2 ** 21;
    const relay = bench({ contacts: { windows: [window(0, 90)] } });
    relay.step(0, { kind: 'way', outlet: 'a--c', way: 'open' });
    const passed = transmitted(
      relay.step(S, foreign({ source: 'ipn:2.1', destination: 'ipn:3.1', flags })),
    );
    expect(dropOf(passed)).toBeUndefined();
    expect(view.flags).toBe(flags);
  });

  it('trap "block type 8 is metadata": of version 7 nobody knows it', () => {
    const asks = { ...block(8, 5, fromHex('a1')), flags: 4 };
    const bytes = bundleOf([age, asks, payload]);
    expect(kinds(bench().step(S, { kind: 'bundle', bytes, from: 'b' }))).toEqual([
      'block-unsupported',
    ]);
  });

  it.each([
    ['not the last', [payload, age], 'bad-block'],
    ['there twice', [age, payload, payload], 'bad-block'],
    ['number 2', [age, { ...payload, number: 2 }], 'bad-block'],
    ['missing', [age, block(10, 3, hopCountData(9, 1))], 'bad-block'],
    ['one of two blocks with its number', [{ ...age, number: 1 }, payload], 'bad-block'],
    ['beside two blocks of one number', [age, block(250, 4, fromHex('00')), payload], 'bad-block'],
    ['number 1, the last and alone', [age, payload], undefined],
  ])('trap "payload anywhere, under any number": one that is %s', (_, blocks, expected) => {
    expect(dropOf(bundleOf(blocks))).toBe(expected);
  });

  it('trap "the age is block 2": it is found by its type, and needed without a clock', () => {
    const numbered = (number: number): Uint8Array =>
      bundleOf([block(10, 2, hopCountData(9, 1)), { ...age, number }, payload], { createdMs: 0 });
    for (const number of [3, 24, 70_000]) {
      expect(dropOf(numbered(number))).toBeUndefined();
      expect(view.ageMs).toBe(100);
    }
    expect(dropOf(bundleOf([payload], { createdMs: 0 }))).toBe('bad-extension');
  });

  it('trap "payload as text": a text string is no payload', () => {
    const bytes = bundleOf([age, { ...payload, crcType: 0 }]);
    const at = toHex(bytes).lastIndexOf('43010203') / 2;
    expect(dropOf(bytes)).toBeUndefined();
    bytes[at] = 0x63;
    expect(['bad-block', 'bad-cbor']).toContain(dropOf(bytes));
  });

  it('trap "lengths of 32 bits": a payload of 4 GiB and three bytes is not one of three', () => {
    const bytes = bundleOf([age, { ...payload, crcType: 0 }]);
    const hex = toHex(bytes);
    const at = hex.lastIndexOf('43010203');
    const longer = `${hex.slice(0, at)}5b0000000100000003${hex.slice(at + 2)}`;
    expect(dropOf(fromHex(longer))).toBe('bad-cbor');
  });

  it('trap "a bundle for nobody ends the agent": it is dropped, and the next one delivered', () => {
    const { step } = bench();
    const [drop] = kinds(step(S, foreign({ destination: 'dtn:none' })));
    expect(drop).not.toBe('deliver');
    expect(kinds(step(S, foreign({ destination: 'ipn:1.1', sequence: 2 })))).toEqual(['deliver']);
  });

  it('trap "drafts": version 6, blocks with a length of their own, and a payload without its string', () => {
    const bytes = bundleOf([age, { ...payload, crcType: 0 }]);
    const hex = toHex(bytes);
    const wrong = [
      hex.replace(/^9f8907/, '9f8906'),
      // A block of five elements with its length before the data, as of bpbis-16.
      hex.replace('850101000043010203', '86010100000343010203'),
      hex.replace('850101000043010203', '85010100008301020343'),
    ];
    for (const one of wrong) {
      expect(one).not.toBe(hex);
      expect(dropOf(fromHex(one))).toBeDefined();
    }
  });

  it('trap "memory by the length that bytes claim": nothing is allocated for it', () => {
    const claims = [
      '9f8b07070f82077b3fffffffffffffff',
      '9f9bffffffffffffffff',
      '9f5bffffffffffff0000',
    ];
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 10_000; count += 1) {
      for (const claim of claims) expect(dropOf(fromHex(claim))).toBeDefined();
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('passing on', () => {
  it('trap "CRCs are made anew": the primary block stays, byte for byte, and blocks keep their kind', () => {
    const hops: BlockFields = { ...block(10, 3, hopCountData(9, 1)), crcType: 1 };
    const writer = new CborWriter();
    const primary: PrimaryFields = {
      ...{ flags: 0, crcType: 1, source: eid('ipn:2.1'), destination: eid('ipn:3.1') },
      ...{ reportTo: eid('dtn:none'), createdMs: 820_540_800_000, sequence: 9, lifetimeMs: 9e6 },
    };
    writeBundle(writer, primary, [hops], payload);
    const bytes = writer.taken();
    expect(dropOf(bytes)).toBeUndefined();
    const head = toHex(bytes.slice(0, view.primaryEnd));
    const relay = bench({ contacts: { windows: [window(0, 90)] } });
    relay.step(0, { kind: 'way', outlet: 'a--c', way: 'open' });
    const passed = transmitted(relay.step(S, { kind: 'bundle', bytes, from: 'b' }));
    expect(dropOf(passed)).toBeUndefined();
    expect(toHex(passed.slice(0, view.primaryEnd))).toBe(head);
    expect(view.hops).toBe(2);
    // Two bytes of CRC in the hop count, four in the payload.
    expect(toHex(passed)).toContain('860a030001438209024');
    expect(toHex(passed)).toContain('86010100024301020344');
  });

  it('trap "a CRC in the payload is refused": there is an option without', () => {
    const { step } = bench({ options: { payloadCrc: 'none' } });
    const bytes = transmitted(step(S, send('b')));
    expect(dropOf(bytes)).toBeUndefined();
    expect(view.crcType).toBe(2);
    expect(toHex(bytes)).toContain('85010100005903e8');
  });

  it('trap "bundles are collected before they are sent": each leaves at once', () => {
    expect(kinds(bench().step(5 * S, send('b')))).toContain('transmit');
    const pair = new LtpPair();
    pair.run(5 * S);
    pair.take('a', { kind: 'send', session: 7, block: patternBlock(10), redBytes: 10, dscp: 0 });
    expect(pair.sent.map(({ at }) => at)).toEqual([5 * S]);
  });

  it('trap "everything again after each encounter": what the neighbour has is not sent', () => {
    const net = new MeetingAgents({ router: 'epidemic' });
    for (let count = 0; count < 20; count += 1) net.send('a', 'd');
    for (let count = 0; count < 10; count += 1) net.meet('a', 'b');
    // Bundles of 100 bytes of payload are longer than this, records of 20 names too, which are fewer.
    expect(net.counts['b dtn.received_again'] ?? 0).toBe(0);
    expect(net.holding).toEqual([20, 20, 0, 0]);
  });

  it('trap "delivered bundles stay in the store": it is empty afterwards', () => {
    const { agent, step } = bench();
    for (let sequence = 0; sequence < 1_000; sequence += 1) {
      step(S, foreign({ destination: 'ipn:1.1', sequence }));
    }
    expect(agent.holding).toBe(0);
  });

  it('trap "the contact begins before the link is up": what the plan allows waits for the way', () => {
    const { agent, step } = bench({ contacts: { windows: [window(10, 90)] } });
    step(0, send('b'));
    // The plan has begun, the way opens later, closes, and opens again.
    expect(kinds(step(11 * S, send('b')))).toEqual(['answer']);
    expect(kinds(step(12 * S, { kind: 'way', outlet: 'a--b', way: 'open' }))).toEqual(['transmit']);
    expect(kinds(step(12 * S + 1, { kind: 'way', outlet: 'a--b', way: 'closed' }))).toEqual([]);
    expect(agent.holding).toBe(1);
    expect(kinds(step(14 * S, { kind: 'way', outlet: 'a--b', way: 'open' }))).toEqual(['transmit']);
  });
});

describe('nodes', () => {
  it('trap "initialization vectors by the clock": they are counted, and the clock may go back', () => {
    const seen = new Set<string>();
    let store = new MemoryStore();
    for (let life = 0; life < 3; life += 1) {
      const vectors = new CounterVectors({ store, node: 1, onSync: () => undefined });
      store.settle();
      // Nothing here tells the time: all are taken at the same instant, before and after crashes.
      for (let count = 0; count < 100; count += 1) seen.add(toHex(vectors.take()!));
      store = store.crash(0);
    }
    expect(seen.size).toBe(300);
  });

  it('trap "an echo at some service": records of unknown types are dropped, and nothing is sent back', () => {
    const { step } = bench();
    const effects = step(S, foreign({ destination: 'ipn:1.0', flags: 2 }));
    expect(kinds(effects)).toEqual(['unknown-record']);
    expect(kinds(step(S, foreign({ destination: 'ipn:1.7', sequence: 2 })))).not.toContain(
      'transmit',
    );
  });

  it('trap "the range of a plan informs routing only": the link has that light time', () => {
    const scenario = loadText(`
name: range
topology:
  name: range
  defaults: { node: { run: dtn } }
  nodes: [{ name: a }, { name: b }]
  links:
    - ends: a <-> b
      rate: 1Mbit/s
      delay: 7s
      contacts: { windows: [{ start: 0s, end: 60s }] }
duration: 20s
warmup: 0s
drain: 20s
traffic: [{ from: a, to: b, kind: constant, rate: 1/s, size: 1kB, stop: 5s, tolerant: true }]
# 1 kB at 1 Mbit/s takes 8 ms.
kpis: { dtn.latency: { min: ">= 7s", max: "<= 7.02s" } }
`);
    const { kpis, metrics } = report(scenario, [run(scenario)]);
    expect(metrics['dtn.latency']?.count).toBe(4);
    expect(kpis.map(({ pass }) => pass)).toEqual([true, true]);
  });
});
