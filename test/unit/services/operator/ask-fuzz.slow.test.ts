/**
 * Questions of an operator, with 100,000 mutations: named refusals, no exception, a node hears only what is sound,
 * and nothing of them is kept.
 */
import { expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { OperatorRoutes } from '../../../../services/operator/routes.ts';
import { memoryHeld } from '../../../memory.ts';
import { fakeFace, keptLog } from './fake-face.ts';

const CASES = 100_000;
/** Their texts are 8 MB. */
const GROWTH_BYTES_MAX = 4e6;
const SEEDS = [
  '{"kind":"status"}',
  '{"kind":"flush","target":"receiver","withinMs":2500.5}',
  '{"kind":"count","node":"a","by":"dtn","target":"","body":"\\u0001 é 💡","withinMs":600000}',
];
const PIECES = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\u0000',
  '1e999',
  '-1',
  'null',
  '"kind"',
  '__proto__',
  '💡',
];

it('are refused by name, or reach the node within their bounds', async () => {
  const draws = openRandomStream(1, 'test', 'ask-fuzz');
  const face = fakeFace();
  let heard = 0;
  face.ask = ({
    kind,
    target,
    body,
    withinMs,
    node,
    by,
    ...more
  }): ReturnType<NonNullable<typeof face.ask>> => {
    heard += 1;
    const texts = [kind, target, node ?? '', by ?? ''];
    expect(texts.every((text) => typeof text === 'string' && text.length <= 256)).toBe(true);
    expect(kind).not.toBe('');
    expect(body.length).toBeLessThanOrEqual(4_096);
    expect(withinMs > 0 && withinMs <= 600_000).toBe(true);
    expect(more).toEqual({});
    return Promise.resolve({ outcome: 'ok', ms: 1, parts: [] });
  };
  const routes = new OperatorRoutes(face, keptLog().log);
  const { signal } = new AbortController();
  const statuses = new Map<number, number>();
  let before = 0;
  for (let count = 0; count < CASES; count += 1) {
    if (count === CASES / 100) before = memoryHeld().heapUsed;
    let text = SEEDS[draws.below(SEEDS.length)] as string;
    for (let times = 1 + draws.below(3); times > 0; times -= 1) {
      const at = draws.below(text.length + 1);
      const piece = draws.chance(0.5) ? (PIECES[draws.below(PIECES.length)] as string) : '';
      text = text.slice(0, at) + piece + text.slice(at + draws.below(4));
    }
    const { status } = await routes.answer('POST', '/ask', text, signal);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect(memoryHeld().heapUsed - before).toBeLessThan(GROWTH_BYTES_MAX);
  expect([...statuses.keys()].sort()).toEqual([200, 400]);
  expect(statuses.get(200)).toBe(heard);
  expect(heard).toBeGreaterThan(CASES / 100);
});
