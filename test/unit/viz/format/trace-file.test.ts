/**
 * The trace reader: what is stored, what a truncated file still provides, and what hostile files
 * cannot do. @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BLOCK_FIELD_OFFSETS,
  BLOCK_HEAD_BYTES,
  FILE_HEAD_BYTES,
  FORMAT_VERSION,
  NO_REFERENCE,
  TRAILER_BYTES,
} from '../../../../engine/measure/trace/layout.ts';
import { isFailure, type TraceFailure } from '../../../../viz/format/failure.ts';
import { inflateGzip } from '../../../../viz/format/inflate.ts';
import { type ByteSource, blobSource, memorySource } from '../../../../viz/format/source.ts';
import { openTrace, type TraceFile } from '../../../../viz/format/trace-file.ts';
import { fullBlock, ofVersion1 } from './hostile-traces.ts';
import { BLOCK_CAPACITY, good, inflateNode, opened, TraceLab } from './trace-lab.ts';

const SECOND = 1_000_000_000;

/** 40 s with a packet every `stepMs` and a fault from 20 s to 22 s. */
function makeRun(
  extent: 'windows' | 'full',
  count = 1,
  stepMs = 1,
  storage: 'gzip' | 'plain' = 'gzip',
): TraceLab {
  const lab = new TraceLab(3, extent, storage);
  const fault = { id: 'cut#1', text: 'link-1 down', targets: ['link-1'] };
  for (let ms = 0; ms < 40_000; ms += stepMs) {
    if (ms === 20_000) lab.recorder.faultBegan(fault, lab.clock.now);
    if (ms === 22_000) lab.recorder.faultEnded(fault, lab.clock.now);
    if (ms % 250 === 0) lab.recorder.state(lab.clock.now, ms % 3, 'bfd', `state ${ms}`);
    const packets = Array.from({ length: count }, (_, i) => lab.send(i % 3, 100));
    lab.advance(stepMs * 1_000_000);
    for (const packet of packets) lab.arrive(packet);
  }
  lab.recorder.span(1 * SECOND, 30 * SECOND, 1, 'handshake');
  lab.recorder.mark(lab.clock.now, 2, 'done');
  lab.recorder.series({ name: 'sent', unit: 'packets', binNs: 1e8 }, 0, [1, null, 3]);
  const at = { packet: 5, trail: 2, link: 1, node: 1 };
  lab.recorder.packet(1 * SECOND, Uint8Array.of(1, 2, 3), at);
  lab.recorder.packet(2 * SECOND, Uint8Array.of(9), { ...at, packet: 6, trail: 3 });
  lab.recorder.packet(3 * SECOND, Uint8Array.of(4), { ...at, packet: 7, heldNs: 12 });
  lab.recorder.packet(3 * SECOND, Uint8Array.of(1), {
    ...at,
    packet: NO_REFERENCE,
    link: NO_REFERENCE,
  });
  return lab;
}

/** Sends every query that a picture needs; returns the first failure, if any. */
async function askAll(trace: TraceFile): Promise<TraceFailure | undefined> {
  const end = 50 * SECOND;
  const answers: unknown[] = [
    await trace.inFlight(20.0005 * SECOND),
    await trace.stateAt(21 * SECOND),
    await trace.captures(5),
    await trace.marks(0, end),
    await trace.bins({ fromNs: 0, toNs: end }),
    await trace.bins({ link: 1, fromNs: 0, toNs: end }),
    await trace.hops(20 * SECOND, 20.1 * SECOND),
  ];
  for (const table of ['hop', 'drop', 'fault', 'span', 'series']) {
    answers.push(await trace.rows(table, 0, end));
  }
  return answers.find(isFailure);
}

