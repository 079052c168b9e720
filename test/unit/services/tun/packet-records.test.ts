/** Packets behind their lengths, in chunks that begin and end anywhere. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeRecord, RecordReader } from '../../../../services/tun/packet-records.ts';

it('finds every packet again, wherever the chunks of the stream end', () => {
  const packet = fc.uint8Array({ maxLength: 700 });
  const cuts = fc.array(fc.nat({ max: 2_000 }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 8 }), cuts, (packets, at) => {
      const stream = Buffer.concat(packets.map(encodeRecord));
      const ends = [...at.filter((end) => end < stream.length), stream.length].sort(
        (a, b) => a - b,
      );
      const reader = new RecordReader();
      const found: Uint8Array[] = [];
      let from = 0;
      for (const end of ends) {
        found.push(...reader.read(stream.subarray(from, end)));
        from = end;
      }
      expect(found.map((bytes) => [...bytes])).toEqual(packets.map((bytes) => [...bytes]));
    }),
  );
});

it('keeps the longest packet whole', () => {
  const longest = new Uint8Array(65_535).fill(7);
  const record = encodeRecord(longest);
  const reader = new RecordReader();
  expect([...reader.read(record.subarray(0, 40_000))]).toEqual([]);
  const [found] = reader.read(record.subarray(40_000));
  expect(Buffer.compare(found!, longest)).toBe(0);
});
