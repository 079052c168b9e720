/** The larger published topology files, from the file to the paths that control services discover. */
import { describe, expect } from 'vitest';
import { itWhole, vectorText } from '../vectors-root.ts';
import { discoverImported } from './scion-imported.ts';

describe('control services of an imported network', () => {
  itWhole.each(['tiny4.topo', 'default.topo', 'wide.topo'])(
    'find a path from each AS of %s to all others',
    (name) => {
      const { found, all } = discoverImported(vectorText(`scion/topologies/${name}`));
      expect(found).toBe(all);
    },
  );
});
