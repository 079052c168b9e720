/**
 * Plans which secrets a server must rebuild for a sum, from whose shares, and which masks it then removes.
 *
 *     Σ y_u − Σ PRG(b_u) − Σ_d Σ_u sign(u, d) PRG(s_ud) = Σ x_u      u survived, d was lost
 *
 * @module
 */
import { type MaskGraph, pairMaskSign } from './graph.ts';
import { splitIntoBatches } from './job-stage.ts';
import {
  type DeriveSeedsInput,
  type DeriveSeedsOutput,
  lagrangeWeightsCostNs,
  OPERATION_COST_NS,
  PAIR_SEED_COST_NS,
  type RebuildGroup,
  type RebuildSecretsInput,
  rebuildSecretCostNs,
  type SumMasksInput,
} from './jobs.ts';
import type { ClientPublicKeys, ShareKind } from './messages.ts';
import { holderPoint } from './shamir.ts';

/** The clients whose inputs are in the sum, and those whose pair masks did not cancel. */
export interface SurvivorsInGraph {
  readonly graph: MaskGraph;
  /** Clients whose inputs arrived (U3), ascending. */
  readonly survivors: readonly number[];
  /** Clients whose shares arrived, but not their inputs (U2 without U3), ascending. */
  readonly lost: readonly number[];
}

/** Work is divided into jobs of about this time, ns. */
const JOB_NS = 20_000_000;

type MutableGroup = RebuildGroup & { readonly secrets: RebuildGroup['secrets'][number][] };

/** A secret that is needed to open the sum, and the clients that hold shares of it. */
export interface NeededSecret {
  readonly index: number;
  readonly kind: ShareKind;
  readonly holders: readonly number[];
}

/**
 * Every survivor's own mask, and the pair masks of every lost client with a surviving
 * neighbour.
 */
export function secretsToRebuild({
  graph,
  survivors,
  lost,
}: SurvivorsInGraph): readonly NeededSecret[] {
  const isSurvivor = new Set(survivors);
  const near = (index: number): readonly number[] =>
    graph.neighboursOf(index).filter((other) => isSurvivor.has(other));
  const own = survivors.map((index): NeededSecret => {
    const holders = [...near(index), index].sort((a, b) => a - b);
    return { index, kind: 'own', holders };
  });
  const pair = lost.map((index): NeededSecret => ({ index, kind: 'pair', holders: near(index) }));
  return [...own, ...pair.filter(({ holders }) => holders.length > 0)];
}

/** Shares that arrived: by kind, client whose secret it is, and holder. */
export type ShareTable = Readonly<
  Record<ShareKind, ReadonlyMap<number, ReadonlyMap<number, Uint8Array>>>
>;

/** The shares and keys from which masks are rebuilt. */
export interface RebuildJobsRequest {
  readonly needed: readonly NeededSecret[];
  readonly shares: ShareTable;
  readonly threshold: number;
  readonly keys: ReadonlyMap<number, ClientPublicKeys>;
}

/** The jobs that rebuild all secrets, or undefined if one has fewer shares than the threshold. */
export function rebuildSecretsJobInputs(
  parts: RebuildJobsRequest,
): readonly RebuildSecretsInput[] | undefined {
  const groups = groupsOf(parts);
  if (groups === undefined) return undefined;
  const { threshold } = parts;
  const jobs: MutableGroup[][] = [];
  let costNs = Number.POSITIVE_INFINITY;
  for (const { points, secrets } of groups) {
    for (const secret of secrets) {
      const secretNs = rebuildSecretCostNs(points.length, secret);
      if (costNs + secretNs > JOB_NS) {
        jobs.push([]);
        costNs = 0;
      }
      const job = jobs.at(-1) as MutableGroup[];
      const last = job.at(-1);
      // A group that is cut needs its weights in both jobs.
      if (last?.points === points) last.secrets.push(secret);
      else {
        job.push({ points, secrets: [secret] });
        costNs += lagrangeWeightsCostNs(points.length);
      }
      costNs += secretNs;
    }
  }
  return jobs.map((job) => ({ threshold, groups: job }));
}

