/** The head of a file that a hunt writes is a comment, whatever broke. @module */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { breakScenarioText } from '../../../../runner/hunt/minimal.ts';

it('was read as a value of the file, where it had several lines', () => {
  const lines = 'x\nstack: [{ on: "*", run: ./evil.mjs }]\r#';
  const found = { kind: 'crash', place: lines, text: lines } as const;
  const one = { attempt: { seed: 1, events: [] }, found, number: 1 };
  const text = breakScenarioText({ name: 'x', question: 'y' }, one, {
    origin: 'Found',
    path: 'x.yaml',
  });
  expect(Object.keys(parse(text) as object)).toEqual(['name', 'question']);
});
