/**
 * The document alone determines the neighbours (docs/spec/mixnet.md, "Neighbours by VRF"): anybody
 * can repeat the draws, and paths follow them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  checkNeighbourProofs,
  type Descriptor,
  type DirectoryDocument,
  deriveNeighbourGraph,
  keepOwnLayerProofs,
  makeDocument,
  openDocument,
  readEpochBeacon,
  signDocument,
} from '../../../../../nodes/mixnet/directory/index.ts';
import {
  drawNeighbours,
  neighbourVrfInput,
  openVrfSecretKey,
} from '../../../../../nodes/vrf/index.ts';
import { bytesOf, crypto, descriptor, documentInput, randomFrom } from './network.ts';

const EPOCH = 8;
const RULES = { count: 2, maxPerAs: 1 };
const before = makeDocument(crypto, documentInput('stratified', 12));
const BEACON = before.sharedRandomValue;

const keyOf = (number: number): ReturnType<typeof openVrfSecretKey> =>
  openVrfSecretKey(crypto, 'tai', bytesOf('vrf secret', number));

/** The descriptor that a mix uploads, with proofs for the draws of `epoch`. */
function drawing(number: number, epoch = EPOCH): Descriptor {
  const key = keyOf(number);
  const proofs = [0, 1].map((layer) => {
    const made = key.prove(neighbourVrfInput({ epoch, beacon: BEACON, layer }));
    return [layer, made!.proof] as const;
  });
  return {
    ...descriptor('mix', number, EPOCH),
    vrfKey: key.publicKey,
    neighbourProofs: new Map(proofs),
  };
}

const MIXES = Array.from({ length: 12 }, (_, number) => drawing(number));

/** The document of the epoch; all keys have been listed since the first epoch. */
function documentOf(mixes: readonly Descriptor[]): DirectoryDocument {
  const nodes = [...mixes, descriptor('provider', 0, EPOCH)];
  const listed = mixes.map((mix) => ({ ...mix, vrfKeySince: before.epoch }));
  const first = { ...before, layers: [listed], spares: [], providers: [], hops: 1 };
  const given = { epoch: EPOCH, nodes, previous: first, neighbours: RULES };
  return keepOwnLayerProofs(makeDocument(crypto, documentInput('stratified', 0, given)));
}

const document = documentOf(MIXES);
const graph = deriveNeighbourGraph(crypto, 'tai', document)!;
const names = (mixes: readonly Descriptor[] | undefined): readonly string[] =>
  (mixes ?? []).map(({ name }) => name);

describe('neighbours in a document', () => {
  it('R-184: are those that each mix draws with its secret', () => {
    expect(graph.refused).toEqual([]);
    for (const layer of [0, 1]) {
      const candidates = document.layers[layer + 1]!.map(({ nodeId, asn, family, loadWeight }) => {
        return { id: nodeId, asn, family, weight: loadWeight };
      });
      for (const { name } of document.layers[layer]!) {
        const key = keyOf(Number(name.split('-')[1]));
        const question = {
          epoch: EPOCH,
          beacon: readEpochBeacon(document),
          layer,
          candidates,
          ...RULES,
        };
        const chosen = drawNeighbours(crypto, key, question)!.chosen;
        expect(graph.neighboursOf(name)!.map(({ nodeId }) => nodeId)).toEqual(chosen);
      }
    }
  });

  it('survive signing and opening; a proof of another length does not', () => {
    const secret = bytesOf('authority', 0);
    const trust = { keys: [crypto.ed25519PublicKey(secret)], threshold: 1 };
    const open = (signed: DirectoryDocument): unknown =>
      openDocument(crypto, trust, signDocument(crypto, secret, signed), EPOCH);
    expect(open(document)).toEqual(document);
    const [first, ...rest] = document.layers[0]!;
    const cut = { ...first!, neighbourProofs: new Map([[0, new Uint8Array(79)]]) };
    const layers = [[cut, ...rest], ...document.layers.slice(1)];
    expect(open({ ...document, layers })).toEqual({ drop: 'document-malformed' });
    const cascade = { ...document, topology: 'cascade' as const };
    expect(open(cascade)).toEqual({ drop: 'document-inconsistent' });
    expect(open({ ...cascade, neighbours: undefined } as never)).not.toHaveProperty('drop');
  });

  it('are none for a mix without a proof, with another, or with a key too new to count', () => {
    const refused = (
      change: (mix: Descriptor) => Descriptor,
    ): ReturnType<typeof deriveNeighbourGraph> => {
      const [first, ...rest] = document.layers[0]!;
      const layers = [[change(first!), ...rest], ...document.layers.slice(1)];
      return deriveNeighbourGraph(crypto, 'tai', { ...document, layers });
    };
    const { name } = document.layers[0]![0]!;
    const bare = refused(({ neighbourProofs: _, ...mix }) => mix)!;
    expect(bare.refused).toEqual([{ name, drop: 'neighbours-missing' }]);
    const other = refused((mix) => {
      const proof = mix.neighbourProofs!.get(0)!.slice();
      proof[40]! ^= 1;
      return { ...mix, neighbourProofs: new Map([[0, proof]]) };
    })!;
    expect(other.refused).toEqual([{ name, drop: 'neighbours-proof' }]);
    const fresh = refused((mix) => ({ ...mix, vrfKeySince: EPOCH }))!;
    expect(fresh.refused).toEqual([]);
    for (const each of [bare, other, fresh]) {
      expect(each.neighboursOf(name)).toEqual([]);
      expect(each.shareOf(name)).toBe(0);
    }
  });

  it('are refused at upload for another epoch, another beacon, or a layer left out', () => {
    const draw = { epoch: EPOCH, beacon: BEACON, layers: 3 };
    const check = (mix: Descriptor, given: object = {}): unknown =>
      checkNeighbourProofs(crypto, 'tai', mix, { ...draw, ...given });
    expect(check(MIXES[0]!)).toBeUndefined();
    expect(check(drawing(0, EPOCH + 1))).toBe('neighbours-proof');
    expect(check(MIXES[0]!, { beacon: bytesOf('random', 1) })).toBe('neighbours-proof');
    expect(check(MIXES[0]!, { layers: 4 })).toBe('neighbours-missing');
  });
});

