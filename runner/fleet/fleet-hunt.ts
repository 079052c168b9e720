/**
 * Tries attempts of a hunt on a fleet. An attempt is a run of the scenario with values set for its
 * events and limits; its outcome is the same as from a thread of this process.
 *
 * @module
 */
import { z } from 'zod';
import { Refusal } from '../../scenarios/refusal.ts';
import { type Attempt, type AttemptOutcome, EMPTY_ATTEMPT_OUTCOME } from '../hunt/attempt.ts';
import { HuntStoppedError } from '../hunt/hunt.ts';
import { type HuntedScenario, prepareAttemptScenario } from '../hunt/hunted-scenario.ts';
import { BREAKS_PER_RUN_MAX, huntBreakSchema, reachedStatesSchema } from '../hunt/kept-hunt.ts';
import { EventCheck } from '../injection/event-check.ts';
import type { FleetExecutor } from './fleet-executor.ts';

/**
 * Schema of the outcome from a worker, which is untrusted; null if the attempt took more time or
 * memory than the worker gives.
 */
const tried = z
  .object({
    breaks: z.array(huntBreakSchema).max(BREAKS_PER_RUN_MAX),
    reached: reachedStatesSchema,
    fingerprint: z.string(),
    engineEvents: z.number(),
    wallMs: z.number(),
  })
  .nullable();

/** Tries the attempts of a hunt as jobs of a fleet. */
export class FleetHunt {
  readonly #hunted: HuntedScenario;
  readonly #fleet: FleetExecutor;
  /** The prepared scenarios of attempts, by the option that the attempts change. */
  readonly #fields = new Map<string, OpenedField | undefined>();

  constructor(hunted: HuntedScenario, fleet: FleetExecutor) {
    this.#hunted = hunted;
    this.#fleet = fleet;
  }

  /**
   * Tries an attempt.
   * @returns undefined if the attempt exceeds the limits of a job or a worker: this process must then
   *   try it.
   * @throws Refusal if the fleet gives no answer; HuntStoppedError if the hunt was stopped.
   */
  async try(attempt: Attempt): Promise<AttemptOutcome | undefined> {
    const opened = await this.#huntedScenarioOf(attempt);
    if (opened === undefined) return EMPTY_ATTEMPT_OUTCOME;
    const { own, check } = opened;
    const { events } = check.takeAll(attempt.events);
    const overrides = { ...own.scenario.overrides, events: JSON.stringify(events) };
    const scenario = { ...own.scenario, overrides };
    const facts = { definitions: [], forgeries: {}, index: 0, isKept: false };
    const cell = { ...facts, scenario, parameters: overrides };
    const asked = { seed: attempt.seed, hunted: [...own.always] };
    if (!this.#fleet.takes(cell, asked)) return undefined;
    const answer = await this.#fleet.try(cell, asked);
    if (answer.kind === 'ended') throw new HuntStoppedError();
    const read = answer.kind === 'tried' ? readTried(answer.tried) : undefined;
    if (read === null) return undefined;
    if (read !== undefined) return { ...read, events };
    const why = 'message' in answer ? answer.message : 'its answer is damaged';
    throw new Refusal(`the fleet could not try an attempt: ${why}`);
  }

  async #huntedScenarioOf(attempt: Attempt): Promise<OpenedField | undefined> {
    const { option = '' } = attempt;
    if (!this.#fields.has(option)) {
      const own = await prepareAttemptScenario(this.#hunted, attempt);
      const check = own && new EventCheck(own.scenario, own.registry);
      this.#fields.set(option, own && check && { own, check });
    }
    return this.#fields.get(option);
  }
}

interface OpenedField {
  readonly own: HuntedScenario;
  readonly check: EventCheck;
}

function readTried(text: string): Omit<AttemptOutcome, 'events'> | null | undefined {
  try {
    return tried.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
