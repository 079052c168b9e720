/**
 * Tries attempts on a fleet: each is a run of the scenario with values for its events and limits, and says
 * what a thread of this process would say.
 *
 * @module
 */
import { z } from 'zod';
import { Refusal } from '../../scenarios/refusal.ts';
import type { Attempt, TriedAttempt } from '../hunt/attempt.ts';
import { REACHED_MAX } from '../hunt/corpus.ts';
import { type Field, fieldOf } from '../hunt/field.ts';
import { foundBreak } from '../hunt/kept-hunt.ts';
import { EventCheck } from '../injection/event-check.ts';
import type { FleetExecutor } from './fleet-executor.ts';

/** Most breaks of one run that are read. */
const BREAKS_MAX = 1_000;

/** What a worker says; it may be anything. */
const tried = z.object({
  breaks: z.array(foundBreak).max(BREAKS_MAX),
  reached: z.array(z.string()).max(REACHED_MAX),
  fingerprint: z.string(),
  engineEvents: z.number(),
  wallMs: z.number(),
});

/** See the module. */
export class FleetHunt {
  readonly #field: Field;
  readonly #fleet: FleetExecutor;
  /** The fields of attempts, by the option that these change. */
  readonly #fields = new Map<string, { readonly own: Field; readonly check: EventCheck }>();

  constructor(field: Field, fleet: FleetExecutor) {
    this.#field = field;
    this.#fleet = fleet;
  }

  /**
   * @returns undefined if no worker may take the attempt, which then can be tried here.
   * @throws Refusal if the fleet has no answer.
   */
  async try(attempt: Attempt): Promise<TriedAttempt | undefined> {
    const { own, check } = await this.#fieldOf(attempt);
    const { events } = check.takeAll(attempt.events);
    const overrides = { ...own.scenario.overrides, events: JSON.stringify(events) };
    const scenario = { ...own.scenario, overrides };
    const facts = { definitions: [], forgeries: {}, index: 0, isKept: false };
    const cell = { ...facts, scenario, parameters: overrides };
    const asked = { seed: attempt.seed, hunted: [...own.always] };
    if (!this.#fleet.takes(cell, asked)) return undefined;
    const answer = await this.#fleet.try(cell, asked);
    // It was asked to stop: as if the attempt had shown nothing.
    if (answer.kind === 'ended') return { ...NOTHING, events };
    const read = answer.kind === 'tried' ? readTried(answer.tried) : undefined;
    if (read !== undefined) return { ...read, events };
    const why = 'message' in answer ? answer.message : 'its answer is damaged';
    throw new Refusal(`the fleet could not try an attempt: ${why}`);
  }

  async #fieldOf(attempt: Attempt): Promise<{ readonly own: Field; readonly check: EventCheck }> {
    const { option = '' } = attempt;
    const known = this.#fields.get(option);
    if (known !== undefined) return known;
    const own = await fieldOf(this.#field, attempt);
    const made = { own, check: new EventCheck(own.scenario, own.registry) };
    this.#fields.set(option, made);
    return made;
  }
}

const NOTHING = { breaks: [], reached: [], fingerprint: '', engineEvents: 0, wallMs: 0 };

function readTried(text: string): Omit<TriedAttempt, 'events'> | undefined {
  try {
    return tried.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
