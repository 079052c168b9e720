/**
 * Hostile traces with all queries of the pages: each gives an answer, or a failure that names its
 * place. @module
 */
import { describe, expect, it } from 'vitest';
import { BLOCK_FIELD_OFFSETS, FILE_HEAD_BYTES } from '../../../../engine/measure/trace/layout.ts';
import type { QueryName } from '../../../../viz/app/data/trace-answers.ts';
import { QUERY_HANDLERS, readTraceInfo } from '../../../../viz/app/data/trace-queries.ts';
import { computeNodePositions } from '../../../../viz/app/pages/network/layout.ts';
import { isFailure, type TraceFailure } from '../../../../viz/format/failure.ts';
import { memorySource } from '../../../../viz/format/source.ts';
import { openTrace, type TraceFile } from '../../../../viz/format/trace-file.ts';
import { smallTrace, withHeader } from '../format/hostile-traces.ts';
import { inflateNode } from '../format/trace-lab.ts';

const ALL = { fromNs: 0, toNs: 1e12 };
const ASKED: Readonly<Record<QueryName, unknown>> = {
  hops: ALL,
  hopsOfPacket: { ...ALL, packet: 3 },
  waits: { ...ALL, links: [0] },
  losses: { node: 0, toNs: 1e12 },
  paces: ALL,
  drops: ALL,
  marks: ALL,
  spans: ALL,
  bins: ALL,
  series: { name: 'sent' },
  stateAt: { timeNs: 1e9 },
  changes: ALL,
  density: ALL,
  neighbour: { timeNs: 5e8, direction: 'after' },
  trails: {},
  captures: { packet: 5 },
  statusAt: { node: 1, timeNs: 1e12 },
};

const read = (bytes: Uint8Array): Promise<TraceFile | TraceFailure> =>
  openTrace(memorySource(bytes), inflateNode);

/** Opens a trace and sends all queries; returns every failure. */
async function failuresOf(bytes: Uint8Array): Promise<readonly TraceFailure[]> {
  const trace = await read(bytes);
  if (isFailure(trace)) return [trace];
  const info = await readTraceInfo(trace, bytes.length);
  if (isFailure(info)) return [info];
  computeNodePositions(info, 'layers');
  const answers: unknown[] = [];
  for (const [question, asked] of Object.entries(ASKED)) {
    answers.push(await QUERY_HANDLERS[question as QueryName](trace, asked as never));
  }
  return answers.filter(isFailure);
}

/** Random-looking bytes that are the same in every run. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

function expectPlaces(failures: readonly TraceFailure[], size: number): void {
  for (const { message, at } of failures) {
    expect(message).toMatch(/\S/);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(size);
  }
}

describe.each(['gzip', 'plain'] as const)('a hostile trace, %s', (storage) => {
  const whole = smallTrace(storage);

  it('cut at 200 places is answered from what is left, and says where it ends', async () => {
    for (let place = 0; place < 200; place += 1) {
      const cut = whole.subarray(0, Math.floor((whole.length * place) / 200));
      expectPlaces(await failuresOf(cut), cut.length);
      const trace = await read(cut);
      if (!isFailure(trace)) {
        const info = await readTraceInfo(trace, cut.length);
        expect(isFailure(info) ? info.message : info.damage).toMatch(/byte \d/);
      }
    }
  });

  it('with random bytes behind its head or anywhere is refused by place, or read', async () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const from = seed < 20 ? FILE_HEAD_BYTES : Math.floor((whole.length * seed) / 60);
      const bytes = whole.slice();
      bytes.set(noise(Math.min(64, whole.length - from), seed), from);
      expectPlaces(await failuresOf(bytes), bytes.length);
    }
    const random = noise(4_000, 9);
    expect((await failuresOf(random)).map(({ name }) => name)).toEqual(['not-a-trace']);
  });

  it('that claims 2^40 rows or 4 billion of one block gets nothing for it', async () => {
    const trace = await read(whole);
    if (isFailure(trace)) throw new Error(trace.message);
    for (const entry of trace.entries) {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setUint32(
        entry.offset + BLOCK_FIELD_OFFSETS.rows,
        0xffff_ffff,
        true,
      );
      expectPlaces(await failuresOf(bytes), bytes.length);
    }
    const claims = withHeader(whole, (header) => ({ ...header, counts: { hop: 2 ** 40 } }));
    expect(await failuresOf(claims)).toEqual([]);
  });
});

describe('a header', () => {
  const whole = smallTrace('plain');
  const link = { id: 'x', name: 'a->b', from: 0, to: 1 };

  it.each([
    ['names nodes that are not there', { links: [{ ...link, to: 999 }] }],
    ['has a link from nowhere', { links: [{ ...link, from: -7 }] }],
    ['lasts for ever', { durationNs: 1e300 }],
    ['ends before it begins', { durationNs: -1 }],
    ['warms up for ever', { warmupNs: 1e300 }],
    ['has nodes without addresses', { nodes: [{ name: 'a', protocol: 'p', address: {} }] }],
  ])('that %s is refused', async (_, change) => {
    const bytes = withHeader(whole, (header) => ({ ...header, ...change }));
    const [failure] = await failuresOf(bytes);
    expect(failure).toMatchObject({ name: 'bad-header', at: FILE_HEAD_BYTES });
    expect(failure?.message).toMatch(/^header: /);
  });

  it('without tables or nodes has answers without rows', async () => {
    const bytes = withHeader(whole, (header) => ({ ...header, tables: [], nodes: [], links: [] }));
    expect(await failuresOf(bytes)).toEqual([]);
  });

  it('with links of a medium only is placed by both layouts', async () => {
    const links = [{ ...link, from: -1 }];
    const trace = await read(withHeader(whole, (header) => ({ ...header, links })));
    const info = isFailure(trace) ? trace : await readTraceInfo(trace, 0);
    if (isFailure(info)) throw new Error(info.message);
    for (const layout of ['layers', 'force'] as const) {
      expect(computeNodePositions(info, layout)).toHaveLength(info.nodes.length);
    }
  });
});
