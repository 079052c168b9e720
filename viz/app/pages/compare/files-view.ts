/**
 * Shows where the input files of two runs differ, line by line. The folder of a run keeps copies of
 * its input files; without copies, the page names the command that shows the lines.
 *
 * @module
 */
import { fileNamesOfRun } from '../../data/run-files.ts';
import { element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import type { ComparedRuns } from './compared-runs.ts';
import { type DifferingFile, diffCommand, differingFiles } from './facts.ts';
import { type DiffLine, findHunks, type Hunk } from './line-diff.ts';

const SIGNS = { same: ' ', out: '-', in: '+' } as const;

/** Makes the section; undefined if the input files of both runs are equal. */
export function filesView(
  { library }: ReportPageContext,
  { a, b }: ComparedRuns,
  signal: AbortSignal,
): HTMLElement | undefined {
  const files = differingFiles(a.report, b.report);
  if (files.length === 0) return undefined;
  // Only files in the run's list are requested, because browsers log a request for a missing file
  // as an error.
  const textOf = async ({ run }: ComparedRuns['a'], name: string): Promise<string | undefined> => {
    const isKept = fileNamesOfRun(run.id, library.state.value)?.includes(name) === true;
    return isKept ? await fetched(run.file(name)) : undefined;
  };
  const place = element('div', {}, commandText(a.report, b.report));
  const show = async (): Promise<void> => {
    const views = await Promise.all(
      files.map(async (file) => {
        const texts = await Promise.all([textOf(a, file.copy), textOf(b, file.copy)]);
        return texts.includes(undefined) ? undefined : fileView(file, texts as string[]);
      }),
    );
    if (!signal.aborted && !views.includes(undefined))
      replaceContent(place, views as HTMLElement[]);
  };
  void show();
  return place;
}

async function fetched(address: string | undefined): Promise<string | undefined> {
  if (address === undefined) return undefined;
  const response = await fetch(address).catch(() => undefined);
  return response?.ok === true ? await response.text() : undefined;
}

function commandText(...reports: Parameters<typeof diffCommand>): HTMLElement {
  return element(
    'p',
    {},
    'The files are not in the folders of these runs; this shows their lines: ',
    element('code', {}, diffCommand(...reports) ?? ''),
  );
}

function fileView({ title }: DifferingFile, [before = '', after = '']: string[]): HTMLElement {
  const hunks = findHunks(before, after);
  return element(
    'figure',
    { class: 'file-diff' },
    element('figcaption', {}, title),
    element(
      'pre',
      { tabindex: 0, role: 'region', 'aria-label': `lines of ${title} that differ` },
      hunks.flatMap(hunkView),
    ),
  );
}

function hunkView({ fromA, fromB, lines }: Hunk): readonly HTMLElement[] {
  const head = element('span', { class: 'muted' }, `line ${fromA} of A, line ${fromB} of B\n`);
  return [head, ...lines.map(lineView)];
}

function lineView({ kind, text }: DiffLine): HTMLElement {
  const words = `${SIGNS[kind]} ${text}\n`;
  if (kind === 'same') return element('span', {}, words);
  return element(kind === 'out' ? 'del' : 'ins', {}, words);
}
