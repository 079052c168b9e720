/** Acceptance: every shipped scenario, with 30 seeds unless told otherwise. @module */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acceptanceCommands, worstCodeOf } from '../../../tools/acceptance.ts';
import { ROOT } from '../../architecture/files.ts';

describe('acceptance', () => {
  it('runs every scenario that needs no wall clock, with 30 seeds and the flags', () => {
    const files = readdirSync(join(ROOT, 'scenarios')).filter((name) => name.endsWith('.yaml'));
    const commands = acceptanceCommands(['--quiet']);
    const left = files.filter((name) => !commands.some((words) => words.includes(name)));
    expect(left).toEqual(['emulate-gateways.yaml', 'emulate-outside.yaml', 'soak-live.yaml']);
    for (const words of commands) expect(words.slice(-3)).toEqual(['--seeds', '30', '--quiet']);
  });

  it('leaves the number of seeds to a flag', () => {
    for (const flags of [['--seeds', '3'], ['--seed=7']])
      expect(acceptanceCommands(flags)[0]?.slice(3)).toEqual(flags);
  });

  it('ends with the worst code, of a crash or a bad file before that of a missed limit', () => {
    expect(worstCodeOf([0, 1, 130, 0])).toBe(130);
    expect(worstCodeOf([1, 2, 6])).toBe(6);
    expect(worstCodeOf([0, 1, 137])).toBe(1);
    expect(worstCodeOf([0, 0])).toBe(0);
  });
});
