/**
 * `--viz`: carries out orders of the browser view's pages in the run in progress, records the faults that were
 * injected, and writes a scenario with them (ADR 0015).
 *
 * @module
 */
import { join } from 'node:path';
import { interactiveYaml } from '../runner/injection/export.ts';
import { type InjectableKind, listInjectableKinds } from '../runner/injection/kinds.ts';
import type { InjectedEvent, RunPortReport } from '../runner/injection/messages.ts';
import type { RunPortClient, UnnumberedPortCommand } from '../runner/injection/run-port-client.ts';
import type { RunEnd, RunRequest } from '../runner/run/run-order.ts';
import type { Scenario } from '../scenarios/model.ts';
import { type RepeatFlags, repeatCommand } from '../scenarios/repeat-command.ts';
import {
  type ControlOrder,
  type ControlReply,
  type ControlState,
  type InjectedFault,
  makeRefusal,
} from '../viz/format/control-wire.ts';
import type { ControlHandler } from '../viz/server/control-channel.ts';
import { INTERACTIVE_SCENARIO_FILE } from './run-files.ts';
import type { RunnerFolder } from './run-folder.ts';
import { INTERACTIVE_RUN_SUFFIX } from './run-name.ts';
import { writeAllOrNone } from './whole-files.ts';

/** What is known about the run into which pages may inject faults. */
export interface FaultPaletteOptions {
  readonly scenario: Scenario;
  /** Kinds of forged packets, by the name of the node that they attack. */
  readonly forgeries: Readonly<Record<string, readonly string[]>>;
  readonly seeds: readonly number[];
  /** True if each seed runs a second time, with changes. */
  readonly hasTwin?: boolean;
  readonly command: 'scenario' | 'live' | 'emulate';
  /** Virtual seconds per wall second at the start of a run in virtual time. */
  readonly speed: number | undefined;
  /** Why nothing can be injected into this run; absent if faults can be injected. */
  readonly bar?: string | undefined;
  /** Sends the orders of pages to the run. */
  readonly client: RunPortClient;
}

/** A way to run a scenario (execute.ts) into whose runs pages may inject faults. */
interface Acted {
  readonly command: 'scenario' | 'live' | 'emulate';
  readonly run: (order: RunRequest, place: RunnerFolder) => Promise<RunEnd>;
}

const OVER = 'the run has ended';
const SEVERAL =
  'several seeds run: a fault in one of them would not be in the others; add --seed to the command';
const TWIN =
  'a twin runs beside: a fault in one would not be in the other; add --set twin.run=written to the command';
const PACE_BARS = {
  scenario: undefined,
  live: 'a live run on real sockets cannot be paused',
  emulate: 'an emulated run follows the wall clock',
} as const;

/** Passes the commands of browser pages to the run in progress, and keeps the faults that they injected. */
export class FaultPalette implements ControlHandler {
  onChange: () => void = () => undefined;
  readonly #parts: FaultPaletteOptions;
  readonly #kinds: readonly InjectableKind[];
  readonly #faults: InjectedEvent[] = [];
  #speed: number | null;
  #phase: ControlState['phase'] = 'waiting';
  #reason: string | undefined;
  #paths: readonly string[] | undefined;

  constructor(parts: FaultPaletteOptions) {
    this.#parts = parts;
    const { scenario, forgeries, seeds, command, speed, hasTwin, client } = parts;
    this.#kinds = listInjectableKinds(scenario, forgeries);
    this.#speed = command === 'scenario' ? (speed ?? null) : null;
    this.#reason = parts.bar ?? (seeds.length > 1 ? SEVERAL : hasTwin === true ? TWIN : undefined);
    if (this.isBarred) this.#phase = 'closed';
    else client.onNews = (news): void => this.#hear(news);
  }

  /** True if no page of the browser view may inject faults into this run. */
  get isBarred(): boolean {
    return this.#reason !== undefined;
  }

  /** Faults that happened in the run and are not in its file. */
  get faults(): readonly InjectedEvent[] {
    return this.#faults;
  }

