/**
 * The state of the Lab: the scenario with its changed files, seeds and changed values, its mistakes, and the run. Views
 * watch it; it is kept while the user looks at other pages.
 *
 * @module
 */
import { fileNameOfPath } from '../../engine/pure/paths.ts';
import type { Report } from '../../reports/report-schema.ts';
import type { RunLibrary } from '../../viz/app/data/library.ts';
import { Observable } from '../../viz/app/kernel/observable.ts';
import { areEqualBytes } from '../link/are-equal-bytes.ts';
import { fileNameFault } from '../link/file-name-fault.ts';
import { type LabLink, LINK_FILES_MAX, writeLabLink } from '../link/lab-link.ts';
import type { LabRun, LabRunner } from '../run/lab-runner.ts';
import {
  FILES_BYTES_MAX,
  type LabFiles,
  type LabFound,
  type LabOutcome,
  type LabProblem,
  type LabProgress,
  type LabSearch,
  type LabStep,
  type LabTask,
  type LabVerdict,
  SHRUNK_NAME,
} from '../run/lab-task.ts';
import { readSeeds, writeSeeds } from './seed-list.ts';

/** A run that has ended with a verdict, and its id in the library. */
export interface EndedRun {
  readonly id: string;
  readonly report: Report;
  readonly verdict: LabVerdict;
  /** The revision of the session that ran; if the session has another one now, something was changed. */
  readonly revision: number;
}

/** The state of the run. */
export type LabState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: readonly LabProgress[] }
  | { readonly kind: 'searching'; readonly search: LabSearch; readonly step: LabStep | undefined }
  /** A search has ended; {@link LabSession.found} has what it found. */
  | { readonly kind: 'found' }
  | { readonly kind: 'mistakes' }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'done'; readonly run: EndedRun };

/** Bytes at the beginning of a file that are searched for names of other files, which are near its top. */
const NAMES_WITHIN_BYTES = 100_000;

/** Pause after which a text is checked while it is being written, ms. */
const CHECK_AFTER_MS = 300;

/** The scenario in work, with its files, mistakes and run. */
export class LabSession {
  /** Path of the scenario; undefined in the gallery. */
  readonly scenario = new Observable<string | undefined>(undefined);
  /** Grows by one with each change of a file, seeds or values. */
  readonly revision = new Observable(0);
  readonly problems = new Observable<readonly LabProblem[]>([]);
  readonly state = new Observable<LabState>({ kind: 'idle' });
  /** What the last search of this scenario has found. */
  readonly found = new Observable<LabFound | undefined>(undefined);
  readonly shipped: LabFiles;
  /** Names of the shipped scenarios. */
  readonly scenarios: readonly string[];
  readonly #runner: LabRunner;
  readonly #library: RunLibrary;
  readonly #files = new Map<string, Uint8Array>();
  /** The result of `fileNames` until the next change. */
  #names: readonly string[] | undefined;
  #seedText = '';
  #setText = '';
  #run: LabRun<LabOutcome | LabFound> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Number of the latest check, so that the answer to an earlier one is not shown. */
  #checks = 0;

  constructor(shipped: LabFiles, runner: LabRunner, library: RunLibrary) {
    this.shipped = shipped;
    this.scenarios = [...shipped.keys()].filter((name) =>
      /^topology:/m.test(this.textOf(name) ?? ''),
    );
    this.#runner = runner;
    this.#library = library;
  }

  /** Opens a link, or a shipped scenario without changes. */
  open(link: LabLink): void {
    this.#endWork();
    this.#files.clear();
    this.#names = undefined;
    for (const [name, bytes] of link.files) this.#files.set(name, bytes);
    this.#seedText = writeSeeds(link.seeds);
    this.#setText = link.set.join('\n');
    this.problems.value = [];
    this.found.value = undefined;
    this.state.value = { kind: 'idle' };
    this.scenario.value = link.scenario;
    this.#changed();
  }

  /** Goes back to the gallery. */
  close(): void {
    this.#endWork();
    this.scenario.value = undefined;
    this.#changed();
  }

  /** Files that are not the shipped ones. */
  get changedFiles(): LabFiles {
    return this.#files;
  }

