/**
 * Small worlds for tests of attacks: users that are linked to a network with a delay distribution.
 *
 * @module
 */
import type { RandomStream } from '../../../../../engine/core/stream.ts';
import type { AttackInput } from '../../../../../reports/privacy/attacks/index.ts';
import { AdversaryViewRecorder } from '../../../../../reports/privacy/view/view-record.ts';

const SECOND = 1e9;

/** Instants of a Poisson process, ns. */
export function poisson(random: RandomStream, ratePerSecond: number, seconds: number): number[] {
  const times: number[] = [];
  for (let at = 0; ; ) {
    at += random.exponential(SECOND / ratePerSecond);
    if (at >= seconds * SECOND) return times;
    times.push(at);
  }
}

/** A message from one user to another. */
export interface Sent {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** The world to build. */
export interface World {
  readonly users: number;
  readonly seconds: number;
  readonly messages: readonly Sent[];
  readonly meanDelayNs: number;
  readonly hops: number;
  readonly random: RandomStream;
}

/**
 * Sends messages with Erlang-distributed delays and records what is observed on the first and last
 * links.
 */
export function observe(
  world: World,
  partners: readonly (readonly [number, number])[],
): AttackInput {
  const { users, messages, random, hops, meanDelayNs } = world;
  const names = Array.from({ length: users }, (_, i) => `user-${i}`);
  const links = names.flatMap((name) => [
    { from: name, to: 'net' },
    { from: 'net', to: name },
  ]);
  const sightings = messages.flatMap(({ from, to, at }) => {
    let delay = 0;
    for (let hop = 0; hop < hops; hop += 1) delay += random.exponential(meanDelayNs);
    return [
      { at, link: 2 * from },
      { at: at + delay, link: 2 * to + 1 },
    ];
  });
  sightings.sort((a, b) => a.at - b.at);
  const record = new AdversaryViewRecorder({ adversary: 'test', links });
  for (const { at, link } of sightings) record.addSighting(link, at, 2_000);
  const map = new Map<string, Set<string>>();
  for (const [from, to] of partners) {
    const set = map.get(`user-${from}`) ?? new Set<string>();
    map.set(`user-${from}`, set.add(`user-${to}`));
  }
  return {
    view: record.view(),
    setting: {
      users: names,
      fromNs: 0,
      untilNs: world.seconds * SECOND,
      path: { hops, meanDelayNs, transitNs: 0 },
    },
    answers: { partners: map },
  };
}
