/**
 * Stands for the coordinator inside the process of a node that runs alone (ADR 0079): it gives the node
 * its assignment, begins its time as soon as it is loaded, and takes its reports. It makes no faults,
 * judges nothing and never ends the run.
 *
 * So the node has the same session, world, operator endpoint and drain as in a run.
 *
 * @module
 */
import type { Channel, CloseReason } from '../channel/model.ts';
import type { AgentAssignment, AgentReport } from '../messages/messages.ts';

/**
 * After this many days a node shuts down as on a signal, and its supervisor starts it again:
 * instants in ns are exact (below 2^53) for 104 days only.
 */
export const STANDALONE_RUN_DAYS_MAX = 100;
const NS_PER_DAY = 86_400_000_000_000n;

/** The channel to a coordinator inside the process of a node that runs without one. */
export class StandaloneChannel implements Channel {
  readonly peer = 'this process';
  onMessage: Channel['onMessage'] = () => undefined;
  onClose: Channel['onClose'] = () => undefined;
  readonly #order: AgentAssignment;
  readonly #nowNs: () => bigint;
  #zeroNs: bigint | undefined;
  #reason: CloseReason | undefined;

  /** @param nowNs Reads the machine's monotonic clock, ns. */
  constructor(order: AgentAssignment, nowNs: () => bigint = () => process.hrtime.bigint()) {
    this.#order = order;
    this.#nowNs = nowNs;
  }

  send(report: AgentReport): void {
    if (this.#reason !== undefined) return;
    switch (report.type) {
      case 'hello':
        this.#tell({ type: 'load', order: this.#order });
        return;
      case 'loaded':
        this.#zeroNs = this.#nowNs();
        this.#tell({ type: 'start', zeroNs: this.#zeroNs });
        return;
      case 'measured':
        if (this.#isOld()) this.#tell({ type: 'mute' }, { type: 'stop' });
        return;
      case 'result':
        this.#end('peer closed');
        return;
      default:
      // Other reports are for the meters of a run; a node that runs alone has none.
    }
  }

  close(): void {
    this.#end('closed');
  }

  #isOld(): boolean {
    const zeroNs = this.#zeroNs;
    return (
      zeroNs !== undefined && this.#nowNs() - zeroNs > BigInt(STANDALONE_RUN_DAYS_MAX) * NS_PER_DAY
    );
  }

  /** Delivers commands in a later event, as if they arrived over a network. */
  #tell(...commands: readonly object[]): void {
    setImmediate(() => {
      for (const command of commands) if (this.#reason === undefined) this.onMessage(command);
    });
  }

  #end(reason: CloseReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    queueMicrotask(() => this.onClose(reason));
  }
}