describe('extent windows', () => {
  let trace: TraceFile;

  beforeAll(async () => {
    trace = await opened(makeRun('windows', 10).finish());
  });

  it('keeps the first second and the time from 1 s before a fault to 2 s after it', async () => {
    for (const at of [0, 0.9, 19.1, 20, 21, 22, 23.9]) {
      expect(good(await trace.inFlight(at * SECOND + 1)), `${at} s`).toHaveLength(10);
    }
    expect(trace.summary?.windowsNs).toEqual([
      [0, SECOND],
      [19 * SECOND, 24 * SECOND],
    ]);
  });

  it('forgets packets far from faults, but counts them in the pyramid', async () => {
    for (const at of [3, 10, 17, 26, 35]) {
      expect(good(await trace.inFlight(at * SECOND + 1)), `${at} s`).toEqual([]);
    }
    const bins = good(await trace.bins({ fromNs: 10 * SECOND, toNs: 11 * SECOND }));
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(trace.summary?.hopsSeen).toBe(400_000);
  });

  it('keeps all states, marks, faults, spans and series', async () => {
    expect(
      good(await trace.stateAt(10 * SECOND))
        .get(1)
        ?.get('bfd'),
    ).toBe('state 10000');
    const faults = good(await trace.rows('fault', 0, 60 * SECOND));
    const [range] = faults;
    expect(range?.block.time('time', 0)).toBe(20 * SECOND);
    expect(trace.name(range?.block.value('target', 0) ?? -1)).toBe('link-1');
    expect(good(await trace.rows('span', 25 * SECOND, 26 * SECOND))).toHaveLength(1);
    const [mark] = good(await trace.marks(39 * SECOND, 41 * SECOND));
    expect(mark).toEqual({ timeNs: 40 * SECOND, node: 2, text: 'done' });
    expect(trace.metrics).toEqual([{ name: 'sent', unit: 'packets', binNs: 1e8 }]);
  });

  it('follows a packet over those that nodes made of it, with the bytes of each', async () => {
    const captures = good(await trace.captures(7));
    expect(captures.map(({ packet, link, heldNs }) => [packet, link, heldNs])).toEqual([
      [5, 1, undefined],
      [7, 1, 12],
      [NO_REFERENCE, undefined, undefined],
    ]);
    expect(captures.map(({ bytes }) => [...bytes])).toEqual([[1, 2, 3], [4], [1]]);
    expect(captures[1]).toMatchObject({ timeNs: 3 * SECOND, trail: 2, node: 1 });
    expect(good(await trace.captures(8))).toEqual([]);
  });
});

it('keeps the last second before a fault also when it is many blocks', async () => {
  const lab = new TraceLab(3, 'windows');
  for (let ms = 0; ms < 5_000; ms += 1) {
    if (ms === 4_000) lab.recorder.faultBegan({ id: 'f', text: 'f', targets: ['x'] }, 4 * SECOND);
    const packets = Array.from({ length: 80 }, (_, i) => lab.send(i % 3, 100));
    lab.advance(1_000_000);
    for (const packet of packets) lab.arrive(packet);
  }
  const trace = await opened(lab.finish());
  expect(good(await trace.inFlight(3.05 * SECOND + 1))).toHaveLength(80);
  expect(good(await trace.inFlight(2.4 * SECOND + 1))).toEqual([]);
});

it('finds a packet that has been under way for many blocks', async () => {
  const lab = new TraceLab(1, 'full');
  const slow = lab.send(0, 9);
  for (let i = 0; i < 20_000; i += 1) {
    const packet = lab.send(0, 100);
    lab.advance(2_000_000);
    lab.arrive(packet);
  }
  lab.arrive(slow);
  const trace = await opened(lab.finish());
  expect(trace.blocksOf('hop').length).toBeGreaterThan(3);
  const hops = good(await trace.inFlight(39 * SECOND + 1));
  expect(hops.map(({ bytes }) => bytes)).toEqual([9, 100]);
});

it('takes a buffer that is used again later for a new packet', async () => {
  const lab = new TraceLab(1, 'full');
  const buffer = lab.arrive(lab.send(0, 100));
  lab.arrive(lab.send(0, 100, 0, buffer));
  lab.advance(5);
  lab.send(0, 100, 0, buffer);
  const hops = good(await (await opened(lab.finish())).hops(0, 10));
  expect(hops.map(({ packet }) => packet)).toEqual([0, 0, 1]);
});

