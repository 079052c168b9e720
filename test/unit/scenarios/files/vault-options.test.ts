import { expect, it } from 'vitest';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { loadText } from '../../../conformance/stack.ts';

/** Line, marked text, message and hint of each mistake of vaults on `count` hosts of a star. */
async function refusals(options: string, count = 3): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `r${at}`);
  const text = `name: s
topology:
  name: vaults
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s, delay: 1ms } }
  nodes: [${names.map((name) => `{ name: ${name} }`).join(', ')}]
  links: [${names
    .slice(1)
    .map((name) => `{ ends: r0 <-> ${name} }`)
    .join(', ')}]
stack: [{ on: "*", run: fabric }, { on: "*", run: vault, options: ${options} }]
duration: 5s
`;
  try {
    await loadText(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ line, column, endColumn, message, hint, sourceLine }) => {
      const marked = sourceLine?.slice(column - 1, endColumn - 1);
      return `${line} «${marked}» ${message} (${hint})`;
    });
  }
  return [];
}

it('a peer or participant that is no replica is refused where it stands, not passed over', async () => {
  const is = 'is no replica: it runs no vault';
  expect(await refusals('{ peers: [r1, r5] }')).toContain(`7 «r5» r5 ${is} (one of r1, r2)`);
  expect(await refusals('{ consent: { trusted: [r0, rl] } }')).toContain(
    `7 «rl» rl ${is} (one of r1, r2)`,
  );
  expect(await refusals('{ consent: { blocked: [x] } }')).toContain(
    `7 «x» x ${is} (one of r1, r2)`,
  );
  expect(await refusals('{ peers: [r0, r1, r2], consent: { trusted: all } }')).toEqual([]);
});

it('more replicas than a vault has room for are refused by the file, not by the first node', async () => {
  expect(await refusals('{}', 64)).toEqual([]);
  const [first, ...more] = await refusals('{}', 65);
  expect(first).toContain('65 replicas, but all know the keys of all, of 64 at most');
  expect(more).toEqual([]);
});
