/**
 * Damaged statuses in a trace: each is named with its place (docs/TRACE.md, table `status`). @module
 */
import { describe, expect, it } from 'vitest';
import { BlobTable, cborText } from '../../../../engine/measure/trace/blob-table.ts';
import { NO_REFERENCE, TABLES } from '../../../../engine/measure/trace/layout.ts';
import { TableBuffer } from '../../../../engine/measure/trace/table-buffer.ts';
import { isFailure } from '../../../../viz/format/failure.ts';
import { recordedStatusAt } from '../../../../viz/format/recorded-status.ts';
import { good, opened, TraceLab } from './trace-lab.ts';

type Row = readonly [node: number, blob: Uint8Array];

const END: Row = [NO_REFERENCE, cborText('')];

/** What a trace with these rows, all of one instant, says of node 1. */
async function saidIn(rows: readonly Row[]): Promise<unknown> {
  const lab = new TraceLab(1, 'full');
  const statuses = new TableBuffer(TABLES.status);
  const blobs = new BlobTable();
  for (const [row, [node, blob]] of rows.entries()) {
    statuses.add(
      5e8,
      node,
      blobs.number(String(row), () => blob),
    );
  }
  lab.recorder.append(statuses.take(blobs.take()));
  return recordedStatusAt(await opened(lab.finish()), { node: 1, timeNs: 6e8 });
}

const own = (blob: Uint8Array): readonly Row[] => [[1, blob], END];

describe('a status', () => {
  it('is read as its text, also if it is nested as deep as its length allows', async () => {
    const json = `${'['.repeat(14_500)}${']'.repeat(14_500)}`;
    const said = good(await saidIn(own(cborText(json))));
    // A text, because a value of this depth cannot be posted to the page.
    expect(said).toEqual({ timeNs: 5e8, json, note: '' });
  });

  it.each([
    ['is longer than its blob', Uint8Array.of(0x62, 0x7b), 'has no text'],
    ['is shorter than its blob', Uint8Array.of(0x62, 0x7b, 0x7d, 0x20), 'has no text'],
    ['is not UTF-8', Uint8Array.of(0x63, 0x22, 0xff, 0x22), 'has no text'],
    ['is a CBOR map', Uint8Array.of(0xa0), 'has no text'],
    ['is empty', new Uint8Array(0), 'has no text'],
    ['is too long', cborText(`"${'x'.repeat(65_535)}"`), 'has 65537 characters'],
    ['is not JSON', cborText('{"role":'), 'is not JSON'],
  ])('that %s is named with its place', async (_, blob, what) => {
    const said = await saidIn(own(blob));
    if (!isFailure(said)) throw new Error('it was read');
    expect(said.name).toBe('bad-payload');
    expect(said.message).toBe(`block at byte ${said.at}: status 0 ${what}`);
    expect(said.at).toBeGreaterThan(0);
  });

  it('of an unknown node is named, whichever node is asked for', async () => {
    const said = await saidIn([[1, cborText('{}')], [2, cborText('{}')], END]);
    expect(said).toMatchObject({
      message: expect.stringMatching(
        /^block at byte \d+: status 1 is of node 2, which is unknown$/,
      ),
    });
  });

  it('whose blob is not there is named', async () => {
    const lab = new TraceLab(1, 'full');
    const statuses = new TableBuffer(TABLES.status);
    statuses.add(5e8, 1, 7);
    const blobs = new BlobTable();
    blobs.number('', () => cborText(''));
    lab.recorder.append(statuses.take(blobs.take()));
    const said = await recordedStatusAt(await opened(lab.finish()), { node: 1, timeNs: 6e8 });
    expect(said).toMatchObject({ message: expect.stringMatching(/: status 0 has no text$/) });
  });

  it('of a trace cut before the end of its instant is still found', async () => {
    const said = await saidIn([[1, cborText('{"role":"mix"}')]]);
    expect(said).toEqual({ timeNs: 5e8, json: '{"role":"mix"}', note: '' });
  });
});
