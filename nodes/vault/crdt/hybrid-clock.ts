/**
 * Hybrid logical clock (Kulkarni et al., OPODIS 2014, figure 5): never behind a stamp that it has
 * seen, and as near to the physical clock as that allows.
 *
 * @module
 */
import { LOGICAL_MAX } from '../geometry.ts';

/** See the module. */
export class HybridClock {
  #physicalMs = 0;
  #logical = 0;

  /** The time of the last event: physical part in Unix ms, logical part. */
  get time(): readonly [physicalMs: number, logical: number] {
    return [this.#physicalMs, this.#logical];
  }

  /** Advances for an event of this replica. @returns the time of the event, later than that of all events before it. */
  send(nowMs: number): readonly [physicalMs: number, logical: number] {
    if (nowMs > this.#physicalMs) this.#set(nowMs, 0);
    else this.#set(this.#physicalMs, this.#logical + 1);
    return this.time;
  }

  /** Advances beyond the time of an event elsewhere. */
  receive([physicalMs, logical]: readonly [number, number, ...unknown[]], nowMs: number): void {
    const latestMs = Math.max(this.#physicalMs, physicalMs, nowMs);
    const own = latestMs === this.#physicalMs ? this.#logical + 1 : 0;
    const other = latestMs === physicalMs ? logical + 1 : 0;
    this.#set(latestMs, Math.max(own, other));
  }

  #set(physicalMs: number, logical: number): void {
    const isOver = logical > LOGICAL_MAX;
    this.#physicalMs = isOver ? physicalMs + 1 : physicalMs;
    this.#logical = isOver ? 0 : logical;
  }
}