  /** The scenario and the files that its files name, with the scenario first, and all added files. */
  get fileNames(): readonly string[] {
    this.#names ??= this.#findNames();
    return this.#names;
  }

  bytesOf(name: string): Uint8Array | undefined {
    return this.#files.get(name) ?? this.shipped.get(name);
  }

  /** The text of a file; undefined if there is none or if it is not UTF-8. */
  textOf(name: string): string | undefined {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.bytesOf(name));
    } catch {
      // A file of bytes, such as a capture.
      return undefined;
    }
  }

  /** Changes or adds a file. @returns a sentence if it is refused. */
  put(name: string, content: string | Uint8Array): string | undefined {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const fault = fileNameFault(name);
    if (fault !== undefined) return fault.text;
    let total = bytes.length;
    for (const [other, { length }] of this.#files) if (other !== name) total += length;
    if (total > FILES_BYTES_MAX)
      return `${name} makes more than ${FILES_BYTES_MAX / 1e6} MB of files`;
    const isNew = !this.#files.has(name);
    if (isNew && this.#files.size >= LINK_FILES_MAX) return `more than ${LINK_FILES_MAX} files`;
    if (areEqualBytes(bytes, this.shipped.get(name))) this.#files.delete(name);
    else this.#files.set(name, bytes);
    this.#changed();
    return undefined;
  }

  /** Takes back all changes of a file; removes a file that is not shipped. */
  reset(name: string): void {
    if (this.#files.delete(name)) this.#changed();
  }

  get seedText(): string {
    return this.#seedText;
  }

  set seedText(text: string) {
    this.#seedText = text;
    this.#changed();
  }

  get setText(): string {
    return this.#setText;
  }

  set setText(text: string) {
    this.#setText = text;
    this.#changed();
  }

  /** What is wrong with the list of seeds; undefined if nothing is. */
  get seedMistake(): string | undefined {
    const read = readSeeds(this.#seedText);
    return read !== null && 'mistake' in read ? read.mistake : undefined;
  }

  /** The present link, as after `lab=` in the address. */
  link(): Promise<string> {
    const { scenario, seeds, set } = this.task();
    return writeLabLink({ files: this.#files, scenario, seeds, set }, this.shipped);
  }

  /** True while something runs, which {@link stop} ends. */
  get isBusy(): boolean {
    return this.#run !== undefined;
  }

  /** Sets one of the changed values, in place of what was set at its path. */
  setValue(path: string, value: string): void {
    this.setText = [...this.#setWithout(path), `${path}=${value}`].join('\n');
  }

  /** Runs the scenario; {@link state} shows the progress. @returns the state at its end. */
  async run(): Promise<LabState> {
    const bySeed = new Map<number, LabProgress>();
    return await this.#work({ kind: 'running', progress: [] }, (tell) =>
      this.#runner.run(this.task(), (progress) => {
        bySeed.set(progress.seed, progress);
        tell({ kind: 'running', progress: [...bySeed.values()] });
      }),
    );
  }

  /** Opens the scenario that shrinking has made, in place of the one that it came from, and runs it. */
  async openShrunk(text: string): Promise<void> {
    const files = new Map(this.#files);
    files.delete(this.scenario.value ?? '');
    files.set(SHRUNK_NAME, new TextEncoder().encode(text));
    this.open({ files, scenario: SHRUNK_NAME, seeds: null, set: [] });
    await this.run();
  }

  /** Makes a search; {@link state} shows the progress, {@link found} the result. */
  async search(search: LabSearch): Promise<void> {
    // A changed value at the swept path would take the place of the sweep.
    const set = this.#setWithout(search.kind === 'sweep' ? search.path : '');
    await this.#work({ kind: 'searching', search, step: undefined }, (tell) =>
      this.#runner.search({ ...this.task(), set, traced: false }, search, (step) =>
        tell({ kind: 'searching', search, step }),
      ),
    );
  }

  async #work(
    begun: LabState,
    begin: (tell: (state: LabState) => void) => LabRun<LabOutcome | LabFound>,
  ): Promise<LabState> {
    if (this.#run !== undefined || this.scenario.value === undefined) return this.state.value;
    const mistake = this.seedMistake;
    if (mistake !== undefined) {
      this.state.value = { kind: 'refused', text: `seeds: ${mistake}` };
      return this.state.value;
    }
    const revision = this.revision.value;
    const run = begin((state) => {
      if (this.#run === run) this.state.value = state;
    });
    this.#run = run;
    this.state.value = begun;
    const outcome = await run.outcome;
    if (this.#run !== run) return this.state.value;
    this.#run = undefined;
    switch (outcome.kind) {
      case 'problems':
        this.problems.value = outcome.problems;
        this.state.value = { kind: 'mistakes' };
        break;
      case 'refused':
      case 'stopped':
        this.state.value = outcome;
        break;
      case 'done':
        this.state.value = this.#judged(outcome, revision);
        break;
      case 'swept':
      case 'hunted':
      case 'shrunk':
        this.found.value = outcome;
        this.state.value = { kind: 'found' };
        break;
    }
    return this.state.value;
  }

  /** Stops the run at once. */
  stop(): void {
    const run = this.#run;
    if (run === undefined) return;
    const { value } = this.state;
    const smallest = value.kind === 'searching' ? value.step?.smallest : undefined;
    this.#run = undefined;
    this.state.value = { kind: 'stopped' };
    run.stop();
    if (smallest === undefined || smallest === '') return;
    this.found.value = {
      kind: 'shrunk',
      text: smallest,
      left: 'stopped, with the smallest so far',
    };
  }

  #endWork(): void {
    this.stop();
    this.#checks += 1;
    this.#runner.endCheck();
  }

  /** Keeps a verdict, unless its report cannot be read, which only code of users can cause. */
  #judged(verdict: LabVerdict, revision: number): LabState {
    try {
      return { kind: 'done', run: this.#keep(verdict, revision) };
    } catch (error) {
      return { kind: 'refused', text: `the report cannot be read: ${String(error)}` };
    }
  }

  #keep(verdict: LabVerdict, revision: number): EndedRun {
    const trace = verdict.seeds.find((seed) => seed.trace !== null)?.trace ?? undefined;
    return { ...this.#library.hold(verdict.report, trace), verdict, revision };
  }

  /** The task that is checked and run. It must not be run or sent while there is a {@link seedMistake}. */
  task(): LabTask {
    const read = readSeeds(this.#seedText);
    const seeds = read !== null && 'mistake' in read ? null : read;
    return {
      files: this.#files,
      scenario: this.scenario.value ?? '',
      seeds,
      set: this.#setWithout(''),
      traced: seeds === null || seeds.length === 1,
    };
  }

  /** The changed values, without that of a path. */
  #setWithout(path: string): readonly string[] {
    const set = this.#setText.split('\n').map((line) => line.trim());
    return set.filter((line) => line !== '' && !line.startsWith(`${path}=`));
  }

  #findNames(): readonly string[] {
    const found = new Set([this.scenario.value ?? '']);
    // Other scenarios are left out: files name them in comments only.
    const parts = [...this.shipped.keys()].filter((name) => !this.scenarios.includes(name));
    const known = [...this.#files.keys(), ...parts];
    for (const name of found) {
      const named = namesIn(this.bytesOf(name));
      for (const one of known) if (named.has(fileNameOfPath(one))) found.add(one);
    }
    return [...new Set([...found, ...this.#files.keys()])];
  }

  #changed(): void {
    this.#names = undefined;
    this.revision.value += 1;
    clearTimeout(this.#timer);
    if (this.scenario.value === undefined) return;
    this.#timer = setTimeout(() => void this.#check(), CHECK_AFTER_MS);
  }

  async #check(): Promise<void> {
    this.#checks += 1;
    const check = this.#checks;
    const problems = await this.#runner.check(this.task());
    if (check === this.#checks) this.problems.value = problems;
  }
}

/** All words of a file that can be names of files, without their folders, in time linear in its length. */
function namesIn(bytes: Uint8Array | undefined): ReadonlySet<string> {
  const text = new TextDecoder().decode(bytes?.subarray(0, NAMES_WITHIN_BYTES));
  return new Set((text.match(/[\w./-]+/g) ?? []).map(fileNameOfPath));
}