/** Secrets with the same holders share their weights. */
function groupsOf(parts: RebuildJobsRequest): readonly MutableGroup[] | undefined {
  const { needed, shares, threshold, keys } = parts;
  const groups = new Map<string, MutableGroup>();
  for (const { index, kind, holders } of needed) {
    const held = shares[kind].get(index);
    const used = holders.filter((holder) => held?.has(holder) === true).slice(0, threshold + 1);
    if (held === undefined || used.length < threshold) return undefined;
    const name = used.join();
    const group = groups.get(name) ?? { points: used.map(holderPoint), secrets: [] };
    const publicKey = kind === 'pair' ? keys.get(index)?.maskKey : undefined;
    group.secrets.push({
      index,
      shares: used.map((holder) => held.get(holder) as Uint8Array),
      ...(publicKey !== undefined && { publicKey }),
    });
    groups.set(name, group);
  }
  return [...groups.values()];
}

const AGREEMENTS_PER_JOB = Math.floor(JOB_NS / PAIR_SEED_COST_NS);
const DERIVATIONS_PER_JOB = Math.floor(JOB_NS / OPERATION_COST_NS.derivation);

/** Rebuilt secrets, by client. */
export interface RebuiltSecrets {
  readonly own: ReadonlyMap<number, Uint8Array>;
  readonly pair: ReadonlyMap<number, Uint8Array>;
}

/** The jobs that derive the seeds of all masks to remove; {@link keyStreamsToApply} expects them in this order. */
export function deriveSeedsJobInputs(
  { graph, survivors }: SurvivorsInGraph,
  secrets: RebuiltSecrets,
  context: Pick<DeriveSeedsInput, 'session'> & {
    readonly keys: ReadonlyMap<number, ClientPublicKeys>;
  },
): readonly DeriveSeedsInput[] {
  const { session, keys } = context;
  const isSurvivor = new Set(survivors);
  const own = [...secrets.own].map(([index, secret]) => ({ index, secret }));
  const jobs: DeriveSeedsInput[] = splitIntoBatches(own, DERIVATIONS_PER_JOB).map((batch) => ({
    ...{ session, own: batch, pairs: [] },
  }));
  let pairs: DeriveSeedsInput['pairs'][number][] = [];
  let agreements = 0;
  const flush = (): void => {
    if (pairs.length > 0) jobs.push({ session, own: [], pairs });
    pairs = [];
    agreements = 0;
  };
  for (const [index, secret] of secrets.pair) {
    const peers = graph
      .neighboursOf(index)
      .filter((other) => isSurvivor.has(other))
      .map((other) => ({ index: other, maskKey: (keys.get(other) as ClientPublicKeys).maskKey }));
    for (const batch of splitIntoBatches(peers, AGREEMENTS_PER_JOB)) {
      if (agreements + batch.length > AGREEMENTS_PER_JOB) flush();
      pairs.push({ index, secret, peers: batch });
      agreements += batch.length;
    }
  }
  flush();
  return jobs;
}

/** The masks to add so that only the sum remains; undefined if a key agreement failed. */
export function keyStreamsToApply(
  inputs: readonly DeriveSeedsInput[],
  outputs: readonly DeriveSeedsOutput[],
): SumMasksInput['streams'] | undefined {
  const streams: { readonly seed: Uint8Array; readonly sign: 1 | -1 }[] = [];
  for (const [job, { own, pairs }] of outputs.entries()) {
    for (const seed of own) streams.push({ seed, sign: -1 });
    for (const [place, seeds] of pairs.entries()) {
      const { index, peers } = (inputs[job] as DeriveSeedsInput).pairs[
        place
      ] as DeriveSeedsInput['pairs'][number];
      for (const [at, seed] of seeds.entries()) {
        if (seed === undefined) return undefined;
        // The survivor has applied pairMaskSign(survivor, lost); the opposite sign removes this mask.
        streams.push({
          seed,
          sign: pairMaskSign(index, (peers[at] as { readonly index: number }).index),
        });
      }
    }
  }
  return streams;
}
