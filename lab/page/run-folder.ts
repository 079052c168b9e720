/**
 * The folder that the Lab offers for download: the files that the command line takes, the command, and the results of
 * the last run.
 *
 * @module
 */
import { quoteShellWord } from '../../reports/shell-word.ts';
import { isCodeName } from '../link/file-name-fault.ts';
import { TOPOLOGIES } from '../run/lab-task.ts';
import type { EndedRun, LabSession } from './session.ts';

/**
 * Put before the HTML report of a run with a user's protocol, which can write into the report: no script runs in it.
 */
const NO_SCRIPTS = `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`;

/** The files of the folder by path; results are in `results/`. */
export function filesOfRun(
  session: LabSession,
  run: EndedRun | undefined,
): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  for (const name of session.fileNames) files.set(name, session.bytesOf(name) ?? encode(''));
  files.set('README.txt', encode(`${commandOf(session)}\n`));
  if (run === undefined || run.revision !== session.revision.value) return files;
  const { report, html, junit, seeds } = run.verdict;
  files.set('results/report.json', encode(report));
  const isOurs = ![...session.changedFiles.keys()].some(isCodeName);
  files.set('results/report.html', encode(isOurs ? html : NO_SCRIPTS + html));
  files.set('results/junit.xml', encode(junit));
  for (const { seed, trace } of seeds) {
    if (trace !== null) files.set(`results/trace-${seed}.orr`, trace);
  }
  return files;
}

/** The command that makes the same runs from this folder, one line for each seed. */
function commandOf(session: LabSession): string {
  const { scenario, seeds, set } = session.task();
  // A scenario that names its topology without a folder would get the shipped one.
  const topology = session.fileNames.find(
    (name) => name.startsWith(TOPOLOGIES) && session.changedFiles.has(name),
  );
  const all = [...(topology === undefined ? [] : [`topology=./${topology}`]), ...set];
  const values = all.map((one) => ` --set ${quoteShellWord(one)}`).join('');
  const words = (seeds ?? ['']).map((seed) => `${seed === '' ? '' : ` --seed ${seed}`}${values}`);
  const command = `npx orrery scenario ${quoteShellWord(`./${scenario}`)}`;
  return words.map((flags) => `${command}${flags}`).join('\n');
}
