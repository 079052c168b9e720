/**
 * Joins several observers of a network.
 *
 * @module
 */
import type { LinkDirectionView, NetworkObserver } from '../../engine/net/direction-context.ts';

/**
 * Makes one observer that passes everything on to all observers, in their order; undefined if there are
 * none.
 */
export function joinNetworkObservers(
  observers: readonly NetworkObserver[],
): NetworkObserver | undefined {
  return observers.length > 1 ? new Observers(observers) : observers[0];
}

/** Passes everything on to several observers. */
class Observers implements NetworkObserver {
  readonly #observers: readonly NetworkObserver[];

  constructor(observers: readonly NetworkObserver[]) {
    this.#observers = observers;
  }

  onOffered(direction: LinkDirectionView, packet: number): void {
    for (const observer of this.#observers) observer.onOffered(direction, packet);
  }

  onStarted(direction: LinkDirectionView, packet: number): void {
    for (const observer of this.#observers) observer.onStarted(direction, packet);
  }

  onCopied(direction: LinkDirectionView, copy: number, original: number): void {
    for (const observer of this.#observers) observer.onCopied?.(direction, copy, original);
  }

  onDelivered(direction: LinkDirectionView, packet: number): void {
    for (const observer of this.#observers) observer.onDelivered(direction, packet);
  }

  onDropped(direction: LinkDirectionView | undefined, packet: number, reason: number): void {
    for (const observer of this.#observers) observer.onDropped(direction, packet, reason);
  }

  onPace(direction: LinkDirectionView): void {
    for (const observer of this.#observers) observer.onPace?.(direction);
  }
}
