/**
 * The workloads that load the machine. Each has a scenario, a way to set its rate, and a rate that any
 * machine carries.
 *
 * @module
 */
/** Changes of a scenario file, by path of the value. */
export type ScenarioChanges = Readonly<Record<string, string>>;

/** A scenario whose load is determined by a single rate. */
export interface Workload {
  /** File of the scenario, as the loader of scenarios finds it. */
  readonly file: string;
  /** A rate that a slow machine carries, packets per second; searches begin at four times that. */
  readonly easyRate: number;
  /** Warm-up of a live run, seconds, after which its cold start no longer matters. */
  readonly liveWarmupS: number;
  /** Changes that give the first flow this rate, packets per second. */
  changesAt(ratePerSecond: number): ScenarioChanges;
}

/** Folder, below that of the scenarios, with workloads that are for calibrations alone. */
const CALIBRATION_FOLDER = 'calibration/workloads';
const EASY_RATE = 1_000;
const LIVE_WARMUP_S = 1;
/** Easy rate of a mixnet, packets per second: a packet costs a mix a hundred times as much as a router. */
const EASY_MIX_RATE = 100;
/**
 * Warm-up of a mixnet, seconds, until it has sent and fetched the messages that queued up while the
 * code was cold.
 */
const LIVE_MIX_WARMUP_S = 4;
/** Clients send and fetch at this multiple of the message rate, so that no messages pile up. */
const CLIENT_RATE_FACTOR = 1.5;
/** Number of frames per retrieval: `spool.batch` of one-mix.yaml. */
const RETRIEVAL_FRAMES = 20;

/** A scenario whose load is the rate of its first flow. */
export function flowWorkload(file: string): Workload {
  return { file, easyRate: EASY_RATE, liveWarmupS: LIVE_WARMUP_S, changesAt: flowRate };
}

/** Two gateways and the routers between them; its events are left out. */
export const FAILOVER_WORKLOAD: Workload = flowWorkload('failover.yaml');

/** A relay between a sender and a receiver of bundles. */
export const BUNDLE_RELAY_WORKLOAD: Workload = flowWorkload(
  `${CALIBRATION_FOLDER}/bundle-relay.yaml`,
);

/**
 * One mix between a provider and its two clients. What a client sends and fetches depends on the rates
 * in its options, not on its application, so these rates are set from the rate of the flow.
 */
export const ONE_MIX_WORKLOAD: Workload = {
  file: `${CALIBRATION_FOLDER}/one-mix.yaml`,
  easyRate: EASY_MIX_RATE,
  liveWarmupS: LIVE_MIX_WARMUP_S,
  changesAt: (ratePerSecond) => ({
    ...flowRate(ratePerSecond),
    'options.client-1.client.payload': `${Math.round(CLIENT_RATE_FACTOR * ratePerSecond)}/s`,
    'options.client-2.client.retrieve.interval': `${retrievalUs(ratePerSecond)}us`,
  }),
};

/** The workloads that `--workload` names. */
export const WORKLOADS = {
  failover: FAILOVER_WORKLOAD,
  'one-mix': ONE_MIX_WORKLOAD,
  'bundle-relay': BUNDLE_RELAY_WORKLOAD,
} as const satisfies Readonly<Record<string, Workload>>;

function flowRate(ratePerSecond: number): ScenarioChanges {
  return { 'traffic.0.rate': `${Math.round(ratePerSecond)}/s` };
}

function retrievalUs(ratePerSecond: number): number {
  return Math.round((1e6 * RETRIEVAL_FRAMES) / (CLIENT_RATE_FACTOR * ratePerSecond));
}
