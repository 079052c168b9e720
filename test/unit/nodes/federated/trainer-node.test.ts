/** How much a client learns in a round. */
import { expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { Host } from '../../../../engine/host/host.ts';
import { federatedConfig } from '../../../../nodes/federated/config.ts';
import type { TrainSliceInput } from '../../../../nodes/federated/learn/train-job.ts';
import { ClientTrainer } from '../../../../nodes/federated/trainer-node.ts';

/** A host whose jobs are only written down. */
function hostOf(jobs: TrainSliceInput[]): Host {
  const host = {
    name: 'a',
    random: (name: string): unknown => openRandomStream(1, 'a', name),
    compute: (_: string, input: TrainSliceInput, done: (result: object) => void): void => {
      jobs.push(input);
      done({ kind: 'done', output: input.weights });
    },
  };
  return host as unknown as Host;
}

it.each([
  [5, {}],
  [2, { epochs: 2 }],
])(
  'R-157: passes over all of its examples %i times, in another order each time',
  (epochs, learn) => {
    const options = federatedConfig.parse({ aggregator: 'z', learn });
    const jobs: TrainSliceInput[] = [];
    const source = {
      crypto: createCryptoProvider('noble'),
      seed: new Uint8Array(32),
      options,
      clients: ['a'],
    };
    const learner = new ClientTrainer(hostOf(jobs), source);
    let updates = 0;
    learner.learn(
      new Float32Array(learner.parameters),
      () => {
        updates += 1;
      },
      () => undefined,
    );
    expect(updates).toBe(1);
    const order = jobs.flatMap((job) => [...job.order]);
    expect(order).toHaveLength(epochs * learner.count);
    const passes = Array.from({ length: epochs }, (_, pass) =>
      order.slice(pass * learner.count, (pass + 1) * learner.count),
    );
    const all = Array.from({ length: learner.count }, (_, example) => example);
    for (const pass of passes) expect([...pass].sort((a, b) => a - b)).toEqual(all);
    expect(passes[0]).not.toEqual(passes[1]);
    for (const { batch, rate } of jobs) expect([batch, rate]).toEqual([32, 0.01]);
  },
);
