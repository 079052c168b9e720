/**
 * Records the statuses of nodes (`NodeHandle.status`) at instants spread evenly over a run in virtual
 * time (docs/TRACE.md, table `status`). Nodes are asked between slices of the run, which therefore does
 * not change.
 *
 * @module
 */
import type { NodeHandle } from '../../engine/host/protocol.ts';
import { BlobTable, cborText } from '../../engine/measure/trace/blob-table.ts';
import type { TableRows } from '../../engine/measure/trace/encode-block.ts';
import {
  NO_REFERENCE,
  STATUS_CHARACTERS_MAX,
  TABLES,
  type TraceHeader,
} from '../../engine/measure/trace/layout.ts';
import { TableBuffer } from '../../engine/measure/trace/table-buffer.ts';
import { nodeStatusJson } from '../asks/ask.ts';
import type { World } from '../world.ts';

/** Number of instants at which all nodes are asked: in a run of a minute, one every 1.3 s. */
const INSTANTS = 48;
/** Largest number of characters of all statuses in a trace. */
const TRACE_CHARACTERS_MAX = 2_000_000;
/** Number of characters of statuses after which a block ends. */
const BLOCK_CHARACTERS = 256_000;
/** The status that a trace contains in place of those beyond the bound. */
const END_NOTE = `no later status is recorded: those of a trace have at most ${TRACE_CHARACTERS_MAX} characters`;

/** Finds a node by its name; undefined if it is down. */
interface NodesByName {
  node(name: string): NodeHandle | undefined;
}

/** Records the statuses of one run. */
export class StatusRecorder {
  readonly #header: Pick<TraceHeader, 'nodes' | 'durationNs'>;
  readonly #calls: Pick<World, 'call'>;
  readonly #write: (rows: TableRows) => void;
  readonly #rows = new TableBuffer(TABLES.status);
  readonly #blobs = new BlobTable();
  /** The status that was last recorded of each node, as text, by the number of the node. */
  readonly #last: string[] = [];
  #nextNs = 0;
  #characters = 0;
  #flushed = 0;

  constructor(
    header: Pick<TraceHeader, 'nodes' | 'durationNs'>,
    calls: Pick<World, 'call'>,
    write: (rows: TableRows) => void,
  ) {
    this.#header = header;
    this.#calls = calls;
    this.#write = write;
  }

  /** Asks all nodes if an instant has been reached; called between slices. */
  tick(nowNs: number, nodes: NodesByName): void {
    if (nowNs < this.#nextNs) return;
    const { durationNs } = this.#header;
    const stepNs = Math.max(1, Math.floor(durationNs / (INSTANTS - 1)));
    const nextNs = (Math.floor(nowNs / stepNs) + 1) * stepNs;
    this.#nextNs = nextNs <= durationNs ? nextNs : Number.POSITIVE_INFINITY;
    const isWhole = this.#take(nowNs, nodes);
    if (!isWhole) this.#nextNs = Number.POSITIVE_INFINITY;
    this.#add(nowNs, NO_REFERENCE, isWhole ? '' : END_NOTE);
    if (this.#characters - this.#flushed >= BLOCK_CHARACTERS) this.flush();
  }

  /** Writes the statuses that are not yet written. */
  flush(): void {
    this.#flushed = this.#characters;
    if (this.#rows.count > 0) this.#write(this.#rows.take(this.#blobs.take()));
  }

  /**
   * Adds the statuses that have changed. If these exceed the bound of the trace, adds none and returns
   * false.
   */
  #take(nowNs: number, nodes: NodesByName): boolean {
    const changes: (readonly [node: number, text: string])[] = [];
    let characters = this.#characters;
    for (const [node, { name }] of this.#header.nodes.entries()) {
      const text = this.#textOf(name, nodes.node(name));
      if (text === this.#last[node]) continue;
      characters += text.length;
      if (characters > TRACE_CHARACTERS_MAX) return false;
      changes.push([node, text]);
    }
    this.#characters = characters;
    for (const [node, text] of changes) {
      this.#last[node] = text;
      this.#add(nowNs, node, text);
    }
    return true;
  }

  #textOf(name: string, node: NodeHandle | undefined): string {
    if (node === undefined) return errorText('the node is down');
    const { outcome, text } = this.#calls.call(name, 'question', () => nodeStatusJson(node));
    if (outcome !== 'ok') return errorText(text);
    const isShort = text.length <= STATUS_CHARACTERS_MAX;
    return isShort ? text : errorText(`longer than ${STATUS_CHARACTERS_MAX} characters`);
  }

  #add(timeNs: number, node: number, text: string): void {
    const value = this.#blobs.number(text, () => cborText(text));
    this.#rows.add(timeNs, node, value);
  }
}

function errorText(error: string): string {
  return JSON.stringify({ error });
}
