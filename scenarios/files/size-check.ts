/**
 * Finds packets of `traffic` that are too long for their protocol, if that is known before the run
 * (E104): the protocol states how much it carries with the options of its node, and no packet exceeds a
 * buffer. Other packets that are too long are refused by the node during the run, with a counted
 * reason.
 *
 * @module
 */

import type { z } from 'zod';
import { BUFFER_SIZES_BYTES } from '../../engine/net/buffer-pool.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import { effectiveOptions, type OverridingOptions } from '../../topologies/assemble/options.ts';
import {
  type ProtocolOnHost,
  protocolsOnHost,
} from '../../topologies/assemble/protocols-on-host.ts';
import type { ValuePath } from '../../topologies/files/locate.ts';
import type { TrafficSpec } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import { type FlowEnds, nodesOfEnds } from './traffic-ends.ts';

const BUFFER_BYTES_MAX = greatestOf(BUFFER_SIZES_BYTES);

/** The options of the scenario, by protocol or node name. */
type Options = Readonly<Record<string, OverridingOptions['options']>>;

/** The packets of a traffic entry. */
type Packets = Pick<TrafficSpec, 'by' | 'pattern' | 'sizeBytes'> & { readonly ends: FlowEnds };

/** The longest message that a node accepts, and the reason. */
interface Limit {
  readonly bytes: number;
  readonly words: string;
}

/** Finds packets of `traffic` that are longer than their protocol carries (E104). */
export class PacketSizeCheck {
  readonly #context: ScenarioContext;
  readonly #options: Options;
  /** Limits by `node/protocol`; undefined if unknown. */
  readonly #known = new Map<string, Limit | undefined>();

  /** The longest packet of a trace, which many flows may share. */
  readonly #longest = new WeakMap<readonly number[], number>();

  constructor(context: ScenarioContext, options: Options) {
    this.#context = context;
    this.#options = options;
  }

  /** Reports packets of an entry that are too long for one of the nodes that send them. */
  check({ ends, by, pattern, sizeBytes }: Packets, path: ValuePath): void {
    const nodes = nodesOfEnds(ends);
    const isAnswered = pattern.kind === 'request-response';
    const sources = ends.kind === 'pair' ? nodes.slice(0, 1) : nodes;
    const isTrace = pattern.kind === 'trace';
    const bytes = isTrace ? this.#greatest(pattern.bytes) : sizeBytes;
    this.#checkAt(sources, { by, bytes }, [...path, isTrace ? 'file' : 'size']);
    if (!isAnswered) return;
    const answering = ends.kind === 'pair' ? nodes.slice(1) : nodes;
    const response = { by, bytes: pattern.responseBytes };
    this.#checkAt(answering, response, [...path, 'response']);
  }

  #greatest(bytes: readonly number[]): number {
    const greatest = this.#longest.get(bytes) ?? Math.max(0, greatestOf(bytes));
    this.#longest.set(bytes, greatest);
    return greatest;
  }

  #checkAt(
    nodes: readonly string[],
    { by, bytes }: { readonly by: string | undefined; readonly bytes: number },
    path: ValuePath,
  ): void {
    for (const node of nodes) {
      const limit = this.#limitAt(node, by);
      if (limit === undefined || bytes <= limit.bytes) continue;
      const message = `${bytes} B is above ${limit.bytes} B, ${limit.words}`;
      this.#context.refuse('E104', path, message, 'use a smaller size');
      return;
    }
  }

  #limitAt(node: string, by: string | undefined): Limit | undefined {
    const key = `${node}/${by ?? ''}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#readLimit(node, by));
    return this.#known.get(key);
  }

  #readLimit(node: string, by: string | undefined): Limit | undefined {
    const { registry } = this.#context;
    const stack = protocolsOnHost(this.#context.host(node));
    const nameOf = ({ protocol }: ProtocolOnHost): string =>
      registry.protocols(protocol)?.name ?? protocol;
    const placed = by === undefined ? stack.at(-1) : stack.find((one) => nameOf(one) === by);
    const protocol = placed && registry.protocols(placed.protocol);
    if (placed === undefined || protocol === undefined) return undefined;
    const { name, carries } = protocol;
    // A protocol that carries layers puts one more byte, the channel, in front of each packet.
    const channel = placed === stack.at(-1) ? 0 : 1;
    const options = effectiveOptions(placed, this.#options);
    const parsed = protocol.config.safeParse(options) as z.ZodSafeParseResult<unknown>;
    // The limit depends on the options, so it is unknown if these have mistakes, which are reported
    // elsewhere.
    if (!parsed.success) return undefined;
    const terms = carries?.(parsed.data);
    if (terms !== undefined) {
      return { bytes: terms.maxBytes - channel, words: `the most that ${name} carries` };
    }
    if (placed !== stack[0]) return undefined;
    return {
      bytes: BUFFER_BYTES_MAX,
      words: `a buffer, and ${name} does not say that it takes more`,
    };
  }
}
