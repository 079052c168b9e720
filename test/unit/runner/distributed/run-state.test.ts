import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createRunStateFolder,
  drawRunName,
} from '../../../../runner/distributed/messages/run-state.ts';

const state = mkdtempSync(join(tmpdir(), 'orrery-run-state-'));
afterAll(() => rmSync(state, { recursive: true }));

const FIRST = drawRunName();

describe('createRunStateFolder', () => {
  it('R-018: is the same after a crash, so that a node finds what it wrote', () => {
    const folder = createRunStateFolder(state, FIRST);
    writeFileSync(join(folder, 'store'), 'x');
    expect(createRunStateFolder(state, FIRST)).toBe(folder);
    expect(existsSync(join(folder, 'store'))).toBe(true);
  });

  it('is another one in the next run, and what an earlier one left is removed', () => {
    const first = createRunStateFolder(state, FIRST);
    writeFileSync(join(state, 'notes.txt'), 'not ours');
    const second = createRunStateFolder(state, drawRunName());
    expect(second).not.toBe(first);
    expect([existsSync(first), existsSync(second)]).toEqual([false, true]);
    expect(existsSync(join(state, 'notes.txt'))).toBe(true);
  });

  it.each(['../../elsewhere', '', 'ABCDEF0123456789', '0123456789abcdef/..'])(
    'takes no name of a run that could be a path: %s',
    (name) => {
      expect(() => createRunStateFolder(state, name)).toThrow('16 hexadecimal digits');
    },
  );
});
