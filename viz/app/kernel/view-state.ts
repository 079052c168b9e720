/**
 * The state of the view, which the page's address contains as well: page, run, selection,
 * parameters of the pages, and the time line. A change of page or run adds an entry to the
 * browser's history; all other changes replace the current entry, at most four times a second
 * (docs/spec/browser-view.md).
 *
 * @module
 */
import { FIRST_PAGE, readUrlHash, type Selection, type UrlState, writeUrlHash } from './address.ts';
import { Observable } from './observable.ts';
import { TimeLine } from './time-line.ts';

const WRITE_EVERY_MS = 250;

/** The state of the view; there is one for the whole application. */
export class ViewState {
  readonly page: Observable<string>;
  readonly run: Observable<string | undefined>;
  readonly selection: Observable<Selection | undefined>;
  readonly time = new TimeLine();
  /** Parameters of the pages, and unknown keys of the address. */
  readonly parameters: Observable<Readonly<Record<string, string>>>;
  /** One sentence for each value of the address that could not be read. */
  readonly notices = new Observable<readonly string[]>([]);
  /**
   * The view that the address names; its time and speed are applied when its run has been opened.
   */
  #wanted: UrlState | undefined;
  /** True if the address names no instant, so that a page may choose one. */
  #isUnplaced = false;
  #isSilent = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written = '';

  constructor() {
    const { view, notices } = readUrlHash(location.hash);
    this.page = new Observable(view.page);
    this.run = new Observable(view.run);
    this.selection = new Observable(view.selection);
    this.parameters = new Observable(view.rest);
    this.notices.value = notices;
    this.#wanted = view;
    this.#listen();
  }

  /** The theme that the address names. */
  get theme(): UrlState['theme'] {
    return this.#wanted?.theme;
  }

  /** Opens a page, and another run if `run` is not the open one. */
  go(page: string, run: string | undefined = this.run.value): void {
    if (run !== this.run.value) {
      this.#silently(() => {
        this.selection.value = undefined;
      });
      this.#wanted = undefined;
    }
    this.#silently(() => {
      this.run.value = run;
      this.page.value = page;
    });
    this.#write('push');
  }

  /** Sets a parameter of a page; `undefined` removes it. */
  setParameter(name: string, value: string | undefined): void {
    const { [name]: _, ...others } = this.parameters.value;
    this.parameters.value = value === undefined ? others : { ...others, [name]: value };
  }

  /** Applies the time and the speed that the address names to a run that has just been opened. */
  openTime(extent: readonly [number, number]): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    this.#isUnplaced = wanted?.timeNs === undefined;
    this.#silently(() => {
      this.time.open(extent);
      if (wanted?.rangeNs !== undefined) this.time.show(wanted.rangeNs);
      if (wanted?.timeNs !== undefined) this.time.moveTo(wanted.timeNs);
      if (wanted !== undefined) this.time.playAt(wanted.speed);
    });
  }

  /**
   * Moves the cursor to `timeNs`, an instant worth seeing, unless the address names an instant or
   * the reader has moved the cursor.
   */
  lookFirst(timeNs: number | undefined): void {
    const isUntouched = this.time.cursor.value === this.time.extent.value[0];
    if (this.#isUnplaced && isUntouched && timeNs !== undefined) {
      this.#silently(() => this.time.moveTo(timeNs));
    }
    this.#isUnplaced = false;
  }

  /** The URL of the present view. */
  get link(): string {
    return `${location.href.split('#')[0] ?? ''}${writeUrlHash(this.#view())}`;
  }

  #listen(): void {
    const forever = new AbortController().signal;
    const soon = (): void => this.#writeSoon();
    const watched = [this.selection, this.parameters, this.time.cursor, this.time.range];
    for (const value of [...watched, this.time.speed]) value.watch(forever, soon);
    addEventListener('popstate', () => this.#take());
    addEventListener('hashchange', () => this.#take());
  }

  /**
   * Applies the view that the address names, after the reader has gone back in the history or
   * edited the address.
   */
  #take(): void {
    if (location.hash === this.#written) return;
    const { view, notices } = readUrlHash(location.hash);
    this.#written = location.hash;
    this.#silently(() => {
      const isOther = view.run !== this.run.value;
      this.#wanted = isOther ? view : undefined;
      this.notices.value = notices;
      this.parameters.value = view.rest;
      this.selection.value = view.selection;
      this.run.value = view.run;
      this.page.value = view.page;
      if (isOther) return;
      if (view.rangeNs === undefined) this.time.showAll();
      else this.time.show(view.rangeNs);
      if (view.timeNs !== undefined) this.time.moveTo(view.timeNs);
      this.#isUnplaced &&= view.timeNs === undefined;
      this.time.playAt(view.speed);
    });
  }

  #view(): UrlState {
    const { time } = this;
    const [first, last] = time.extent.value;
    const [from, to] = time.range.value;
    const isTimed = this.run.value !== undefined && this.#wanted === undefined && last > 1;
    const isAll = from === first && to === last;
    return {
      run: this.run.value,
      page: this.page.value,
      timeNs: isTimed ? time.cursor.value : this.#wanted?.timeNs,
      speed: this.#wanted?.speed ?? time.speed.value,
      selection: this.selection.value,
      rangeNs: isTimed && !isAll ? [Math.round(from), Math.round(to)] : this.#wanted?.rangeNs,
      theme: this.#wanted?.theme,
      rest: this.parameters.value,
    };
  }

  #silently(change: () => void): void {
    const before = this.#isSilent;
    this.#isSilent = true;
    change();
    this.#isSilent = before;
  }

  #writeSoon(): void {
    if (this.#isSilent || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#write('replace');
    }, WRITE_EVERY_MS);
  }

  #write(how: 'push' | 'replace'): void {
    const text = writeUrlHash(this.#view());
    if (text === location.hash) return;
    // An empty address means the same as the address of the default page, so it need not change.
    if (location.hash === '' && text === `#page=${FIRST_PAGE}`) return;
    this.#written = text;
    if (how === 'push') history.pushState(null, '', text);
    else history.replaceState(null, '', text);
  }
}
