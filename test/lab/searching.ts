/** Searches of the Lab whose runs are made in this thread. @module */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { carryOut, type LabContext } from '../../lab/run/lab-engine.ts';
import type { LabFound, LabSearch, LabStep, LabTask } from '../../lab/run/lab-task.ts';
import { makeSearch } from '../../lab/run/make-search.ts';
import type { LabAnswer, LabOrder } from '../../lab/run/messages.ts';
import { ROOT } from '../architecture/files.ts';

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(join(ROOT, path)));
const CONTEXT: LabContext = {
  shipped: new Map([
    ['hello.yaml', bytesOf('scenarios/hello.yaml')],
    ['topologies/two-nodes.yaml', bytesOf('topologies/two-nodes.yaml')],
  ]),
  commit: 'abc',
  environment: { node: 'a browser', os: 'a system', cpu: '2 cores' },
};

/** How a search went. */
export interface Searched {
  readonly answer: LabAnswer;
  readonly steps: readonly LabStep[];
}

/** Makes a search. @param alter Changes the answers of workers. */
export async function searched(
  search: LabSearch,
  more: Partial<LabTask> = {},
  alter: (answer: LabAnswer, order: LabOrder) => LabAnswer = (answer) => answer,
): Promise<Searched> {
  const task = { files: new Map(), scenario: 'hello.yaml', seeds: null, set: [], traced: false };
  const steps: LabStep[] = [];
  const answer = await makeSearch(
    CONTEXT,
    { kind: 'search', task: { ...task, ...more }, search },
    {
      ask: async (order) => alter(await carryOut(CONTEXT, order, () => undefined), order),
      tell: (step) => steps.push(step),
    },
  );
  return { answer, steps };
}

/** What was found, of one kind. */
export function foundBy<Kind extends LabFound['kind']>(
  { answer }: Searched,
  kind: Kind,
): Extract<LabFound, { kind: Kind }> {
  if (answer.kind !== 'found' || answer.found.kind !== kind) expect.fail(JSON.stringify(answer));
  return answer.found as Extract<LabFound, { kind: Kind }>;
}
