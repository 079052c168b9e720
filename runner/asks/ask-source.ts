/**
 * Puts the questions of an entry of `traffic` at its rate, without waiting for answers (open loop).
 *
 * @module
 */
import { NS_PER_S } from '../../engine/core/time.ts';
import type { AskSpec, PeriodicAskSpec } from '../../scenarios/fault-parts.ts';
import type { World } from '../world.ts';

/** What {@link scheduleAsks} needs from its run. */
export interface AskSourceParts {
  readonly world: Pick<World, 'at' | 'now'>;
  readonly ask: (spec: AskSpec) => void;
  /** True when the work of the run is done. */
  readonly isOver: () => boolean;
}

/** Schedules the questions at fixed instants after the start, so that a late question delays no other. */
export function scheduleAsks(
  { asks, rate, startNs, stopNs }: PeriodicAskSpec,
  parts: AskSourceParts,
): void {
  const { world, ask, isOver } = parts;
  let count = 0;
  const book = (): void => {
    const atNs = startNs + Math.round(((count + 1) * NS_PER_S) / rate);
    if (atNs >= stopNs) return;
    world.at(Math.max(atNs, world.now()), () => {
      if (isOver()) return;
      const spec = asks[count % asks.length];
      count += 1;
      if (spec !== undefined) ask(spec);
      book();
    });
  };
  book();
}
