/**
 * Passes an operator's question to a node: finds the node and the protocol that must answer it, and returns the
 * answer as text. Used for the nodes of a process, and for all nodes of a run.
 *
 * @module
 */
import type { AskAnswerReceiver } from '../runner/asks/ask.ts';
import type { Undo } from '../runner/world.ts';
import type { AskSpec } from '../scenarios/fault-parts.ts';
import { findQuestionedProtocol, listQuestionKinds, STATUS_KIND } from '../scenarios/files/ask.ts';
import type { OperatorAnswer, OperatorQuestion } from '../services/operator/index.ts';
import { omitUndefined } from '../topologies/files/defined.ts';
import type { ProtocolLookup } from '../topologies/files/registry.ts';
import { listFirstNames } from '../topologies/files/suggest.ts';
import type { HostSpec } from '../topologies/model.ts';

const NS_PER_MS = 1_000_000;

/** The hosts of a run, and the function that sends questions to them. */
export interface QuestionTarget {
  /** The hosts whose nodes this process or run can ask. */
  readonly hosts: readonly HostSpec[];
  readonly registry: Pick<ProtocolLookup, 'protocols'>;
  /** Nanoseconds of the nodes' clock per millisecond of the operator's clock; by default 1,000,000. */
  readonly nsPerMs?: number;
  /** Puts the question to its node; the returned function withdraws it. */
  readonly put: (spec: AskSpec, taker: AskAnswerReceiver) => Undo;
}

/**
 * Puts an operator's question to the node that it is for, and returns the answer as text. Never rejects.
 * @param signal Aborted when the asker no longer waits for the answer.
 */
export function answerOperatorQuestion(
  { hosts, registry, nsPerMs = NS_PER_MS, put }: QuestionTarget,
  { node, by, withinMs, ...question }: OperatorQuestion,
  signal: AbortSignal,
): Promise<OperatorAnswer> {
  const refused = (outcome: string, ...parts: readonly string[]): Promise<OperatorAnswer> =>
    Promise.resolve({ outcome, ms: 0, parts });
  if (signal.aborted) return refused('cancelled');
  const answers = (host: HostSpec): boolean => {
    const placed = findQuestionedProtocol(host, by);
    // An operator must not make requests that are meant for applications, because these need the
    // token of the server for applications.
    return placed !== undefined && listQuestionKinds(registry, placed).includes(question.kind);
  };
  const meant = hosts.filter((host) => isMeant(host, { ...question, node }));
  const able = meant.filter(answers);
  const [host = meant[0]] = able;
  if (host === undefined || able.length > 1) {
    const names = (able.length > 1 ? able : hosts).map(({ name }) => name);
    return refused('unknown-node', `nodes: ${listFirstNames(names)}\n`);
  }
  const placed = findQuestionedProtocol(host, by);
  if (placed === undefined) return refused('unknown-protocol');
  if (!answers(host)) return refused('unknown-question');
  const withinNs = Math.max(1, Math.round(withinMs * nsPerMs));
  const spec = {
    ...question,
    ...omitUndefined({ by: placed.layer?.name }),
    node: host.name,
    withinNs,
  };
  const parts: string[] = [];
  const decoder = new TextDecoder();
  return new Promise((resolve) => {
    const undo = put(spec, {
      part: (bytes) => parts.push(decoder.decode(bytes, { stream: true })),
      ended: ({ outcome, tookNs }) => resolve({ outcome, ms: tookNs / nsPerMs, parts }),
    });
    signal.addEventListener('abort', undo, { once: true });
  });
}

/**
 * True if a question may be meant for this host. With `node`, it is meant for the host of that
 * name. Without it, `status` is meant for its target (or for any host if it has none), and any
 * other question for every host except its target.
 */
function isMeant(
  { name }: HostSpec,
  { node, kind, target }: Pick<OperatorQuestion, 'kind' | 'target'> & { node: string | undefined },
): boolean {
  if (node !== undefined) return name === node;
  if (kind === STATUS_KIND) return target === '' || name === target;
  return name !== target;
}
