/** Networks of published topology files, from the file to the paths that control services discover. */
import { describe, expect, it } from 'vitest';
import { itWhole, vectorText } from '../vectors-root.ts';
import { discoverImported } from './scion-imported.ts';

const TWO_BELOW_ONE = `
ASes:
  "1-ff00:0:110": { core: true, voting: true, issuing: true }
  "1-ff00:0:111": { cert_issuer: 1-ff00:0:110 }
  "1-ff00:0:112": { cert_issuer: 1-ff00:0:110 }
links:
  - { a: "1-ff00:0:110#1", b: "1-ff00:0:111#41", linkAtoB: CHILD }
  - { a: "1-ff00:0:110#2", b: "1-ff00:0:112#1", linkAtoB: CHILD }
`;
const VOTER_AND_ISSUER = `
ASes:
  "1-ff00:0:110": { core: true, voting: true, authoritative: true }
  "1-ff00:0:120": { core: true, issuing: true }
  "1-ff00:0:111": { cert_issuer: 1-ff00:0:120 }
links:
  - { a: "1-ff00:0:110#1", b: "1-ff00:0:120#1", linkAtoB: CORE }
  - { a: "1-ff00:0:110#2", b: "1-ff00:0:111#1", linkAtoB: CHILD }
`;

describe('control services of an imported network', () => {
  it('find a path from each AS to all others', () => {
    expect(discoverImported(TWO_BELOW_ONE)).toEqual({ found: 6, all: 6 });
  });

  it('find a path with certificates where one AS votes and another one issues', () => {
    const real = { signatures: 'real', crypto: 'node' };
    expect(discoverImported(VOTER_AND_ISSUER, real)).toEqual({ found: 6, all: 6 });
  });

  itWhole.each(['tiny.topo', 'big.topo', 'peering-test.topo'])(
    'find a path from each AS of %s to all others',
    (name) => {
      const { found, all } = discoverImported(vectorText(`scion/topologies/${name}`));
      expect(found).toBe(all);
    },
  );
});