  get state(): Omit<ControlState, 'refused'> {
    const bar = PACE_BARS[this.#parts.command];
    return {
      phase: this.#phase,
      kinds: this.#kinds,
      speed: this.#speed,
      faults: this.#faults.map(faultOf),
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(this.#paths === undefined ? {} : { paths: this.#paths }),
      ...(bar === undefined ? {} : { paceBar: bar }),
    };
  }

  /** The text of the scenario file, with the faults that were injected. */
  yaml(): string {
    const { scenario, seeds } = this.#parts;
    return interactiveYaml({ scenario, seed: seeds[0] ?? 1, faults: this.#faults });
  }

  obey(order: ControlOrder): Promise<ControlReply> {
    const { number } = order;
    if (order.kind === 'export') return Promise.resolve(this.#export(number));
    const paceBar = PACE_BARS[this.#parts.command];
    if (order.kind === 'pace' && paceBar !== undefined) {
      return Promise.resolve(makeRefusal(number, 'pace', paceBar));
    }
    if (this.#phase !== 'open') {
      const why = this.#reason ?? 'the run has not begun';
      return Promise.resolve(makeRefusal(number, this.#phase, why));
    }
    return new Promise((resolve) => {
      // Orders of two pages may have the same number, so the client numbers them anew, and the
      // reply restores the page's number.
      const taker = (news: RunPortReport | undefined): void => resolve(replyTo(number, news));
      this.#parts.client.send(lineOrder(order), taker);
    });
  }

  /** Called when the run is over and accepts no more orders. */
  close(): void {
    this.#phase = 'closed';
    this.#reason ??= OVER;
    this.onChange();
  }

  #export(number: number): ControlReply {
    if (this.#faults.length === 0) {
      return makeRefusal(
        number,
        'nothing',
        'no fault was injected, so the scenario file already describes this run',
      );
    }
    try {
      return { kind: 'scenario', number, file: INTERACTIVE_SCENARIO_FILE, yaml: this.yaml() };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return makeRefusal(number, 'file', `the scenario file can no longer be read: ${why}`);
    }
  }

  #hear(news: RunPortReport): void {
    switch (news.kind) {
      case 'ready':
        this.#phase = 'open';
        this.#paths = news.paths;
        break;
      case 'injected':
        this.#faults.push(news.fault);
        break;
      case 'paced':
        this.#speed = news.speed;
        break;
      default:
        return;
    }
    this.onChange();
  }
}

function lineOrder(order: Exclude<ControlOrder, { kind: 'export' }>): UnnumberedPortCommand {
  return order.kind === 'status' ? { kind: 'statuses', node: order.node } : order;
}

/** The reply to an order of a page, from the run's report on that order; undefined if the run gave no report. */
function replyTo(number: number, news: RunPortReport | undefined): ControlReply {
  switch (news?.kind) {
    case 'injected':
      return { kind: 'done', number, fault: faultOf(news.fault) };
    case 'refused':
      return makeRefusal(number, 'event', news.reason);
    case 'statuses':
      return { kind: 'status', number, text: JSON.stringify(Object.values(news.nodes)[0] ?? {}) };
    case 'paced':
      return { kind: 'done', number };
    default:
      return makeRefusal(number, 'closed', OVER);
  }
}

/**
 * Wraps a runner so that pages of the browser view can inject faults into its runs.
 * @param repeat The arguments of the run's command.
 */
export function withFaultPalette(runner: Acted, palette: FaultPalette, repeat: RepeatFlags): Acted {
  const run: Acted['run'] = async (order, place) => {
    const end = await runner.run(order, place).finally(() => palette.close());
    const faults = palette.faults.length;
    if (faults === 0) return end;
    // A run with injected faults is not the run that its file describes, so it gets another folder.
    if (end.kind === 'judged') place.rename(INTERACTIVE_RUN_SUFFIX);
    const { folder } = place;
    const isWritten = writeInteractive(folder, palette);
    if (end.kind !== 'judged') return end;
    const interactive = { faults, file: INTERACTIVE_SCENARIO_FILE };
    if (!isWritten) return { kind: 'judged', input: { ...end.input, interactive } };
    const file = join(folder, INTERACTIVE_SCENARIO_FILE);
    const { seed: _seed, seeds: _seeds, set: _set, ...layout } = repeat;
    const base = repeatCommand(runner.command, file, layout);
    const reproduce = withExtras(base, end.input.reproduce, order.reproduce);
    return { kind: 'judged', input: { ...end.input, interactive, reproduce } };
  };
  return { ...runner, run };
}

/**
 * Writes the exported scenario. If that fails, it prints why and returns false; the run keeps its
 * verdict.
 */
function writeInteractive(folder: string, palette: FaultPalette): boolean {
  try {
    writeAllOrNone(folder, [[INTERACTIVE_SCENARIO_FILE, palette.yaml()]]);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`orrery: ${join(folder, INTERACTIVE_SCENARIO_FILE)}: ${why}\n`);
    return false;
  }
}

/**
 * Adds to the command `base` the flags that the command `said` has and the command `ordered` does
 * not have.
 */
function withExtras(base: string, said: string, ordered: string): string {
  const extras = said.startsWith(ordered)
    ? said.slice(ordered.length).replace(/^ --(?= )/, '')
    : '';
  if (extras === '') return base;
  const isReady = base.startsWith('npx ') || base.includes(' -- ');
  return `${base}${isReady ? '' : ' --'}${extras}`;
}

function faultOf({ id, text, beginNs, endNs }: InjectedEvent): InjectedFault {
  return { id, text, beginNs, ...(endNs === undefined ? {} : { endNs }) };
}