it('sorts spans, which are known at their ends, by their begins', async () => {
  const lab = new TraceLab(1, 'full');
  lab.advance(90);
  lab.recorder.span(50, 60, 0, 'short');
  lab.recorder.span(10, 90, 0, 'long');
  const trace = await opened(lab.finish());
  const [range] = good(await trace.rows('span', 20, 55));
  const names = [0, 1].map((row) => trace.name(range?.block.value('name', row) ?? -1));
  expect(names).toEqual(['long', 'short']);
  expect(range?.from).toBe(0);
});

it('a long quiet run of a few thousand packets kept none: it is small by its packets', async () => {
  const lab = new TraceLab(1, 'windows');
  for (let minute = 0; minute < 20_000; minute += 1) {
    const packet = lab.send(0, 100);
    lab.advance(60 * SECOND);
    lab.arrive(packet);
    if (minute % 10 === 0) lab.recorder.tick(lab.clock.now);
  }
  const trace = await opened(lab.finish());
  expect(good(await trace.hops(0, 20_000 * 60 * SECOND))).toHaveLength(20_000);
}, 60_000);

it('keeps a small run whole whatever the extent', async () => {
  const lab = makeRun('windows');
  const hops = good(await (await opened(lab.finish())).hops(0, 60 * SECOND));
  expect(hops).toHaveLength(40_000);
});

it('decodes one block for an instant, of as many as there are', async () => {
  const lab = makeRun('full', 10);
  const source = memorySource(lab.finish());
  let reads = 0;
  const counted: ByteSource = {
    size: source.size,
    read: (offset, length) => {
      reads += 1;
      return source.read(offset, length);
    },
  };
  const trace = good(await openTrace(counted, inflateNode));
  const before = reads;
  expect(good(await trace.inFlight(17.0005 * SECOND))).toHaveLength(10);
  expect(reads - before).toBeGreaterThanOrEqual(1);
  expect(reads - before).toBeLessThanOrEqual(2);
  expect(trace.blocksOf('hop').length).toBe(Math.ceil(400_000 / BLOCK_CAPACITY));
});

it('reads stored columns from any place in memory', async () => {
  const lab = new TraceLab(1, 'full', 'plain');
  lab.arrive(lab.send(0, 50, 9));
  const file = lab.finish();
  const shifted = new Uint8Array(file.length + 1);
  shifted.set(file, 1);
  const [hop] = good(await (await opened(shifted.subarray(1))).hops(0, SECOND));
  expect(hop).toMatchObject({ departNs: 9, arriveNs: 9, bytes: 50, queueNs: 9 });
});

it('reads a file by slices, with the inflate of the browser', async () => {
  const file = new Blob([new Uint8Array(makeRun('full', 1, 10).finish())]);
  const trace = await openTrace(blobSource(file), inflateGzip);
  if (isFailure(trace)) throw new Error(trace.message);
  expect(trace.damage).toBeUndefined();
  expect(good(await trace.inFlight(10 * SECOND + 1))).toHaveLength(1);
});

describe('a file that was cut off', () => {
  const whole = makeRun('full', 1, 10).finish();

  it('is read up to the cut at 200 places, and says that it is cut', async () => {
    let readable = 0;
    for (let place = 0; place < 200; place += 1) {
      const length = Math.floor((whole.length * place) / 200);
      const trace = await openTrace(memorySource(whole.subarray(0, length)), inflateNode);
      if (isFailure(trace)) {
        expect(['truncated', 'not-a-trace']).toContain(trace.name);
        continue;
      }
      readable += 1;
      expect(trace.damage?.name).toBe('truncated');
      expect(await askAll(trace)).toBeUndefined();
    }
    expect(readable).toBeGreaterThan(150);
  });

  it('loses only its index when the recorder was killed', async () => {
    const lab = makeRun('full', 4);
    const cut = await opened(lab.bytes);
    const kept = good(await cut.hops(0, 10 * SECOND)).length;
    expect(kept).toBe(40_000);
    expect(cut.summary).toBeUndefined();
    expect(good(await cut.stateAt(5 * SECOND)).size).toBe(3);
  });
});

