/**
 * A rate or a delay that changes at given instants of the run
 * (docs/spec/link-model.md#rates-and-delays-that-follow-a-trace). Each quantity has one pending
 * event; a change acts before everything else of its nanosecond, as faults do.
 *
 * Does not know whether the value is a rate or a delay.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import { PLAN_NOT_BEGUN, type PlanClock } from './contact-plan.ts';
import type { TimedStepsSpec } from './link-spec.ts';

/** What the steps need of the network. */
export interface TimedStepsContext extends PlanClock {
  readonly scheduler: Scheduler;
}

/** A rate or a delay of a link that changes at given instants of the run. */
export class TimedSteps {
  private readonly spec: TimedStepsSpec;
  private readonly context: TimedStepsContext;
  private readonly onChange: () => void;
  private index = 0;
  /** Start of the current period, ns of plan time. */
  private base = 0;

  /** @param onChange Called when {@link value} has changed. */
  constructor(spec: TimedStepsSpec, context: TimedStepsContext, onChange: () => void) {
    this.spec = spec;
    this.context = context;
    this.onChange = onChange;
    if (context.planOriginNs !== PLAN_NOT_BEGUN) this.begin();
  }

  /** The present value; the first value of the trace until the plan time begins. */
  get value(): number {
    return this.spec.values[this.index] as number;
  }

  /** Schedules the next change; called when the plan time begins, and after each change. */
  begin(): void {
    const { atNs, periodNs } = this.spec;
    let next = this.index + 1;
    let base = this.base;
    if (next === atNs.length) {
      if (periodNs === undefined) return;
      next = 0;
      base += periodNs;
    }
    const { scheduler, planOriginNs } = this.context;
    const instantNs = planOriginNs + base + (atNs[next] as number);
    // The next change would be after the last instant of virtual time.
    if (instantNs > Number.MAX_SAFE_INTEGER) return;
    const fire = (): void => {
      this.index = next;
      this.base = base;
      this.onChange();
      this.begin();
    };
    scheduler.scheduleFault(Math.max(scheduler.now, instantNs), fire, 'step of a trace');
  }
}

/** Describes what is wrong with timed steps; undefined if nothing is. */
export function timedStepsProblem({ atNs, values, periodNs }: TimedStepsSpec): string | undefined {
  if (atNs[0] !== 0) return 'must begin at 0';
  if (atNs.length !== values.length) return 'must have a value for each instant';
  const wrong = atNs.findIndex((at, index) => index > 0 && at <= (atNs[index - 1] as number));
  if (wrong >= 0) return `must ascend, and step ${wrong + 1} does not`;
  if (!values.every((value) => Number.isSafeInteger(value) && value >= 0)) {
    return 'must have whole values of at least 0';
  }
  const last = atNs.at(-1) as number;
  return periodNs === undefined || periodNs > last ? undefined : 'must end before the period does';
}
