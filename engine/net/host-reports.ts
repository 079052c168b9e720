/**
 * What the node of a simulated host reports: states, spans and marks for drawings, and log lines.
 *
 * @module
 */
import type { Log, TraceReporter } from '../host/measure.ts';
import { FINGERPRINT_KINDS } from './network.ts';
import type { HostWorld } from './sim-host-world.ts';

/** The host whose node reports. */
interface Reporter {
  readonly index: number;
  /** Mixes an event of this host into the fingerprint. */
  mixIn(kind: number, length: number): void;
}

/** Creates the trace of a protocol on a host; marks are part of the fingerprint. */
export function createHostTrace(world: HostWorld, host: Reporter): TraceReporter {
  const { index } = host;
  return {
    get isRecorded(): boolean {
      return world.recorder?.isRecorded === true;
    },
    state: (machine, state): void => world.recorder?.state(index, machine, state),
    span: (name): (() => void) => world.recorder?.span(index, name) ?? doNothing,
    mark: (name): void => {
      host.mixIn(FINGERPRINT_KINDS.mark, world.nameNumber(name));
      world.recorder?.mark(index, name);
    },
  };
}

/** Creates the log of a protocol on a host. */
export function createHostLog(world: HostWorld, name: string): Log {
  return {
    debug: (message, fields): void => world.logSink?.(name, 'debug', message, fields),
    info: (message, fields): void => world.logSink?.(name, 'info', message, fields),
    warn: (message, fields): void => world.logSink?.(name, 'warn', message, fields),
  };
}

function doNothing(): void {
  // Ends a span that is not recorded.
}
