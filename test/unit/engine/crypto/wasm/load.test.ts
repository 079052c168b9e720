/**
 * WebAssembly modules that are assembled when they are loaded: once per thread, also on machines
 * that cannot run them.
 */
import { expect, it } from 'vitest';
import { memoiseResult } from '../../../../../engine/crypto/wasm/load.ts';

it('a machine without vectors assembled the module again for each key: that there is none is remembered', () => {
  let made = 0;
  const instance = memoiseResult((): object | undefined => {
    made += 1;
    return undefined;
  });
  expect([instance(), instance(), instance()]).toEqual([undefined, undefined, undefined]);
  expect(made).toBe(1);
});
