/**
 * Passes the reports of the nodes of a world to its listeners.
 *
 * @module
 */
import type { RequestContent } from '../../engine/host/host.ts';
import type { LogSink, NodeTraceSink } from '../../engine/net/sim-observers.ts';
import type { WorldListener } from '../world.ts';

/** The hosts whose reports are passed on, and their clock. */
interface Source {
  /** The name of a host, by its index. */
  readonly nameOf: (host: number) => string;
  /** The scenario's time, ns. */
  readonly now: () => number;
}

/** Passes the reports of the nodes of a world to all its listeners. */
export class WorldListeners {
  readonly #all: WorldListener[] = [];

  add(listener: WorldListener): void {
    this.#all.push(listener);
  }

  // biome-ignore lint/complexity/useMaxParams: an object for each message would be garbage
  delivered(
    node: string,
    from: string,
    bytes: Uint8Array,
    protocol: string,
    isAgain: boolean,
  ): void {
    for (const listener of this.#all) listener.delivered?.(node, from, bytes, protocol, isAgain);
  }

  requested(node: string, request: RequestContent): void {
    for (const listener of this.#all) listener.requested?.(node, request);
  }

  handled(): void {
    for (const listener of this.#all) listener.handled?.();
  }

  readonly logged: LogSink = (...line) => {
    for (const listener of this.#all) listener.logged?.(...line);
  };

  /** Makes the sink for the reports of hosts. */
  recorder({ nameOf, now }: Source): NodeTraceSink {
    const all = this.#all;
    return {
      get isRecorded(): boolean {
        return all.some(({ keepsStates }) => keepsStates === true);
      },
      state: (host, machine, state): void => {
        for (const listener of all) listener.state?.(nameOf(host), machine, state);
      },
      span: (host, name): (() => void) => {
        const beginNs = now();
        return (): void => {
          for (const listener of all) listener.spanned?.(nameOf(host), name, beginNs, now());
        };
      },
      mark: (host, name): void => {
        for (const listener of all) listener.marked?.(nameOf(host), name);
      },
      finished: (host, protocol): void => {
        for (const listener of all) listener.finished?.(nameOf(host), protocol);
      },
      nodeDrop: (host, reason): void => {
        for (const listener of all) listener.nodeDropped?.(nameOf(host), reason);
      },
      postponed: (host, request): void => {
        for (const listener of all) listener.postponed?.(nameOf(host), request);
      },
      resumed: (host, request): void => {
        for (const listener of all) listener.resumed?.(nameOf(host), request);
      },
      handled: (): void => this.handled(),
    };
  }
}
