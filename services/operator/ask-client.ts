/**
 * Puts an operator's question to a node through the endpoint of its process.
 *
 * @module
 */
import { z } from 'zod';
import { type EndpointAddress, parseJsonOrUndefined, sendHttpRequest } from './exchange.ts';
import type { OperatorAnswer, OperatorQuestion } from './node-face.ts';

/** Time that the endpoint may take beyond the time limit of the question, ms. */
const GRACE_MS = 2_000;

const ANSWER = z.object({
  outcome: z.string().max(256),
  ms: z.number().nonnegative(),
  parts: z.array(z.string()).max(65_537),
});
const REFUSAL = z.object({ error: z.string().max(4_096) });

/** The answer of the node, or why the question did not reach it. */
export type OperatorReply = OperatorAnswer | { readonly problem: string };

/** Puts an operator's question to a node through the endpoint of its process; never rejects. */
export async function askNodeEndpoint(
  endpoint: EndpointAddress,
  question: OperatorQuestion,
  signal?: AbortSignal,
): Promise<OperatorReply> {
  const reply = await sendHttpRequest(endpoint, {
    ...{ method: 'POST', path: '/ask', body: JSON.stringify(question) },
    timeoutMs: question.withinMs + GRACE_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if ('problem' in reply) return reply;
  const said = parseJsonOrUndefined(reply.text);
  const answer = ANSWER.safeParse(said).data;
  if (answer !== undefined) return answer;
  return { problem: REFUSAL.safeParse(said).data?.error ?? 'what answers is not an Orrery node' };
}
