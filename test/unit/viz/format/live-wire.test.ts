/** The messages of a run in progress, and a trace that grows from them. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../../viz/format/failure.ts';
import { GrowingSource } from '../../../../viz/format/growing-source.ts';
import {
  decodeLiveMessage,
  encodeLiveMessage,
  type LivePayloadKind,
  readLiveRunStatus,
  readStreamPosition,
  streamPositionQuery,
} from '../../../../viz/format/live-wire.ts';
import { openTrace } from '../../../../viz/format/trace-file.ts';
import { good, inflateNode, TraceLab } from './trace-lab.ts';

const KINDS: readonly LivePayloadKind[] = ['head', 'lasting', 'packets', 'news'];
const u32 = fc.nat({ max: 0xffff_ffff });
const aMessage = fc.record({
  kind: fc.constantFrom(...KINDS),
  stream: u32,
  lasting: u32,
  packets: u32,
  payload: fc.uint8Array({ maxLength: 100 }),
});

describe('a message of a run that goes on', () => {
  it('is read as it was written, and so is the place that it names', () => {
    fc.assert(
      fc.property(aMessage, (message) => {
        expect(decodeLiveMessage(encodeLiveMessage(message))).toEqual(message);
        const { stream, lasting, packets } = message;
        const place = { stream, lasting, packets };
        expect(readStreamPosition(new URLSearchParams(streamPositionQuery(place)))).toEqual(place);
      }),
    );
  });

  it('is refused when it is cut anywhere, too long, of another version or kind', () => {
    const payload = Uint8Array.of(1, 2, 3);
    const good = encodeLiveMessage({ kind: 'news', stream: 1, lasting: 2, packets: 3, payload });
    for (let length = 0; length < good.length; length += 1) {
      expect(decodeLiveMessage(good.subarray(0, length))).toBeTypeOf('string');
    }
    expect(decodeLiveMessage(Uint8Array.of(...good, 0))).toMatch(/not 3 bytes/);
    for (const at of [0, 4, 5, 6, 7]) {
      const bad = good.slice();
      bad[at] = 99;
      expect(decodeLiveMessage(bad)).toBeTypeOf('string');
    }
  });

  it('says nothing when its news are not whole', () => {
    for (const text of ['', 'null', '[]', '{"phase":"gone","run":"r"}', '{"phase":"running"}']) {
      expect(readLiveRunStatus(new TextEncoder().encode(text))).toBeUndefined();
    }
  });

  it('has no place where a number is missing or none', () => {
    for (const query of ['', 'stream=1&lasting=2', 'stream=1&lasting=-2&packets=0', 'stream=x']) {
      expect(readStreamPosition(new URLSearchParams(query))).toBeUndefined();
    }
  });
});

describe('a trace that grows', () => {
  it('answers from each flush on, and forgets packets without losing states', async () => {
    const lab = new TraceLab(2, 'full', 'plain');
    const source = new GrowingSource();
    let taken = 0;
    const take = (): number => {
      const bytes = lab.bytes.slice(taken);
      taken += bytes.length;
      return source.push(bytes);
    };
    take();
    const trace = await openTrace(source, inflateNode);
    if (isFailure(trace)) throw new Error(trace.message);
    const offsets: number[] = [];
    for (let step = 0; step < 3; step += 1) {
      lab.recorder.state(lab.clock.now, 1, 'link', `state ${step}`);
      const fault = { id: `f${step}`, text: `fault ${step}`, targets: [`link-${step}`] };
      lab.recorder.faultBegan(fault, lab.clock.now);
      const packet = lab.send(0, 100);
      lab.advance(1_000_000);
      lab.arrive(packet);
      lab.recorder.flush(lab.clock.now);
      offsets.push(take());
      expect(await trace.grow(offsets[step] as number)).toBeUndefined();
      expect(await trace.hops(0, 1e9)).toHaveLength(step + 1);
      const states = await trace.stateAt(lab.clock.now);
      if (isFailure(states)) throw new Error(states.message);
      expect(states.get(1)?.get('link')).toBe(`state ${step}`);
    }
    const faults = good(await trace.rows('fault', 0, 1e9));
    const names = faults.map(({ block }) => trace.name(block.value('target', 0)));
    expect(names).toEqual(['link-0', 'link-1', 'link-2']);
    expect(trace.entries.length).toBeGreaterThan(5);
    const hopBlocks = trace.blocksOf('hop');
    const [first, second] = [hopBlocks[0]?.offset ?? 0, hopBlocks[1]?.offset ?? 0];
    trace.forget(first, first + 1);
    expect(second).toBeGreaterThan(first);
    expect(await trace.hops(0, 1e9)).toHaveLength(2);
  });
});
