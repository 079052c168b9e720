/** Modules that are assembled at load: once a thread, also where the machine cannot take them. */
import { expect, it } from 'vitest';
import { once } from '../../../../../engine/crypto/wasm/load.ts';

it('a machine without vectors assembled the module again for each key: that there is none is remembered', () => {
  let made = 0;
  const instance = once((): object | undefined => {
    made += 1;
    return undefined;
  });
  expect([instance(), instance(), instance()]).toEqual([undefined, undefined, undefined]);
  expect(made).toBe(1);
});
