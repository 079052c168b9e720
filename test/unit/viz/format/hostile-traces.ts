/** A small trace with rows in every table, and variants with another header. @module */
import { gzipSync } from 'node:zlib';
import { BlobTable, cborText } from '../../../../engine/measure/trace/blob-table.ts';
import {
  BLOCK_FIELD_OFFSETS,
  BLOCK_HEAD_BYTES,
  FILE_HEAD_BYTES,
  FLAG_GZIP,
  NO_REFERENCE,
  TABLES,
  TRAILER_BYTES,
  type TraceHeader,
} from '../../../../engine/measure/trace/layout.ts';
import { TableBuffer } from '../../../../engine/measure/trace/table-buffer.ts';
import { BLOCK_CAPACITY, TraceLab } from './trace-lab.ts';

/** 1 s with a fault, losses, states, marks, spans, series and bytes. */
export function smallTrace(storage: 'gzip' | 'plain'): Uint8Array {
  const lab = new TraceLab(3, 'full', storage);
  const fault = { id: 'cut#1', text: 'link-1 down', targets: ['link-1'] };
  for (let ms = 0; ms < 1_000; ms += 5) {
    if (ms === 500) lab.recorder.faultBegan(fault, lab.clock.now);
    if (ms === 600) lab.recorder.faultEffect(fault, lab.clock.now, 'detected');
    if (ms === 800) lab.recorder.faultEnded(fault, lab.clock.now);
    if (ms % 100 === 0) lab.recorder.state(lab.clock.now, ms % 3, 'bfd', `state ${ms}`);
    const packet = lab.send(ms % 3, 100);
    lab.advance(5_000_000);
    if (ms % 50 === 0) lab.lose(packet, 2);
    else lab.arrive(packet);
  }
  lab.recorder.mark(lab.clock.now, 2, 'done');
  lab.recorder.span(1e8, 9e8, 1, 'handshake');
  lab.recorder.series({ name: 'sent', unit: 'packets', binNs: 1e8 }, 0, [1, null, 3]);
  lab.recorder.packet(0, Uint8Array.of(1, 2, 3), { packet: 5, trail: 0, link: 0, node: 0 });
  const statuses = new TableBuffer(TABLES.status);
  const texts = new BlobTable();
  for (const [node, text] of [
    [1, '{"role":"mix"}'],
    [NO_REFERENCE, ''],
  ] as const) {
    statuses.add(
      1e8,
      node,
      texts.number(text, () => cborText(text)),
    );
  }
  lab.recorder.append(statuses.take(texts.take()));
  return new Uint8Array(lab.finish());
}

/** The trace with a changed header. Its blocks move, so its index must be rebuilt. */
export function withHeader(
  whole: Uint8Array,
  change: (header: TraceHeader) => unknown,
): Uint8Array {
  const length = new DataView(whole.buffer, whole.byteOffset).getUint32(12, true);
  const end = FILE_HEAD_BYTES + length;
  const text = new TextDecoder().decode(whole.subarray(FILE_HEAD_BYTES, end));
  const json = new TextEncoder().encode(JSON.stringify(change(JSON.parse(text) as TraceHeader)));
  const padded = new Uint8Array(Math.ceil((FILE_HEAD_BYTES + json.length) / 8) * 8);
  padded.fill(0x20);
  padded.set(whole.subarray(0, FILE_HEAD_BYTES));
  padded.set(json, FILE_HEAD_BYTES);
  new DataView(padded.buffer).setUint32(12, padded.length - FILE_HEAD_BYTES, true);
  return new Uint8Array(Buffer.concat([padded, whole.subarray(end)]));
}

/** A file as it was before columns were packed: each payload a gzip stream; without its index. */
export function ofVersion1(plain: Uint8Array): Uint8Array {
  const view = new DataView(plain.buffer, plain.byteOffset);
  const firstBlock = FILE_HEAD_BYTES + view.getUint32(12, true);
  const head = plain.slice(0, firstBlock);
  head[8] = 1;
  const parts: Uint8Array[] = [head];
  const end = plain.length - TRAILER_BYTES;
  for (let at = firstBlock; at < end; ) {
    const length = view.getUint32(at + BLOCK_FIELD_OFFSETS.stored, true);
    const payload = at + BLOCK_HEAD_BYTES;
    const stored = gzipSync(plain.subarray(payload, payload + length));
    const block = new Uint8Array(BLOCK_HEAD_BYTES + Math.ceil(stored.length / 8) * 8);
    block.set(plain.subarray(at, payload));
    block[BLOCK_FIELD_OFFSETS.flags] = (block[BLOCK_FIELD_OFFSETS.flags] as number) | FLAG_GZIP;
    new DataView(block.buffer).setUint32(BLOCK_FIELD_OFFSETS.stored, stored.length, true);
    block.set(stored, BLOCK_HEAD_BYTES);
    parts.push(block);
    at = payload + Math.ceil(length / 8) * 8;
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** 340 ms with a full block of packets and a second one. */
export function fullBlock(storage: 'gzip' | 'plain'): Uint8Array {
  const lab = new TraceLab(3, 'full', storage);
  for (let hop = 0; hop < BLOCK_CAPACITY + 616; hop += 1) {
    const packet = lab.send(hop % 3, 100 + (hop % 50));
    lab.advance(20_000 + (hop % 7));
    lab.arrive(packet);
  }
  return new Uint8Array(lab.finish());
}
