import { expect, it } from 'vitest';
import { UserModules } from '../../lab/protocol/user-modules.ts';
import { makeTabFiles } from '../../lab/run/tab-files.ts';

it.each(['prices.csv', 'a.yaml', 'a.json', 'module', 'a.ts '])(
  'code named %j, for which no question was asked, is not run',
  (name) => {
    const files = makeTabFiles(new Map([[name, new TextEncoder().encode('export {}')]]), new Map());
    expect(() => new UserModules(files).load(`/scenarios/${name}`)).toThrow(
      /not the name of a mod/,
    );
  },
);
