/**
 * A protocol that `npm run new:protocol` has just written runs in both worlds.
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { bin, copyWithProtocol, runIn } from '../architecture/copy-with-protocol.ts';

it('a new protocol passes the run in both worlds', () => {
  const copy = copyWithProtocol('my-mix');
  try {
    const file = 'test/conformance/live-protocols.slow-wall.test.ts';
    const asked = ['-t', 'hold for every shipped|my-mix.yaml'];
    const { status, text } = runIn(copy, bin('vitest'), ['run', file, ...asked, '--retry=1']);
    expect(status, text).toBe(0);
    expect(text).toMatch(/Tests .*2 passed/);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
