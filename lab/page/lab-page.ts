/**
 * The Lab: a page on which a scenario is changed, run and sent as a link. Its address holds the link, as `lab=`.
 *
 * @module
 */
import { type Child, element, replaceContent } from '../../viz/app/kernel/element.ts';
import type { Page, PageContext } from '../../viz/app/kernel/page.ts';
import { actionButtons, placeholderMessage } from '../../viz/app/kernel/states.ts';
import { type LabLink, readLabLink } from '../link/lab-link.ts';
import { TOPOLOGIES } from '../run/lab-task.ts';
import { codeQuestion, codeToAskFor } from './code-question.ts';
import { galleryView } from './gallery-view.ts';
import type { LabSession } from './session.ts';
import { workbench } from './workbench.ts';

/** Key of the link in the address. */
export const LINK_PARAMETER = 'lab';
/** Key of the page that the sender of a link looked at, which opens after the run. */
export const THEN_PARAMETER = 'then';
/** Time from a change to the update of the address, ms. */
const WRITE_AFTER_MS = 300;
/** Longest link that is kept in the address, characters; longer ones can be copied. */
const ADDRESS_CHARS_MAX = 100_000;

/** Makes the page. */
export function makeLabPage(session: LabSession): Page {
  const lab = new LabPage(session);
  return {
    name: 'lab',
    title: 'Lab',
    question: 'What if I change this?',
    order: 0,
    key: 'l',
    icon: 'M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M8 15h8',
    empty: { shows: 'a scenario to change and run', scenario: 'hello.yaml' },
    isTimed: false,
    needs: 'nothing',
    mount: (context) => lab.mount(context),
    takeFiles: (files) => lab.takeFiles(files),
  };
}

class LabPage {
  readonly #session: LabSession;
  /** The link that the session holds, as it stands in the address. */
  #link: string | undefined;
  #context: PageContext | undefined;
  /** A link with code, which the person has not agreed to run. */
  #asked: LabLink | undefined;
  /** Ends the watchers of what is drawn. */
  #drawn = new AbortController();

  constructor(session: LabSession) {
    this.#session = session;
  }

  mount(context: PageContext): void {
    const { view, signal } = context;
    this.#context = context;
    view.parameters.watch(signal, ({ [LINK_PARAMETER]: link }) => void this.#follow(link));
    this.#session.scenario.watch(signal, () => this.#draw());
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#session.revision.watch(signal, () => {
      clearTimeout(timer);
      timer = setTimeout(() => void this.#write(), WRITE_AFTER_MS);
    });
  }

  /** Takes dropped files, except those that the view itself opens. */
  takeFiles(files: readonly File[]): boolean {
    if (files.some(({ name }) => /\.orr$|report\.json$/.test(name))) return false;
    void this.#take(files);
    return true;
  }

  #draw(): void {
    const context = this.#context;
    if (context === undefined) return;
    this.#drawn.abort();
    this.#drawn = new AbortController();
    const signal = AbortSignal.any([context.signal, this.#drawn.signal]);
    const isOpen = this.#session.scenario.value !== undefined;
    replaceContent(
      context.root,
      isOpen
        ? workbench({
            session: this.#session,
            context: { ...context, signal },
            leave: () => this.#leave(),
            take: (files) => void this.#take(files),
          })
        : this.#asked === undefined
          ? galleryView(this.#session, (path) => void this.#pick(path))
          : this.#ask(this.#asked),
    );
    context.root.querySelector<HTMLElement>('h1')?.setAttribute('tabindex', '-1');
  }

  /** Opens the link of the address, unless it is the one that is open, and runs it. */
  async #follow(link: string | undefined): Promise<void> {
    if (link === this.#link) return;
    this.#link = link;
    this.#asked = undefined;
    if (link === undefined) return this.#session.close();
    const read = await readLabLink(link);
    if (this.#link !== link) return;
    if (read.kind === 'refused') {
      this.#session.close();
      this.#refuse(`${read.text} (${read.fault})`);
      return;
    }
    const { link: opened } = read;
    if (codeToAskFor(opened.files, this.#session.changedFiles).size === 0) {
      return await this.#openAndRun(opened);
    }
    this.#session.close();
    this.#asked = opened;
    this.#draw();
  }

  async #openAndRun(link: LabLink): Promise<void> {
    this.#asked = undefined;
    this.#session.open(link);
    await this.#runThen();
  }

  #ask(link: LabLink): Child {
    const code = codeToAskFor(link.files, this.#session.changedFiles);
    const leave = (): void => this.#leave();
    return codeQuestion(code, () => void this.#openAndRun(link), leave);
  }

  async #runThen(): Promise<void> {
    const context = this.#context;
    const then = context?.view.parameters.value[THEN_PARAMETER];
    context?.view.setParameter(THEN_PARAMETER, undefined);
    const state = await this.#session.run();
    if (state.kind !== 'done' || then === undefined || context?.signal.aborted !== false) return;
    context.view.go(then, state.run.id);
  }

  #refuse(text: string): void {
    const { root, view } = this.#context ?? {};
    if (root === undefined) return;
    const back = (): void => {
      view?.setParameter(LINK_PARAMETER, undefined);
      this.#draw();
    };
    replaceContent(
      root,
      placeholderMessage('error', 'This link cannot be opened', element('p', {}, text)),
      actionButtons({ label: 'Scenarios', run: back }),
    );
  }

  async #pick(path: string): Promise<void> {
    this.#session.open({ files: new Map(), scenario: path, seeds: null, set: [] });
    await this.#write();
    this.#context?.view.go('lab');
    this.#context?.root.querySelector<HTMLElement>('h1')?.focus();
  }

  #leave(): void {
    this.#asked = undefined;
    this.#session.close();
    this.#draw();
    this.#link = undefined;
    this.#context?.view.setParameter(LINK_PARAMETER, undefined);
    this.#context?.view.go('lab');
    this.#context?.root.querySelector<HTMLElement>('h1')?.focus();
  }

  async #write(): Promise<void> {
    const context = this.#context;
    if (this.#session.scenario.value === undefined || context === undefined) return;
    if (this.#session.seedMistake !== undefined) return;
    const text = await this.#session.link();
    if (context.signal.aborted || this.#session.scenario.value === undefined) return;
    this.#link = text.length <= ADDRESS_CHARS_MAX ? text : undefined;
    context.view.setParameter(LINK_PARAMETER, this.#link);
  }

  async #take(files: readonly File[]): Promise<void> {
    const { scenario } = this.#session;
    const read = await Promise.all(
      files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const),
    );
    if (scenario.value === undefined) {
      const isScenario = ([, bytes]: (typeof read)[number]): boolean =>
        /^topology:/m.test(new TextDecoder().decode(bytes.subarray(0, 100_000)));
      const own = read.find(isScenario)?.[0];
      if (own === undefined) return this.#context?.notify('None of these files is a scenario.');
      this.#session.open({ files: new Map(), scenario: own, seeds: null, set: [] });
    }
    const path = scenario.value ?? '';
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    for (const [name, bytes] of read) {
      const shipped = TOPOLOGIES + name;
      const isTopology = this.#session.shipped.has(shipped) && folder + name !== path;
      const refusal = this.#session.put(isTopology ? shipped : folder + name, bytes);
      if (refusal !== undefined) this.#context?.notify(refusal);
    }
  }
}
