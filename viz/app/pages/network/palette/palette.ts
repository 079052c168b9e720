/**
 * The fault palette: injects faults into a run in progress, lists them with their time and outcome,
 * and exports the run as a scenario (ADR 0015). Faults take effect at the present instant of the
 * run, whatever the instant of the cursor. The palette shows the event that it would send as a line
 * of the scenario language.
 *
 * @module
 */
import './palette.css';
import type { ControlState } from '../../../../format/control-wire.ts';
import { downloadFile } from '../../../chart/picture.ts';
import { element, replaceContent } from '../../../kernel/element.ts';
import type { TracePageContext } from '../../../kernel/page.ts';
import type { ControlConnection } from './control-link.ts';
import { FaultPaletteForm } from './form.ts';
import {
  controlClosedReason,
  exactInstantText,
  orderAnswerText,
  PACE_OPTIONS,
  refusedMessagesText,
} from './words.ts';

/** Media query: on screens at least this wide, the palette is open from the start. */
const WIDE = '(min-width: 761px)';
const EXPORTED = 'interactive.yaml';

/** Makes the panel from which faults are injected into a run in progress. */
export function makeFaultPalette(context: TracePageContext, link: ControlConnection): HTMLElement {
  return new Palette(context, link).root;
}

class Palette {
  readonly root: HTMLDetailsElement;
  readonly #context: TracePageContext;
  readonly #link: ControlConnection;
  readonly #form: FaultPaletteForm;
  readonly #said = element('p', { class: 'palette-said', role: 'status' });
  readonly #closed = element('p', { class: 'muted' });
  readonly #pause = element('button', { type: 'button' }, 'Pause');
  readonly #pace = element(
    'select',
    { 'aria-label': 'pace' },
    PACE_OPTIONS.map(([value, text]) =>
      element('option', { value, selected: value === '1' }, text),
    ),
  );
  readonly #paceLabel = element('label', {}, 'pace', this.#pace);
  readonly #paceNote = element('small');
  readonly #faults = element('ol', { class: 'palette-faults' });
  readonly #refused = element('small');
  readonly #export = element('button', { type: 'button', disabled: true }, 'Export as scenario');
  #listed = '';

  constructor(context: TracePageContext, link: ControlConnection) {
    this.#context = context;
    this.#link = link;
    this.#form = new FaultPaletteForm(context, (event) => void this.#inject(event));
    const bar = element(
      'div',
      { class: 'palette-bar' },
      this.#pause,
      this.#paceLabel,
      this.#export,
      this.#paceNote,
    );
    this.root = element(
      'details',
      { class: 'palette', open: matchMedia(WIDE).matches },
      element('summary', {}, 'Act on this run'),
      this.#closed,
      bar,
      this.#form.root,
      this.#said,
      this.#faults,
      this.#refused,
    );
    this.#listen();
    this.#link.state.watch(context.signal, (state) => this.#show(state));
  }

  #listen(): void {
    const isPaused = (): boolean => this.#link.state.value?.speed === 0;
    this.#pause.addEventListener('click', () => {
      this.#order(isPaused() ? this.#chosenSpeed() : 0);
    });
    this.#pace.addEventListener('change', () => {
      // Choosing a pace does not resume a paused run; the pace applies once the run is resumed.
      if (!isPaused()) this.#order(this.#chosenSpeed());
    });
    this.#export.addEventListener('click', () => void this.#save());
    this.#context.keys.add(this.#context.signal, {
      keys: ['p'],
      group: 'Network',
      does: 'pause or resume the run in progress',
      run: () => this.#pause.click(),
    });
  }

  #chosenSpeed(): number | null {
    return this.#pace.value === 'free' ? null : Number(this.#pace.value);
  }

  #order(speed: number | null): void {
    void this.#link.send({ kind: 'pace', speed }).then((answer) => {
      if (answer.kind === 'refused') this.#say(answer.message, false);
    });
  }

  async #inject(event: Readonly<Record<string, unknown>>): Promise<void> {
    this.#say('Sent; it takes effect at the next slice of the run.', true);
    const answer = await this.#link.send({ kind: 'inject', event });
    this.#say(orderAnswerText(answer), answer.kind === 'done');
  }

  async #save(): Promise<void> {
    const answer = await this.#link.send({ kind: 'export' });
    if (answer.kind === 'scenario') {
      downloadFile(EXPORTED, new Blob([answer.yaml], { type: 'application/yaml' }));
      this.#say(`${EXPORTED} is saved: run it with npm run scenario to replay this run.`, true);
    } else if (answer.kind === 'refused') this.#say(answer.message, false);
  }

  #say(text: string, isGood: boolean): void {
    this.#said.classList.toggle('fail-text', !isGood);
    replaceContent(this.#said, text);
  }

  #show(state: ControlState | undefined): void {
    const isOpen = state?.phase === 'open';
    const closed = controlClosedReason(state);
    this.#closed.hidden = closed === '';
    replaceContent(this.#closed, closed);
    this.#showPace(state, isOpen);
    this.#form.show(state);
    this.#export.disabled = state === undefined || state.faults.length === 0;
    const refused = refusedMessagesText(state);
    this.#refused.hidden = refused === '';
    replaceContent(this.#refused, refused);
    if (state !== undefined) this.#list(state);
  }

  #showPace(state: ControlState | undefined, isOpen: boolean): void {
    const bar = state?.paceBar;
    this.#pause.disabled = !isOpen || bar !== undefined;
    this.#pace.disabled = this.#pause.disabled;
    this.#paceLabel.hidden = bar !== undefined;
    const isPaused = state?.speed === 0;
    replaceContent(this.#pause, isPaused ? 'Go on' : 'Pause');
    this.#paceNote.hidden = bar === undefined;
    replaceContent(this.#paceNote, bar === undefined ? '' : `No pause: ${bar}.`);
    if (state === undefined || isPaused) return;
    const value = state.speed === null ? 'free' : String(state.speed);
    if (PACE_OPTIONS.some(([known]) => known === value)) this.#pace.value = value;
  }

  /** Lists the injected faults; each line links to the instant of the fault. */
  #list({ faults }: ControlState): void {
    const key = JSON.stringify(faults);
    if (key === this.#listed) return;
    this.#listed = key;
    const { time } = this.#context.view;
    replaceContent(
      this.#faults,
      faults.map(({ id, text, beginNs, endNs }) =>
        element(
          'li',
          {},
          element(
            'button',
            { type: 'button', class: 'mono', click: () => time.moveTo(beginNs) },
            exactInstantText(beginNs),
          ),
          ` ${id}: ${text}, ${endNs === undefined ? 'to the end' : `until ${exactInstantText(endNs)}`}`,
        ),
      ),
    );
    this.#faults.scrollTop = this.#faults.scrollHeight;
  }
}
