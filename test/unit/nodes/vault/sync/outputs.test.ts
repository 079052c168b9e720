/** The order of what a replica writes, of which a crash may keep the beginning only. */
import { expect, it } from 'vitest';
import { Outputs } from '../../../../../nodes/vault/sync/outputs.ts';

it('a key is written before its operation, and deleted after the one that needs it no more', () => {
  const outputs = new Outputs<string>();
  const item = { operation: Uint8Array.of(1), wrappedKey: Uint8Array.of(2) };
  outputs.keep({ item, entry: 'new', forgotten: ['old'] });
  expect(outputs.take().map(({ kind }) => kind)).toEqual(['put', 'append', 'forget']);
  expect(outputs.takeDirty()).toBe(true);
  expect(outputs.takeDirty()).toBe(false);
});