describe('paths along neighbours', () => {
  it('go from neighbour to neighbour, as often over each mix as its share says', () => {
    const random = randomFrom(5);
    const counts = new Map<string, number>();
    const paths = 3_000;
    for (let count = 0; count < paths; count++) {
      const path = names(graph.drawPath(random));
      expect(path).toHaveLength(3);
      for (const [at, name] of path.slice(0, 2).entries()) {
        expect(names(graph.neighboursOf(name))).toContain(path[at + 1]);
      }
      for (const name of path) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const { name } of document.layers.flat()) {
      const share = graph.shareOf(name);
      const sigma = Math.sqrt(paths * share * (1 - share));
      expect(Math.abs((counts.get(name) ?? 0) - share * paths)).toBeLessThanOrEqual(4.5 * sigma);
    }
  });

  it('lead to a mix as the paths do that go through it', () => {
    const random = randomFrom(6);
    const busiest = [...document.layers[2]!].sort(
      (left, right) => graph.shareOf(right.name) - graph.shareOf(left.name),
    )[0]!;
    const drawn = Array.from({ length: 2_000 }, () =>
      names(graph.drawBefore(busiest, random)).join(' '),
    );
    const among: string[] = [];
    for (let count = 0; count < 12_000; count++) {
      const path = names(graph.drawPath(random));
      if (path[2] === busiest.name) among.push(path.slice(0, 2).join(' '));
    }
    for (const route of new Set(among)) {
      const share = (list: readonly string[]): number =>
        list.filter((each) => each === route).length / list.length;
      expect(Math.abs(share(drawn) - share(among))).toBeLessThan(0.06);
    }
    expect(drawn.every((route) => among.includes(route))).toBe(true);
  });

  it('avoid dead ends, and there are none when every mix is one', () => {
    const fresh = document.layers[1]!.map((mix) => ({ ...mix, vrfKeySince: EPOCH }));
    const some = deriveNeighbourGraph(crypto, 'tai', {
      ...document,
      layers: [
        document.layers[0]!,
        [document.layers[1]![0]!, ...fresh.slice(1)],
        document.layers[2]!,
      ],
    })!;
    const only = document.layers[1]![0]!.name;
    for (let seed = 0; seed < 20; seed++) {
      const path = names(some.drawPath(randomFrom(seed)));
      expect(path[1]).toBe(only);
    }
    const none = deriveNeighbourGraph(crypto, 'tai', {
      ...document,
      layers: [document.layers[0]!, fresh, document.layers[2]!],
    })!;
    expect(none.drawPath(randomFrom(1))).toBeUndefined();
    expect(none.drawAfter(document.layers[0]![0]!, randomFrom(1))).toBeUndefined();
    expect(none.drawBefore(document.layers[2]![0]!, randomFrom(1))).toBeUndefined();
  });
});
