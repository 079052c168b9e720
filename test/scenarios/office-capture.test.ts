/**
 * The capture that `gateway-capture.yaml` sends is the one that its maker makes, so that nothing of a real office is in it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { officeCapture } from '../../tools/golden/office-capture.ts';
import { folders } from '../unit/runner/fixture.ts';

it('scenarios/office.pcapng is what its maker makes; meant: npm run golden', () => {
  const kept = readFileSync(join(folders.scenarios, 'office.pcapng'));
  expect(kept.equals(officeCapture())).toBe(true);
});
