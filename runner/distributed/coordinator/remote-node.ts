/**
 * The stand-ins, in the coordinator, of nodes and sources in other processes.
 *
 * @module
 */
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import { Flow } from '../../traffic/traffic-source.ts';

/** The stand-in of a node in another process, made from the reports of its agent. */
export class RemoteNode implements NodeHandle {
  isUp = false;
  readonly #paths = new Map<string, readonly string[]>();

  /** Nothing to do, because the agent started the node. */
  start(): void {
    // The agent starts its nodes by itself.
  }

  isReady(): boolean {
    return this.isUp;
  }

  /**
   * Absent until the agent has reported a path: only then is it known that the node chooses paths.
   */
  activePath?: (target: string) => readonly string[] | undefined;

  /** Records the links that the node now uses towards `target`; undefined for none. */
  setPath(target: string, links: readonly string[] | undefined): void {
    if (links === undefined) {
      this.#paths.delete(target);
      return;
    }
    this.#paths.set(target, links);
    this.activePath ??= (other): readonly string[] | undefined => this.#paths.get(other);
  }
}

/** A flow whose source and sink are in other processes, while its meter is here. */
export class RemoteFlow extends Flow {
  /** True once the last chunk of the flow's file was accepted. */
  hasSentFile = false;

  override get isFileSent(): boolean {
    return this.hasSentFile;
  }

  /** Records that a packet left the source. */
  tell(sequence: number, atNs: number): void {
    this.nextSequence = Math.max(this.nextSequence, sequence + 1);
    this.noteSent(sequence, atNs);
  }

  override start(): void {
    // Nothing to do: the agent of the source starts the flow.
  }

  override respond(): void {
    // Nothing to do: the agent of the receiver has answered.
  }
}
