/**
 * The folder that the Lab offers for download: the files that the command line takes, the command, and what the last run
 * left.
 *
 * @module
 */
import { quoteShellWord } from '../../reports/shell-word.ts';
import type { EndedRun, LabSession } from './session.ts';

/** Its files by path; results stand in `results/`. */
export function filesOfRun(
  session: LabSession,
  run: EndedRun | undefined,
): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const { scenario } = session.task();
  const folder = scenario.slice(0, scenario.lastIndexOf('/') + 1);
  // The command line looks for the files of a scenario beside it first.
  const placeOf = (name: string): string =>
    name.startsWith(folder) && session.changedFiles.has(name)
      ? name.slice(folder.length)
      : name.replace(/^.*\//, '');
  for (const name of session.fileNames)
    files.set(placeOf(name), session.bytesOf(name) ?? encode(''));
  files.set('README.txt', encode(`${commandOf(session, placeOf(scenario))}\n`));
  if (run === undefined || run.revision !== session.revision.value) return files;
  const { report, html, junit, seeds } = run.verdict;
  files.set('results/report.json', encode(report));
  files.set('results/report.html', encode(html));
  files.set('results/junit.xml', encode(junit));
  for (const { seed, trace } of seeds) {
    if (trace !== null) files.set(`results/trace-${seed}.orr`, trace);
  }
  return files;
}

/** The command that makes the same runs from this folder, one line for each seed. */
function commandOf(session: LabSession, file: string): string {
  const { seeds, set } = session.task();
  const values = set.map((one) => ` --set ${quoteShellWord(one)}`).join('');
  const words = (seeds ?? ['']).map((seed) => `${seed === '' ? '' : ` --seed ${seed}`}${values}`);
  const command = `npx orrery scenario ${quoteShellWord(file)}`;
  return words.map((flags) => `${command}${flags}`).join('\n');
}
