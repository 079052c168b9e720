import { expect, it } from 'vitest';
import { readTerminalWidth, wrapMessage } from '../../../cli/terminal.ts';

it('a terminal that says 0 columns got empty lines of progress: it gets 80', () => {
  expect(readTerminalWidth({ columns: 0 })).toBe(80);
  expect(readTerminalWidth({})).toBe(80);
  expect(readTerminalWidth({ columns: 20 })).toBe(40);
  expect(readTerminalWidth({ columns: 132 })).toBe(132);
});

it('wrote messages of up to 161 columns on terminals of 80', () => {
  const told = `orrery: ${'a long word '.repeat(12)}`.trimEnd();
  const source = `   7 | ${'x'.repeat(90)}`;
  const wrapped = wrapMessage(`${told}\n${source}\n   hint: ${'do this '.repeat(12)}\n`, 80);
  const lines = wrapped.split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([source]);
  expect(lines.map((line) => /^ */.exec(line)?.[0].length)).toEqual([0, 3, 3, 3, 9, 0]);
  expect(wrapped.replaceAll(/\s+/g, ' ')).toContain(told);
  expect(wrapMessage('short\n', 80)).toBe('short\n');
});
