/**
 * `sweep.parquet`: the runs of a sweep with the columns of `sweep.csv`, typed, for notebooks and databases
 * (Apache Parquet, written by hyparquet-writer; ADR 0062).
 *
 * @module
 */
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { type SweepResult, sweepVerdict } from './sweep.ts';
import {
  type SweepColumn,
  type SweepRunLine,
  sweepColumns,
  sweepRunLines,
} from './sweep-columns.ts';

/** Number of lines in a row group. One row group, some megabytes, is in memory at a time. */
const GROUP = 20_000;

/** The document in parts, one for each row group. */
export function* sweepParquet(sweep: SweepResult): Generator<Uint8Array> {
  const columns = sweepColumns(sweep);
  const { word, text } = sweepVerdict(sweep);
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)],
    createdBy: 'orrery',
    kvMetadata: [
      { key: 'orrery.sweep', value: sweep.name },
      { key: 'orrery.reproduce', value: sweep.reproduce },
      { key: 'orrery.verdict', value: `${word}: ${text}` },
    ],
  });
  for (const lines of groupsOf(sweepRunLines(sweep))) {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: lines.map((line) => storedOf(column, line)),
    }));
    atOnce(parquet.write({ columnData, rowGroupSize: GROUP }));
    yield takeWrittenBytes(writer);
  }
  atOnce(parquet.finish());
  yield takeWrittenBytes(writer);
}

function elementOf({ name, kind }: SweepColumn): SchemaElement {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  switch (kind) {
    case 'text':
      return { ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' };
    case 'number':
      return { ...optional, type: 'DOUBLE' };
    case 'whole':
      return { ...optional, type: 'INT64' };
    case 'truth':
      return { name, repetition_type: 'REQUIRED', type: 'BOOLEAN' };
  }
}

function storedOf(column: SweepColumn, line: SweepRunLine): unknown {
  const value = column.of(line);
  return column.kind === 'whole' && value !== null ? BigInt(value) : value;
}

function* groupsOf(lines: Iterable<SweepRunLine>): Generator<readonly SweepRunLine[]> {
  let group: SweepRunLine[] = [];
  for (const line of lines) {
    group.push(line);
    if (group.length < GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/**
 * Asserts that hyparquet-writer worked synchronously. It returns a promise only for a writer that
 * flushes, which ours does not.
 */
function atOnce(done: void | Promise<void>): void {
  if (done instanceof Promise) throw new Error('hyparquet-writer has become asynchronous');
}

/**
 * Returns the bytes written since the last call and empties the writer's buffer; the writer's
 * offset in the file is not reset.
 */
function takeWrittenBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