describe('keyframes', () => {
  it('took 90 % of a long trace: now as many bytes as the states between them, and states are found behind each', async () => {
    const lab = new TraceLab(3, 'full');
    const long = 'x'.repeat(10_000);
    for (let peer = 0; peer < 20; peer += 1) {
      lab.recorder.state(lab.clock.now, peer % 3, `peer ${peer}`, `${long} ${peer}`);
    }
    for (let second = 0; second < 700; second += 1) {
      lab.recorder.state(lab.clock.now, 0, 'clock', `${'y'.repeat(1_000)} ${second}`);
      lab.advance(SECOND);
      lab.recorder.tick(lab.clock.now);
    }
    const trace = await opened(lab.finish());
    // A keyframe has 201.4 kB: one at first, and one for each 200 of 699 states of 1,007 to 1,009 bytes.
    expect(trace.blocksOf('keyframe')).toHaveLength(1 + 3);
    for (const second of [0, 199, 200, 201, 450, 699]) {
      const states = good(await trace.stateAt(second * SECOND + 1)).get(0);
      expect(states?.get('clock')?.slice(1_001)).toBe(`${second}`);
      expect(states?.get('peer 18')?.slice(10_001)).toBe('18');
    }
  });
});

describe('a hostile file', () => {
  const whole = makeRun('full', 1, 10).finish();
  const read = (bytes: Uint8Array): Promise<TraceFile | TraceFailure> =>
    openTrace(memorySource(bytes), inflateNode);

  it('of random bytes is no trace', async () => {
    for (let length = 0; length < 400; length += 7) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 167 + length * 31) & 255);
      const answer = await read(bytes);
      expect(isFailure(answer) && answer.name).toMatch(/not-a-trace/);
    }
  });

  it('with any damaged byte gives an answer or a named failure', async () => {
    const places = 300;
    for (let i = 0; i < places; i += 1) {
      const damaged = whole.slice();
      // A third of the mutations is near the start and a third near the end, where header and index
      // are.
      const near = Math.floor(i / 3);
      const spots = [near, whole.length - 1 - near, Math.floor((whole.length * i) / places)];
      const at = spots[i % 3] as number;
      damaged[at] = (damaged[at] as number) ^ (1 << (i % 8));
      const answer = await read(damaged);
      if (isFailure(answer)) expect(answer.message).toBeTruthy();
      else await askAll(answer);
    }
  });

  it('that claims more rows or bytes than fit is refused before anything is allocated', async () => {
    const trace = await opened(whole);
    const lies: readonly (readonly [string, number, number])[] = [
      ['hop', BLOCK_FIELD_OFFSETS.rows, 0xffff_ffff],
      ['hop', BLOCK_FIELD_OFFSETS.raw, 0xffff_ffff],
      ['hop', BLOCK_FIELD_OFFSETS.stored, 0x7fff_ffff],
      ['hop', BLOCK_FIELD_OFFSETS.aux, 0xffff_fff0],
      // A table without columns, for which any number of rows would fit.
      ['text', BLOCK_FIELD_OFFSETS.rows, 0xffff_ffff],
    ];
    for (const [table, field, value] of lies) {
      const offset = trace.blocksOf(table)[0]?.offset ?? 0;
      const bytes = whole.slice(0, whole.length - TRAILER_BYTES - 1);
      new DataView(bytes.buffer).setUint32(offset + field, value, true);
      const answer = await read(bytes);
      if (isFailure(answer)) throw new Error(answer.message);
      expect(answer.entries.every((entry) => entry.offset < offset)).toBe(true);
    }
  });

  it.each([
    ['inflates', ofVersion1(makeRun('full', 1, 10, 'plain').finish())],
    ['unpacks', fullBlock('gzip').slice(0, -TRAILER_BYTES - 1)],
  ])('whose payload %s to more than it states is refused with both inflaters', async (_, bytes) => {
    const [hop] = (await opened(bytes)).blocksOf('hop');
    expect(hop?.rows).toBeGreaterThan(1_000);
    const view = new DataView(bytes.buffer);
    const offset = hop?.offset ?? 0;
    const rows = 1_000;
    const times = hop?.isWide === true ? 8 : 4;
    const widths = [times, times, 4, 4, 2, 1, 1, 2, 4];
    const raw = widths.reduce((sum, width) => sum + Math.ceil((rows * width) / 8) * 8, 0);
    view.setUint32(offset + BLOCK_FIELD_OFFSETS.rows, rows, true);
    view.setUint32(offset + BLOCK_FIELD_OFFSETS.raw, raw, true);
    for (const inflate of [inflateNode, inflateGzip]) {
      const trace = await openTrace(memorySource(bytes), inflate);
      if (isFailure(trace)) throw new Error(trace.message);
      const entry = trace.blocksOf('hop')[0];
      const block = entry === undefined ? undefined : await trace.block(entry);
      expect(isFailure(block) && block.name).toBe('bad-payload');
      expect(isFailure(block) && block.at).toBe(offset + BLOCK_HEAD_BYTES);
    }
  });

  it('of a later format, with a broken header, or of another kind says so', async () => {
    const newer = whole.slice();
    newer[8] = FORMAT_VERSION + 1;
    const broken = whole.slice();
    broken[FILE_HEAD_BYTES + 3] = 0;
    const long = whole.slice();
    new DataView(long.buffer).setUint32(12, 0xffff_ffff, true);
    const other = whole.slice();
    other[0] = 0x50;
    const names = await Promise.all(
      [newer, broken, long, other].map(async (bytes) => {
        const answer = await read(bytes);
        return isFailure(answer) ? answer.name : 'read';
      }),
    );
    expect(names).toEqual(['newer-version', 'bad-header', 'bad-header', 'not-a-trace']);
  });

  it('whose index points elsewhere is read by walking, and says why', async () => {
    const plain = new TraceLab(1, 'full', 'plain');
    plain.send(0, 50);
    const bytes = new Uint8Array(plain.finish());
    const footer =
      bytes.length -
      TRAILER_BYTES -
      Number(new DataView(bytes.buffer).getBigUint64(bytes.length - TRAILER_BYTES, true));
    new DataView(bytes.buffer).setFloat64(
      footer + BLOCK_HEAD_BYTES + BLOCK_FIELD_OFFSETS.offset,
      2 ** 40,
      true,
    );
    const trace = await opened(bytes);
    expect(trace.damage?.name).toBe('bad-index');
    expect(good(await trace.hops(0, SECOND))).toHaveLength(1);
  });

  it('with markup is read as text, with fields of a wrong shape refused', async () => {
    const header = new TextDecoder().decode(
      whole.subarray(FILE_HEAD_BYTES, FILE_HEAD_BYTES + 4_000),
    );
    const length = new DataView(whole.buffer, whole.byteOffset).getUint32(12, true);
    const edit = (from: string, to: string): Uint8Array => {
      const bytes = whole.slice();
      const text = new TextDecoder().decode(
        whole.subarray(FILE_HEAD_BYTES, FILE_HEAD_BYTES + length),
      );
      const changed = text.replace(from, to).trimEnd().padEnd(length, ' ');
      bytes.set(new TextEncoder().encode(changed).subarray(0, length), FILE_HEAD_BYTES);
      return bytes;
    };
    expect(header).toContain('"run":"lab"');
    const markup = await opened(edit('"run":"lab"', '"run":"<b>"'));
    expect(markup.header.run).toBe('<b>');
    const failures = await Promise.all(
      [
        ['"type":"u32"', '"type":"u33"'],
        ['"seed":7', '"seed":[]'],
        ['"id":2,', '"id":1,'],
        ['"nodes":[', '"nodes":1,"x":['],
      ].map(async ([from = '', to = '']) => isFailure(await read(edit(from, to)))),
    );
    expect(failures).toEqual([true, true, true, true]);
  });
});
