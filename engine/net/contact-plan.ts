/**
 * Scheduled contacts of one direction: the times at which it can send, which may differ from the
 * plan that nodes see (docs/spec/link-model.md#contacts).
 *
 * Must be asked about instants in ascending order. Does not queue or send.
 *
 * @module
 */
import type { ActualContactSpec, ContactSpec, ContactsSpec } from './link-spec.ts';

/** A contact that takes place, as {@link ContactPlan.at} returns it. */
export interface Contact {
  /** Actual beginning of the contact, ns of the scheduler's time. */
  readonly startNs: number;
  readonly endNs: number;
  readonly spec: ContactSpec;
}

/** The instant to which the times of contact plans are relative. */
export interface PlanClock {
  /** Instant of the scheduler that the plans call time 0; {@link PLAN_NOT_BEGUN} until it is known. */
  readonly planOriginNs: number;
}

/**
 * Value of {@link PlanClock.planOriginNs} until a live run has begun, that is, until its nodes are
 * ready. Until then a contact that is planned for time 0 is open, and no other contact is.
 */
export const PLAN_NOT_BEGUN = Number.POSITIVE_INFINITY;

/** Steps through the contacts that take place; all its instants are times of the scheduler. */
export class ContactPlan {
  readonly outside: 'queue' | 'drop';
  readonly atEnd: 'keep' | 'drop';
  private readonly spec: ContactsSpec;
  private readonly clock: PlanClock;
  private index = 0;
  /** Start of the current period, ns. */
  private base = 0;
  private current: Contact | undefined | 'unknown' = 'unknown';
  /** True if a contact has ended since the last call of {@link takeEnd}. */
  private hasEnded = false;

  constructor(spec: ContactsSpec, clock: PlanClock) {
    this.spec = spec;
    this.clock = clock;
    this.outside = spec.outside ?? 'queue';
    this.atEnd = spec.atEnd ?? 'keep';
  }

  /** The contact that is open at `now` or starts next; undefined when none follows. */
  at(now: number): Contact | undefined {
    if (this.clock.planOriginNs === PLAN_NOT_BEGUN) return this.beforeBegin();
    let current = this.current === 'unknown' ? this.make() : this.current;
    while (current !== undefined && now >= current.endNs) {
      this.hasEnded = true;
      this.index += 1;
      current = this.make();
    }
    this.current = current;
    return current;
  }

  /** True while a contact is open. */
  isOpen(now: number): boolean {
    const contact = this.at(now);
    return contact !== undefined && now >= contact.startNs;
  }

  /** True if a contact has ended since the last call. */
  takeEnd(now: number): boolean {
    this.at(now);
    const { hasEnded } = this;
    this.hasEnded = false;
    return hasEnded;
  }

  private beforeBegin(): Contact | undefined {
    const [spec] = this.spec.windows;
    if (spec === undefined) return undefined;
    const actual = actualOf(this.spec, spec.startNs);
    const isOpen = (actual?.startNs ?? spec.startNs) === 0 && actual?.isMissing !== true;
    return { startNs: isOpen ? 0 : PLAN_NOT_BEGUN, endNs: PLAN_NOT_BEGUN, spec };
  }

  /** The first contact from the present index on that takes place. */
  private make(): Contact | undefined {
    const { windows, periodNs } = this.spec;
    for (; ; this.index += 1) {
      if (this.index === windows.length && periodNs !== undefined && windows.length > 0) {
        this.index = 0;
        this.base += periodNs;
      }
      const spec = windows[this.index];
      if (spec === undefined) return undefined;
      const plannedStartNs = this.base + spec.startNs;
      const actual = actualOf(this.spec, plannedStartNs);
      if (actual?.isMissing === true) continue;
      const origin = this.clock.planOriginNs;
      const startNs = origin + (actual?.startNs ?? plannedStartNs);
      return { startNs, endNs: origin + (actual?.endNs ?? this.base + spec.endNs), spec };
    }
  }
}

/** The planned contact that begins at an instant; undefined if none does. */
function plannedContact(
  { windows, periodNs = Number.POSITIVE_INFINITY }: ContactsSpec,
  plannedStartNs: number,
): { readonly startNs: number; readonly endNs: number } | undefined {
  for (const { startNs, endNs } of windows) {
    const distance = plannedStartNs - startNs;
    const isRepetition = distance > 0 && distance % periodNs === 0;
    if (distance === 0 || isRepetition) {
      return { startNs: plannedStartNs, endNs: endNs + distance };
    }
  }
  return undefined;
}

function actualOf({ actual }: ContactsSpec, plannedStartNs: number): ActualContactSpec | undefined {
  return actual?.find((one) => one.plannedStartNs === plannedStartNs);
}

/** What is wrong with an entry of `actual`: its order, its plan, or one of its times. */
export type ActualContactProblem = 'order' | 'unplanned' | 'missing' | 'start' | 'end';

/**
 * Finds the first entry of `actual` that is invalid: it is out of order, names no planned contact, is missing but has
 * times, or has a start or end outside the planned window.
 */
export function actualContactProblem(
  contacts: ContactsSpec,
): { readonly index: number; readonly kind: ActualContactProblem } | undefined {
  const entries = contacts.actual ?? [];
  for (const [index, entry] of entries.entries()) {
    const kind = problemOf(contacts, entry, entries[index - 1]);
    if (kind !== undefined) return { index, kind };
  }
  return undefined;
}

function problemOf(
  contacts: ContactsSpec,
  entry: ActualContactSpec,
  previous: ActualContactSpec | undefined,
): ActualContactProblem | undefined {
  const { plannedStartNs, startNs, endNs, isMissing } = entry;
  if (previous !== undefined && plannedStartNs <= previous.plannedStartNs) return 'order';
  const plan = plannedContact(contacts, plannedStartNs);
  if (plan === undefined) return 'unplanned';
  if (isMissing === true) {
    return startNs === undefined && endNs === undefined ? undefined : 'missing';
  }
  const begin = startNs ?? plan.startNs;
  if (begin < plan.startNs || begin >= plan.endNs) return 'start';
  const end = endNs ?? plan.endNs;
  return end > plan.endNs || end <= begin ? 'end' : undefined;
}
