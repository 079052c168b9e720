/**
 * A coordinator of one node, inside its process, for a node that runs alone (ADR 0079): it gives the node its order,
 * begins its time as soon as it is loaded, and takes its reports. It faults nothing, judges nothing and ends nothing.
 *
 * The node then is what it is in a run: the same session, world, endpoint and drain.
 *
 * @module
 */
import type { Channel, CloseReason } from '../channel/model.ts';
import type { AgentAssignment, AgentReport } from '../messages/messages.ts';

/**
 * Instants are exact for 104 days (ns below 2^53). A node that has run for so long ends as if it were asked to, and its
 * supervisor starts it again.
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

  /** @param nowNs The machine's monotonic clock. */
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
      // The rest is for meters, which only a run has; the log has the lines.
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

  /** In an event of its own, as a message that arrives. */
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
