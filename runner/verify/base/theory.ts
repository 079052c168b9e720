/**
 * Closed forms with which the engine is compared (docs/VERIFICATION.md). Times have the unit of the
 * given service times.
 *
 * @module
 */
import { incompleteGamma } from '../../../reports/statistics/special.ts';

/** First two moments of a service time. */
export interface ServiceMoments {
  readonly mean: number;
  readonly square: number;
}

/** Moments of the geometric law on 1, 2, 3, ...: E[S] = 1/p = m, E[S^2] = (2 - p)/p^2 = m (2m - 1). */
export function geometricService(mean: number): ServiceMoments {
  return { mean, square: mean * (2 * mean - 1) };
}

/** Moments of a discrete distribution of service times. */
export function discreteService(
  law: readonly { readonly value: number; readonly probability: number }[],
): ServiceMoments {
  let mean = 0;
  let square = 0;
  for (const { value, probability } of law) {
    mean += value * probability;
    square += value * value * probability;
  }
  return { mean, square };
}

/** Pollaczek-Khinchine: mean wait of M/G/1, Wq = lambda E[S^2] / (2 (1 - rho)). */
export function meanWait(rho: number, service: ServiceMoments): number {
  const lambda = rho / service.mean;
  return (lambda * service.square) / (2 * (1 - rho));
}

/** One class of a priority queue. */
export interface PriorityClass extends ServiceMoments {
  readonly rho: number;
}

/** Cobham 1954: mean waits of non-preemptive priority, W_k = R / ((1 - s_(k-1)) (1 - s_k)). */
export function priorityWaits(classes: readonly PriorityClass[]): readonly number[] {
  const residual = classes.reduce(
    (sum, { rho, mean, square }) => sum + ((rho / mean) * square) / 2,
    0,
  );
  let above = 0;
  return classes.map(({ rho }) => {
    const wait = residual / ((1 - above) * (1 - above - rho));
    above += rho;
    return wait;
  });
}

/** Erlang's loss formula by its recursion: B(a, 0) = 1, B(a, n) = a B / (n + a B). */
export function erlangB(load: number, servers: number): number {
  let blocking = 1;
  for (let n = 1; n <= servers; n += 1) blocking = (load * blocking) / (n + load * blocking);
  return blocking;
}

/**
 * Loss of M/Geo/1/K, exact, from the chain embedded at departures: P = 1 - 1 / (pi_0 + rho).
 * @param room The K of the formula: packets in the system, including the one in service.
 */
export function finiteQueueLoss(rho: number, meanService: number, room: number): number {
  const arrivals = arrivalsDuringService(rho / meanService, meanService, room);
  // pi_j for j = 0 .. K - 1 from the balance of the chain, scaled to pi_0 = 1.
  const pi = [1];
  for (let j = 0; j < room - 1; j += 1) {
    let next = (pi[j] as number) - (arrivals[j] as number);
    for (let i = 1; i <= j; i += 1) next -= (pi[i] as number) * (arrivals[j - i + 1] as number);
    pi.push(next / (arrivals[0] as number));
  }
  const empty = 1 / pi.reduce((sum, p) => sum + p, 0);
  return 1 - 1 / (empty + rho);
}

/** P(j Poisson arrivals during a geometric service), j = 0 .. count - 1. */
function arrivalsDuringService(lambda: number, mean: number, count: number): readonly number[] {
  const p = 1 / mean;
  const result = new Array<number>(count).fill(0);
  let weight = p;
  // Beyond 80 times the mean, the geometric weight is below 1e-34.
  for (let k = 1; k <= 80 * mean; k += 1) {
    let term = weight * Math.exp(-lambda * k);
    for (let j = 0; j < count; j += 1) {
      result[j] = (result[j] as number) + term;
      term *= (lambda * k) / (j + 1);
    }
    weight *= 1 - p;
  }
  return result;
}

/**
 * Standard error of the loss ratio of `n` packets from a stationary Gilbert channel
 * (docs/spec/link-model.md#impairments).
 */
export function gilbertError(loss: number, meanBurst: number, n: number): number {
  const r = 1 / meanBurst;
  const p = loss / (meanBurst * (1 - loss));
  const g = 1 - p - r;
  return Math.sqrt(((loss * (1 - loss)) / n) * ((1 + g) / (1 - g)));
}

/** Distribution function of the standard normal distribution. */
export function normalCdf(x: number): number {
  const half = incompleteGamma(0.5, (x * x) / 2) / 2;
  return x < 0 ? 0.5 - half : 0.5 + half;
}
