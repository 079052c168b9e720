/**
 * The form of the fault palette: a tool, its target, its values and its duration. Below these, the
 * form shows the event that it would send, as a line of a scenario.
 *
 * @module
 */
import type {
  ControlEventKind,
  ControlState,
  ScenarioEventFields,
} from '../../../../format/control-wire.ts';
import { element, replaceContent } from '../../../kernel/element.ts';
import type { TracePageContext } from '../../../kernel/page.ts';
import {
  FAULT_TOOLS,
  type FaultTool,
  type FaultToolTarget,
  faultToolTargets,
  fieldOptions,
  flowStyleYaml,
  makeScenarioEvent,
} from './tools.ts';
import { toolUnusableReason } from './words.ts';

const LENGTH = '2s';

/** The form with which the reader defines and injects a fault. */
export class FaultPaletteForm {
  readonly root: HTMLFormElement;
  readonly #context: TracePageContext;
  readonly #radios = new Map<string, HTMLInputElement>();
  readonly #bars = element('ul', { class: 'palette-bars' });
  readonly #target = element('select', { 'aria-label': 'target' });
  readonly #fields = element('span', { class: 'palette-fields' });
  readonly #length = element('input', {
    type: 'text',
    value: LENGTH,
    size: 8,
    title: 'empty: to the end',
    'aria-description': 'empty: to the end',
  });
  readonly #preview = element('code');
  readonly #submit = element('button', { type: 'submit' }, 'Inject');
  #tool: FaultTool = FAULT_TOOLS[0] as FaultTool;
  #kinds: readonly ControlEventKind[] = [];
  #paths: readonly string[] = [];
  #inputs = new Map<string, HTMLInputElement | HTMLSelectElement>();
  #told = '';

  constructor(context: TracePageContext, send: (event: ScenarioEventFields) => void) {
    this.#context = context;
    this.root = element(
      'form',
      { class: 'palette-form' },
      this.#toolRow(),
      element(
        'div',
        { class: 'palette-row' },
        element('label', {}, 'on', this.#target),
        this.#fields,
        element('label', {}, 'for', this.#length),
        this.#submit,
      ),
      element('div', { class: 'palette-row' }, element('p', {}, this.#preview), this.#bars),
    );
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!this.#submit.disabled) send(this.#event());
    });
    this.#target.addEventListener('change', () => this.#fill());
    this.root.addEventListener('input', () => this.#showPreview());
    this.#choose(this.#tool);
    context.view.selection.watch(context.signal, () => this.#followSelection());
  }

  /** Enables the tools that can be used now, and says why the others cannot be used. */
  show(state: ControlState | undefined): void {
    this.#submit.disabled = state?.phase !== 'open';
    if (state !== undefined) this.#take(state);
    const bars = FAULT_TOOLS.flatMap((tool) => {
      const bar = toolUnusableReason(tool, state);
      const radio = this.#radios.get(tool.name);
      if (radio !== undefined) radio.disabled = bar !== undefined;
      return bar === undefined ? [] : [`${tool.name}: ${bar}.`];
    });
    const told = bars.join('\n');
    if (told === this.#told) return;
    this.#told = told;
    replaceContent(
      this.#bars,
      bars.map((bar) => element('li', {}, bar)),
    );
  }

  /**
   * Reads from the state of the run the possible kinds of faults and the paths of flows, which are
   * known only once the run has begun.
   */
  #take({ kinds, paths = [] }: ControlState): void {
    if (kinds.length === this.#kinds.length && paths.length === this.#paths.length) return;
    this.#kinds = kinds;
    this.#paths = paths;
    this.#choose(this.#tool);
  }

  #toolRow(): HTMLElement {
    const labels = FAULT_TOOLS.map((tool) => {
      const radio = element('input', {
        type: 'radio',
        name: 'palette-tool',
        value: tool.name,
        checked: tool === this.#tool,
      });
      radio.addEventListener('change', () => this.#choose(tool));
      this.#radios.set(tool.name, radio);
      return element('label', {}, radio, tool.name);
    });
    return element(
      'fieldset',
      { class: 'palette-tools' },
      element('legend', { class: 'for-screen-readers' }, 'kind of fault'),
      labels,
    );
  }

  #choose(tool: FaultTool): void {
    const kept = this.#target.value;
    this.#tool = tool;
    const { info } = this.#context.trace;
    const known = { info, offer: this.#offer, paths: this.#paths };
    replaceContent(this.#target, faultToolTargets(tool, known).map(optionOf));
    this.#target.value = kept;
    if (this.#target.value === '') this.#target.selectedIndex = 0;
    this.#followSelection();
  }

  get #offer(): ControlEventKind | undefined {
    return this.#kinds.find(({ kind }) => kind === this.#tool.kind);
  }

  /**
   * Offers the values that are possible for the target, and keeps the values that the reader has
   * entered.
   */
  #fill(): void {
    const { info } = this.#context.trace;
    const before = this.#inputs;
    const known = { info, offer: this.#offer };
    this.#inputs = new Map(
      this.#tool.fields.map((field) => {
        const input = inputOf(field.start, fieldOptions(field, this.#target.value, known));
        const written = before.get(field.key)?.value;
        if (written !== undefined && before.get(field.key)?.dataset['tool'] === this.#tool.name) {
          input.value = written;
          if (input.value === '' && input instanceof HTMLSelectElement) input.selectedIndex = 0;
        }
        input.dataset['tool'] = this.#tool.name;
        return [field.key, input];
      }),
    );
    const labels = this.#tool.fields.map(({ key, hint }) => {
      const note = hint === undefined ? '' : `(${hint})`;
      return element('label', {}, key, this.#inputs.get(key) ?? '', ' ', note);
    });
    replaceContent(this.#fields, labels);
    this.#showPreview();
  }

  /**
   * Uses the node or link that is selected in the drawing as the target, if the tool can act on it.
   */
  #followSelection(): void {
    const selection = this.#context.view.selection.value;
    if (selection?.kind === this.#tool.target) {
      const names = [...this.#target.options].map(({ value }) => value);
      if (names.includes(selection.name)) this.#target.value = selection.name;
    }
    this.#fill();
  }

  #event(): ScenarioEventFields {
    const values = [...this.#inputs].map(([key, input]) => [key, input.value] as const);
    return makeScenarioEvent(this.#tool, {
      target: this.#target.value,
      values: Object.fromEntries(values),
      length: this.#length.value,
    });
  }

  #showPreview(): void {
    replaceContent(this.#preview, flowStyleYaml(this.#event()));
  }
}

function optionOf({ value, text }: FaultToolTarget): HTMLOptionElement {
  return element('option', { value }, text);
}

function inputOf(
  start: string,
  choices: readonly string[] | undefined,
): HTMLInputElement | HTMLSelectElement {
  if (choices !== undefined) {
    return element(
      'select',
      {},
      choices.map((choice) => element('option', { value: choice }, choice === '' ? 'any' : choice)),
    );
  }
  return element('input', {
    type: 'text',
    value: start,
    size: 8,
  });
}
