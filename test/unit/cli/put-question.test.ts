/** Which node an operator's question is for. */
import { describe, expect, it } from 'vitest';
import { answerOperatorQuestion, type QuestionTarget } from '../../../cli/put-question.ts';
import type { Undo } from '../../../runner/world.ts';
import type { AskSpec } from '../../../scenarios/fault-parts.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import type { OperatorQuestion } from '../../../services/operator/index.ts';
import { load } from '../runner/fixture.ts';

const QUESTION: OperatorQuestion = { kind: 'status', target: '', body: '', withinMs: 20 };

/** Hosts `sender` and `receiver`, which run `bulk`, and what was put to them. */
function asked(
  nsPerMs?: number,
): QuestionTarget & { readonly specs: AskSpec[]; readonly undone: number[] } {
  const specs: AskSpec[] = [];
  const undone: number[] = [];
  return {
    ...(nsPerMs === undefined ? {} : { nsPerMs }),
    hosts: load('ask.yaml').topology.hosts,
    registry: new ProtocolRegistry(),
    specs,
    undone,
    put: (spec, taker): Undo => {
      specs.push(spec);
      const ended = (outcome: string): void =>
        taker.ended({ outcome, tookNs: 3e6, parts: 0, bytes: 0 });
      if (spec.target !== 'nobody') ended('ok');
      return (): void => {
        undone.push(specs.length);
        ended('cancelled');
      };
    },
  };
}

const never = new AbortController().signal;

describe('a question to one of several nodes', () => {
  it.each([
    ['of a name', { node: 'receiver', kind: 'flush', target: 'sender' }, 'ok', 'receiver'],
    ['about a peer is for the other one', { kind: 'flush', target: 'receiver' }, 'ok', 'sender'],
    ['for a status is of its target', { target: 'receiver' }, 'ok', 'receiver'],
    ['for a status of nobody', {}, 'unknown-node', undefined],
    ['for several', { kind: 'flush', target: 'x' }, 'unknown-node', undefined],
    ['of an unknown name', { node: 'x' }, 'unknown-node', undefined],
    ['of no kind', { kind: 'bogus' }, 'unknown-question', undefined],
    ['of another protocol', { node: 'sender', by: 'ping' }, 'unknown-protocol', undefined],
  ])('%s', async (_, question, outcome, node) => {
    const place = asked();
    const answer = await answerOperatorQuestion(place, { ...QUESTION, ...question }, never);
    expect([answer.outcome, place.specs[0]?.node]).toEqual([outcome, node]);
  });

  it('waits by the clock of the operator, whatever that of the run', async () => {
    const place = asked(10e6);
    const answer = await answerOperatorQuestion(place, { ...QUESTION, target: 'sender' }, never);
    expect([place.specs[0]?.withinNs, answer.ms]).toEqual([200e6, 0.3]);
  });

  it('is given up when its asker leaves, also one who left before it was put', async () => {
    const place = asked();
    const waiting = { ...QUESTION, node: 'sender', target: 'nobody' };
    const leaving = new AbortController();
    const answer = answerOperatorQuestion(place, waiting, leaving.signal);
    leaving.abort();
    expect((await answer).outcome).toBe('cancelled');
    expect(place.undone).toEqual([1]);
    const late = await answerOperatorQuestion(place, waiting, AbortSignal.abort());
    expect([late.outcome, place.specs.length]).toEqual(['cancelled', 1]);
  });
});
