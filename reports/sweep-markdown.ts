/**
 * The table of a sweep as Markdown.
 *
 * @module
 */
import { escapeMarkdown, inlineCode, joinSectionsWithin } from './markdown.ts';
import { type SweepResult, sweepSeedsText, sweepTableCells, sweepVerdict } from './sweep.ts';

/** The table for GitHub, cut below the size limit of a summary. */
export function renderSweepMarkdown(sweep: SweepResult): string {
  const [header = [], ...rows] = sweepTableCells(sweep);
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const { word, text } = sweepVerdict(sweep);
  const icon = { PASS: '✅', FAIL: '❌', STOP: '❔' }[word];
  const head = [
    `### ${icon} ${escapeMarkdown(sweep.name)}: ${text}`,
    `${escapeMarkdown(sweep.question)}\n\n${sweepSeedsText(sweep)}. Reproduce: ${inlineCode(sweep.reproduce)}\n`,
    line(header),
    `|${header.map(() => '---:').join('|')}|`,
  ].join('\n');
  return joinSectionsWithin([head, ...rows.map(line)], 60_000).replaceAll('|\n\n|', '|\n|');
}
