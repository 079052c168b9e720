import { describe, expect, it } from 'vitest';
import { Notices } from '../../../../runner/distributed/coordinator/notices.ts';
import { findFailureLine } from '../../../../runner/distributed/processes/failure-line.ts';

describe('failureLineOf', () => {
  it('has the message of an exception, not the end of its stack', () => {
    const stderr = [
      'node:internal/process/esm_loader:34',
      '      throw new Error("no");',
      '      ^',
      '',
      'TypeError: x is not a function',
      '    at Object.<anonymous> (/a/b.js:1:7)',
      '    at node:internal/main/run_main_module:28:49 {',
      '}',
      '',
      'Node.js v20.20.0',
    ].join('\n');
    expect(findFailureLine(stderr)).toBe('TypeError: x is not a function');
  });

  it('has the message of a log line', () => {
    const line = { level: 'error', node: 'bob', message: 'bob: tables do not agree' };
    expect(findFailureLine(`first\n${JSON.stringify(line)}\n`)).toBe('bob: tables do not agree');
  });

  it.each([
    ['a plain line', 'cannot dial\n', 'cannot dial'],
    ['half a log line', '{"level":"err', '{"level":"err'],
    ['JSON without a message', '{"a":1}', '{"a":1}'],
    ['a number', '7', '7'],
    ['nothing', '\n \n', ''],
  ])('has %s as it is', (_, stderr, words) => {
    expect(findFailureLine(stderr)).toBe(words);
  });

  it('is never longer than a line can be', () => {
    expect(findFailureLine('x'.repeat(4_000))).toHaveLength(300);
  });
});

describe('Notices', () => {
  it('says each sentence once, in the order of the first time', () => {
    const notices = new Notices();
    notices.addAll(['a', 'b', 'a']);
    notices.add('b');
    expect(notices.all).toEqual(['a', 'b']);
  });

  it('is bounded, and says how much is missing', () => {
    const notices = new Notices();
    for (let n = 0; n < 1_000; n += 1) notices.add(`sentence ${n}`);
    expect(notices.all).toHaveLength(201);
    expect(notices.all.at(-1)).toBe('800 more warnings were left out');
  });
});
