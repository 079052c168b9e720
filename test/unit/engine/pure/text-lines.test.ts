import { describe, expect, it } from 'vitest';
import {
  LineMistakes,
  nonEmptySpan,
  splitLines,
  type TextPart,
  wordsOf,
} from '../../../../engine/pure/text-lines.ts';

function linesIn(text: string): readonly TextPart[] {
  const read = splitLines(text);
  return read.kind === 'lines' ? [...read.lines] : [];
}

describe('lines of a text', () => {
  it('end with LF or CR LF, the last also with the text', () => {
    const text = 'a b\r\n\n c';
    expect(linesIn(text)).toEqual([
      { text: 'a b', start: 0, end: 3 },
      { text: '', start: 5, end: 5 },
      { text: ' c', start: 6, end: 8 },
    ]);
    expect(linesIn('a\n').map((line) => line.text)).toEqual(['a']);
    expect(linesIn('')).toEqual([]);
  });

  it('have words with their places in the text', () => {
    const [, line] = linesIn('x\n\ta  bc ');
    expect(line && wordsOf(line)).toEqual([
      { text: 'a', start: 3, end: 4 },
      { text: 'bc', start: 6, end: 8 },
    ]);
  });

  it('are refused as a whole when there are too many, at the first too much', () => {
    expect(splitLines('a\nb\nc\n', { lines: 3 }).kind).toBe('lines');
    expect(splitLines('a\nb\nc\nd', { lines: 3 })).toEqual({
      kind: 'mistakes',
      mistakes: [
        {
          start: 6,
          end: 7,
          message: 'line 4 begins here, the limit is 3 lines',
          hint: 'split the file',
        },
      ],
    });
  });

  it('are refused as a whole when one is too long, where it is', () => {
    expect(splitLines('ab\nabcd\n', { columns: 4 }).kind).toBe('lines');
    expect(splitLines('ab\nabcde\n', { columns: 4 })).toEqual({
      kind: 'mistakes',
      mistakes: [{ start: 7, end: 8, message: 'the line has 5 characters, the limit is 4' }],
    });
  });

  it('are counted before any is read: 64 MB of empty lines cost one scan', () => {
    expect(splitLines('\n'.repeat(64e6)).kind).toBe('mistakes');
  });
});

describe('mistakes of a text', () => {
  it('are kept up to a thousand, however many lines are wrong', () => {
    const mistakes = new LineMistakes();
    for (const line of linesIn('x\n'.repeat(1_500))) {
      if (mistakes.isFull) break;
      mistakes.add({ ...nonEmptySpan(line), message: 'wrong' });
    }
    expect(mistakes.all().mistakes).toHaveLength(1_000);
    mistakes.add({ start: 0, end: 1, message: 'one more' });
    expect(mistakes.all().mistakes).toHaveLength(1_000);
  });

  it('quote the beginning of a word that is as long as the file', () => {
    const mistakes = new LineMistakes();
    mistakes.add({ start: 0, end: 1, message: `"${'a'.repeat(30e6)}" is no name` });
    expect(mistakes.all().mistakes[0]?.message).toMatch(/^"a{319} … a{68}" is no name$/);
  });

  it('of an empty line underline one column', () => {
    expect(nonEmptySpan({ start: 5, end: 5 })).toEqual({ start: 5, end: 6 });
  });
});
