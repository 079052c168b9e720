import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  type ConfigIssue,
  formatIssue,
  formatValuePath,
} from '../../../../topologies/files/config-error.ts';

const ISSUE: ConfigIssue = {
  file: 'scenarios/failover.yaml',
  line: 12,
  column: 15,
  endColumn: 18,
  path: 'links[3].loss',
  code: 'E104',
  message: '1.4 is above the maximum 1',
  hint: 'loss is a probability, e.g. 0.01 for 1 %',
  sourceLine: '  - { x: 1, l: 1.4 }',
};

describe('errors in files', () => {
  it('shows position, path, source line, caret under the text, and the hint', () => {
    expect(formatIssue(ISSUE)).toBe(
      [
        'scenarios/failover.yaml:12:15  links[3].loss: 1.4 is above the maximum 1',
        '   12 |   - { x: 1, l: 1.4 }',
        '      |               ^^^',
        '   hint: loss is a probability, e.g. 0.01 for 1 %',
      ].join('\n'),
    );
  });

  it('shows the flag in place of the source line for values of --set', () => {
    const sourceLine = '--set traffic.0.rate=5';
    const issue = { ...ISSUE, file: '--set', path: 'traffic[0].rate', sourceLine };
    expect(formatIssue({ ...issue, column: 22, endColumn: 23, message: '5 has no unit' })).toBe(
      [
        'orrery: --set traffic[0].rate: 5 has no unit',
        '   --set traffic.0.rate=5',
        '                        ^',
        '   hint: loss is a probability, e.g. 0.01 for 1 %',
      ].join('\n'),
    );
  });

  it('keeps the caret under the text behind tabs and in lines longer than the terminal', () => {
    const tabbed = formatIssue({ ...ISSUE, sourceLine: '\t\tx: 1', column: 6, endColumn: 7 });
    expect(tabbed.split('\n')[2]).toBe('      |      ^');
    const sourceLine = `${'x'.repeat(100)}BAD${'y'.repeat(100)}`;
    const [, shown = '', carets = ''] = formatIssue({
      ...ISSUE,
      sourceLine,
      column: 101,
      endColumn: 104,
    }).split('\n');
    expect(shown.length).toBeLessThanOrEqual(80);
    expect(shown.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('BAD');
  });

  it('prints at most 20 errors and counts the others', () => {
    const issues = Array.from({ length: 34 }, (_, index) => ({ ...ISSUE, line: index + 1 }));
    const text = new ConfigError(issues).message;
    expect(text.match(/hint:/g)).toHaveLength(20);
    expect(text.endsWith('and 14 more')).toBe(true);
  });

  it('sorts by file as first met, then by position, and has a JSON form with fixed keys', () => {
    const error = new ConfigError([
      { ...ISSUE, line: 20 },
      { ...ISSUE, file: 'topologies/x.yaml', line: 1 },
      { ...ISSUE, line: 3 },
    ]);
    expect(error.issues.map((issue) => issue.line)).toEqual([3, 20, 1]);
    expect(Object.keys(error.toJSON()[0] ?? {}).sort()).toEqual(
      ['code', 'column', 'endColumn', 'file', 'hint', 'line', 'message', 'path'].sort(),
    );
  });

  it('names paths as people write them', () => {
    expect(formatValuePath(['kpis', 'gateway.failover', 'p95'])).toBe('kpis.gateway.failover.p95');
    expect(formatValuePath(['links', 3, 'loss'])).toBe('links[3].loss');
  });
});
