/** A story tells what happened since the last fault began. @module */
import { describe, expect, it } from 'vitest';
import { BreakHistory } from '../../../../runner/hunt/break-history.ts';

const S = 1_000_000_000;

function storyOf(faults: unknown[]): {
  story: BreakHistory;
  at: (seconds: number) => BreakHistory;
} {
  let now = 0;
  const story = new BreakHistory({ now: () => now } as never, faults as never);
  const at = (seconds: number): BreakHistory => {
    now = seconds * S;
    return story;
  };
  return { story, at };
}
const faultAt = (seconds: number): object => ({ text: 'x down', beginNs: seconds * S });

describe('a story', () => {
  it('told what had happened before the last fault as if it came after', () => {
    const faults: object[] = [];
    const { story, at } = storyOf(faults);
    at(1).nodeDropped('bob', 'early');
    faults.push(faultAt(5));
    expect(story.lines).toEqual(['Faults:', '  5.000000 s  x down', '']);
    at(6).nodeDropped('bob', 'late');
    expect(story.lines).toContain('  6.000000 s  bob drops: late');
  });

  it('says how much it leaves out', () => {
    const { story, at } = storyOf([faultAt(0)]);
    for (let count = 0; count < 25_000; count += 1) at(1).nodeDropped('bob', `reason ${count}`);
    expect(story.lines).toContain(`  \u2026 ${25_000 - 24} more`);
    expect(story.lines.at(-2)).toBe('  1.000000 s  bob drops: reason 24999');
  });
});
