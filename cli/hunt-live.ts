/**
 * `orrery hunt FILE --live`: repeats the attempts that a hunt in virtual time kept, as processes in real
 * time, and looks for the same kinds of breaks (docs/spec/hunt.md#live).
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entryModuleUrl } from '../engine/live/own-form.ts';
import { oneLine } from '../reports/plain-text.ts';
import { refuseClouds } from '../runner/faults/clouds.ts';
import { type Attempt, type HuntBreak, nameOfBreak } from '../runner/hunt/attempt.ts';
import type { HuntState } from '../runner/hunt/hunt.ts';
import { type HuntedScenario, prepareAttemptScenario } from '../runner/hunt/hunted-scenario.ts';
import { breakFolderName, breakScenarioData, breakScenarioText } from '../runner/hunt/minimal.ts';
import { liveFaults, tryAttemptLive } from '../runner/hunt/try-live.ts';
import { commandText } from '../scenarios/command-text.ts';
import type { Scenario } from '../scenarios/model.ts';
import { NODE_PLACES } from '../scenarios/open/node-places.ts';
import { Refusal } from '../scenarios/refusal.ts';
import type { HuntProgress } from './hunt-progress.ts';

/** What a hunt in live runs needs: scenario, budget, limits and outputs. */
export interface LiveHuntOptions {
  readonly hunted: HuntedScenario;
  readonly from: HuntState;
  /** Folder of the scenario's hunts. */
  readonly folder: string;
  readonly budgetMs: number;
  /** Largest number of attempts; undefined: as many as fit into the budget. */
  readonly attempts: number | undefined;
  readonly signal: AbortSignal;
  readonly progress: HuntProgress;
  readonly json: boolean;
}

/** A break that occurred in a live run. */
interface LiveBreak {
  readonly found: HuntBreak;
  readonly attempt: Attempt;
  readonly scenario: Scenario;
  /** True if the same attempt showed it a second time. A break seen only once may be due to a busy machine. */
  readonly isRepeated: boolean;
}

/** Runs the attempts of the corpus, the newest first, and prints what broke. @returns the exit code. */
export async function huntLive(options: LiveHuntOptions): Promise<0 | 1 | 130> {
  const { hunted, from, signal, progress, budgetMs } = options;
  refuseClouds(hunted.scenario);
  const profiles = [...from.corpus.attempts, ...from.breaks.map(({ attempt }) => attempt)]
    .map((attempt) => ({ ...attempt, events: liveFaults(attempt) }))
    .filter(({ events }) => events.length > 0)
    .reverse();
  if (profiles.length === 0) {
    throw new Refusal(
      `no hunt of ${hunted.scenario.name} kept anything that processes can run: hunt without --live first`,
    );
  }
  progress.live({ tried: 0, profiles: profiles.length, broken: 0 });
  const how = { agentEntry: entryModuleUrl('./agent-start', import.meta.url), signal };
  const plain = (await tryAttemptLive(hunted, { seed: 1, events: [] }, how)) ?? [];
  const search = new LiveSearch(options, how, new Set(plain.map(nameOfBreak)));
  const endMs = performance.now() + budgetMs;
  for (const attempt of profiles.slice(0, options.attempts)) {
    if (signal.aborted || performance.now() > endMs) break;
    progress.live({ tried: search.tried, profiles: profiles.length, broken: search.breaks.size });
    if (!(await search.try(attempt))) break;
  }
  const { tried } = search;
  const breaks = [...search.breaks.values()];
  progress.clear();
  print(options, { plain, breaks, tried, profiles: profiles.length });
  if (breaks.some(({ isRepeated }) => isRepeated)) return 1;
  return signal.aborted ? 130 : 0;
}

type HowLive = Parameters<typeof tryAttemptLive>[2];

/** Tries attempts in live runs, and collects what breaks. */
class LiveSearch {
  tried = 0;
  /** The breaks that live runs showed, by their names. */
  readonly breaks = new Map<string, LiveBreak>();
  readonly #hunted: HuntedScenario;
  readonly #how: HowLive;
  readonly #known: ReadonlySet<string>;

  /**
   * @param known Names of the breaks that occur even without faults, which the search ignores.
   */
  constructor({ hunted }: LiveHuntOptions, how: HowLive, known: ReadonlySet<string>) {
    this.#hunted = hunted;
    this.#how = how;
    this.#known = known;
  }

  /**
   * Runs an attempt, and repeats it if a new break occurred.
   * @returns false if the user stopped it.
   */
  async try(attempt: Attempt): Promise<boolean> {
    const own = await prepareAttemptScenario(this.#hunted, attempt);
    if (own === undefined) return true;
    const missed = await tryAttemptLive(own, attempt, this.#how);
    if (missed === undefined) return false;
    this.tried += 1;
    const fresh = missed.filter((one) => this.#isNew(nameOfBreak(one)));
    const again = fresh.length === 0 ? [] : await tryAttemptLive(own, attempt, this.#how);
    if (again === undefined) return false;
    for (const found of fresh) {
      const isRepeated = again.map(nameOfBreak).includes(nameOfBreak(found));
      this.breaks.set(nameOfBreak(found), { found, attempt, scenario: own.scenario, isRepeated });
    }
    return true;
  }

  #isNew(name: string): boolean {
    return !this.#known.has(name) && this.breaks.get(name)?.isRepeated !== true;
  }
}

interface LiveOutcome {
  readonly plain: readonly HuntBreak[];
  readonly breaks: readonly LiveBreak[];
  readonly tried: number;
  readonly profiles: number;
}

function print(options: LiveHuntOptions, { plain, breaks, tried, profiles }: LiveOutcome): void {
  const { hunted, json } = options;
  const { name } = hunted.scenario;
  const told = breaks.map((one) => ({ ...one, file: write(options, one) }));
  if (json) {
    const document = {
      ...{ scenario: name, attempts: tried, profiles },
      brokenWithoutFaults: plain.map(nameOfBreak),
      breaks: told.map(({ found, isRepeated, file }) => ({ ...found, isRepeated, file })),
    };
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  const lines = told.flatMap(({ found, isRepeated, file }) => [
    `${isRepeated ? 'BROKEN' : 'ONCE  '}  ${name}  ${found.kind}  ${oneLine(found.place)}`,
    `  ${oneLine(found.text)}`,
    `  in ${isRepeated ? '2' : '1'} of 2 runs: ${commandText(['live', file], ['--processes'])}`,
  ]);
  const none = plain.map((one) => `without any fault it breaks ${nameOfBreak(one)}: no find`);
  const shown = breaks.filter(({ isRepeated }) => isRepeated).length;
  const end = `${name}: ${tried} of ${profiles} profiles run as processes; ${shown === 0 ? 'nothing broke twice' : `${shown} broken`}`;
  process.stdout.write(`${[...lines, ...none, end].join('\n')}\n`);
}

/** Writes the scenario that shows a break. @returns the path of its file. */
function write({ folder }: LiveHuntOptions, { found, attempt, scenario }: LiveBreak): string {
  const path = join(folder, `live-${breakFolderName(found)}`, 'shown.yaml');
  const one = { attempt, found, number: 1 };
  const head = { origin: 'Found by a hunt in real time', path };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, breakScenarioText(breakScenarioData(scenario, one, NODE_PLACES), one, head));
  return path;
}
