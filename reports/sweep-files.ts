/**
 * The files that are made from the result of a sweep.
 *
 * @module
 */
import { renderSweepHtml } from './html/sweep-html.ts';
import type { SweepResult } from './sweep.ts';
import type { QuantityReader } from './sweep-axis.ts';
import { sweepCsv } from './sweep-csv.ts';
import type { SWEEP_FILES } from './sweep-file-names.ts';
import { renderSweepJunit } from './sweep-junit.ts';
import { renderSweepMarkdown } from './sweep-markdown.ts';
import { sweepParquet } from './sweep-parquet.ts';

/**
 * Name and content of a file; long content is a generator of parts, which are made while the file is
 * written.
 */
export type SweepFile = readonly [
  name: (typeof SWEEP_FILES)[number],
  content: string | Iterable<string | Uint8Array>,
];

/**
 * Makes all files of a sweep.
 * @param read Reads values of parameters, so that numbers get an axis.
 */
export function sweepFiles(sweep: SweepResult, read: QuantityReader): readonly SweepFile[] {
  return [
    ['sweep.md', renderSweepMarkdown(sweep)],
    ['sweep.html', renderSweepHtml(sweep, read)],
    ['sweep.junit.xml', renderSweepJunit(sweep)],
    ['sweep.csv', sweepCsv(sweep)],
    ['sweep.parquet', sweepParquet(sweep)],
  ];
}
