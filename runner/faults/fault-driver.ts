/**
 * Carries out faults: computes for each entry of `events` the instants at which it begins and ends,
 * acts on the world, and records what was affected.
 *
 * Instants and targets are drawn from the stream `faults/<id>`, so the draws of traffic do not depend
 * on faults. Faults act before the packets of the same nanosecond (docs/spec/scenario-files.md#events).
 * A fault that affects nothing is an error of the scenario, never a sample.
 *
 * @module
 */
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import type { FaultRecord } from '../../reports/model.ts';
import {
  type FaultAction,
  findActionKey,
  listActionTargets,
} from '../../scenarios/files/events/actions.ts';
import type { FaultSpec } from '../../scenarios/model.ts';
import { FAULT_ACTIONS, type FaultActionEffect } from './fault-actions.ts';
import {
  type FaultContext,
  FaultError,
  type FaultHit,
  type OpenFaultRecord,
} from './fault-context.ts';

/** Carries out the faults of one run. */
export class FaultDriver {
  readonly records: OpenFaultRecord[] = [];
  readonly #context: FaultContext;
  /** Instants at which a fault begins or ends. */
  readonly #scheduledNs = new Set<number>();
  /** Number of crashes that keep a node down at present, by the name of the node. */
  readonly #crashes = new Map<string, number>();
  #count = 0;
  #isClosed = false;

  constructor(context: FaultContext) {
    this.#context = context;
  }

  /** Schedules every instant of every fault. */
  schedule(): void {
    for (const spec of this.#context.scenario.events) {
      for (const { instant, draws } of this.#openings(spec)) {
        this.#book(instant.beginNs, () => {
          if (!this.#isClosed) this.#begin(spec, draws, instant);
        });
      }
    }
  }

  /**
   * To be called when the work of the run is done: faults of the file that have not begun are
   * cancelled.
   */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Schedules a fault that is not in the file. At its instant, `settle` receives its record, or the
   * error if it cannot be carried out, in which case the run is unchanged.
   */
  inject(spec: FaultSpec, settle: (came: FaultRecord | FaultError) => void): void {
    for (const { instant, draws } of this.#openings(spec)) {
      this.#book(instant.beginNs, () => {
        let came: FaultRecord | FaultError;
        try {
          came = this.#begin(spec, draws, instant);
        } catch (error) {
          if (!(error instanceof FaultError)) throw error;
          came = error;
        }
        settle(came);
      });
    }
  }

  /**
   * The first instant from `fromNs` on at which no other fault begins or ends. A fault there is in the
   * same order among events whether it is scheduled at the start of the run or just before.
   */
  freeInstant(fromNs: number): number {
    const { warmupNs } = this.#context.scenario;
    let at = fromNs;
    while (this.#scheduledNs.has(at) || at === warmupNs) at += 1;
    return at;
  }

  #openings(spec: FaultSpec): { readonly instant: Instant; readonly draws: RandomStream }[] {
    const obstacle = effectOf(spec.action).obstacle?.(this.#context);
    if (obstacle !== undefined) throw new FaultError(spec, obstacle);
    const draws = openRandomStream(this.#context.seed, 'faults', spec.id);
    return this.#instants(spec, draws).map((instant) => ({ instant, draws }));
  }

  #book(timeNs: number, fire: () => void): void {
    this.#scheduledNs.add(timeNs);
    this.#context.world.atFault(timeNs, fire);
  }

  #instants(spec: FaultSpec, draws: RandomStream): Instant[] {
    const { schedule } = spec;
    const end = this.#context.scenario.durationNs;
    switch (schedule.kind) {
      case 'at': {
        const endNs = schedule.forNs === undefined ? undefined : schedule.atNs + schedule.forNs;
        return [{ beginNs: schedule.atNs, endNs, only: undefined }];
      }
      case 'every': {
        const instants: Instant[] = [];
        const { everyNs, forNs } = schedule;
        // Only slots that end before the end of the run count.
        for (let slot = schedule.fromNs; slot + everyNs <= end; slot += everyNs) {
          const room = everyNs - forNs;
          const phase = schedule.phase === 'random' ? Math.floor(draws.uniform() * (room + 1)) : 0;
          const beginNs = slot + phase;
          instants.push({ beginNs, endNs: beginNs + forNs, only: undefined });
        }
        return instants;
      }
      case 'random':
        return this.#randomInstants(spec, schedule, draws);
    }
  }

  /** The instants of a random schedule. Each target has its own instants, drawn from its own stream. */
  #randomInstants(
    spec: FaultSpec,
    schedule: Extract<FaultSpec['schedule'], { kind: 'random' }>,
    draws: RandomStream,
  ): Instant[] {
    const { seed, scenario } = this.#context;
    const instants: Instant[] = [];
    for (const only of drawnTargets(spec.action, draws)) {
      const own = openRandomStream(seed, 'faults', `${spec.id}/${only}`);
      let at = schedule.fromNs + own.exponential(schedule.meanUpNs);
      while (at < schedule.toNs) {
        const down = Math.max(1, Math.floor(own.exponential(schedule.meanDownNs)));
        const beginNs = Math.floor(at);
        const endNs = beginNs + down;
        // A node that would restart after the end of the measurement stays down.
        const isOver = spec.action.kind === 'crash' && endNs >= scenario.durationNs;
        instants.push({ beginNs, endNs: isOver ? undefined : endNs, only });
        at += down + own.exponential(schedule.meanUpNs);
      }
    }
    if (instants.length === 0) {
      const message = `${spec.id} touches nothing: with seed ${seed} it never happens`;
      throw new FaultError(spec, `${message}; raise duration, or lower up`);
    }
    return instants.sort((a, b) => a.beginNs - b.beginNs);
  }

  #begin(
    spec: FaultSpec,
    draws: RandomStream,
    instant: Pick<Instant, 'endNs' | 'only'>,
  ): FaultRecord {
    const { world } = this.#context;
    const hit = this.#act(spec, draws, instant.only);
    if (hit.targets.length === 0) throw new FaultError(spec, `${spec.id} touches nothing`);
    this.#count += 1;
    const record: OpenFaultRecord = {
      id: `${spec.id}#${this.#count}`,
      kind: spec.action.kind,
      text: hit.text,
      targets: hit.targets,
      beginNs: world.now(),
      effects: {},
    };
    this.records.push(record);
    this.#context.began(record, hit.cut);
    hit.began?.(record);
    if (instant.endNs === undefined) return record;
    this.#book(instant.endNs, () => {
      record.endNs = world.now();
      for (const undo of hit.undo) undo();
    });
    return record;
  }

  #act(spec: FaultSpec, draws: RandomStream, only: string | undefined): FaultHit {
    const call = { context: this.#context, spec, draws, only, crashes: this.#crashes };
    return effectOf(spec.action).act(spec.action, call);
  }
}

interface Instant {
  readonly beginNs: number;
  readonly endNs: number | undefined;
  /** The one link or node that the instant concerns, in a `random` schedule. */
  readonly only: string | undefined;
}

/** The targets of a random schedule; if the action has a `count`, they are drawn too. */
function drawnTargets(action: FaultAction, draws: RandomStream): readonly string[] {
  const targets = listActionTargets(action);
  if (action.kind !== 'crash' || action.count === undefined) return targets;
  return draws.choose(action.count, targets.length).map((index) => targets[index] as string);
}

function effectOf(action: FaultAction): FaultActionEffect<FaultAction> {
  return FAULT_ACTIONS[findActionKey(action)] as FaultActionEffect<FaultAction>;
}
