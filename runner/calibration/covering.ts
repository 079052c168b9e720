/**
 * Scenarios that together make every shipped protocol work, so that a calibration times the
 * handlers of all protocols, whichever workload loads the machine.
 *
 * @module
 */
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import {
  BUNDLE_RELAY_WORKLOAD,
  FAILOVER_WORKLOAD,
  ONE_MIX_WORKLOAD,
  type ScenarioChanges,
  type Workload,
} from './workloads.ts';

/** Packet sizes at which the code of protocols is timed. */
export const TIMED_PACKET_SIZES = [100, 500, 1_000] as const;

const QUICK_S = 2;
const FULL_S = 4;

/** A scenario file, and the changes that make it short. */
interface ShortenedScenario {
  readonly file: string;
  readonly changes: ScenarioChanges;
  readonly sizes: readonly (number | undefined)[];
}

/** Scenarios that are not workloads; their messages keep the sizes that the file gives. */
const OTHER_SCENARIOS: readonly ShortenedScenario[] = [
  {
    file: 'hello.yaml',
    changes: { 'traffic.0.rate': '1000/s', warmup: '0s', duration: '2s' },
    sizes: TIMED_PACKET_SIZES,
  },
  { file: 'file-transfer.yaml', changes: { duration: '5s' }, sizes: [undefined] },
  { file: 'federated-hello.yaml', changes: {}, sizes: [undefined] },
  { file: 'vault-hello.yaml', changes: {}, sizes: [undefined] },
  {
    // Five ASes from nothing to all paths: beacons, registrations and lookups.
    file: 'scion-beaconing.yaml',
    changes: {
      'topology.generate':
        '{ kind: scion, isds: 1, cores: 2, parents: 2, leaves: 3, depth: 1, control: true }',
      options:
        '{ gateway: { peers: [] }, control-service: { watch: ["1-ff00:1:1", "1-ff00:1:4"] } }',
      traffic: '[]',
      duration: '8s',
    },
    sizes: [undefined],
  },
  { file: 'navigator-hello.yaml', changes: {}, sizes: [undefined] },
];

/**
 * One group for each scenario file, with a scenario for each packet size. If two groups call the same
 * handler, the first group determines its cost.
 * @param loading The workload that loads the machine, which is left out because it has been timed
 *   already.
 */
export function handlerTimingScenarios(
  registry: ProtocolRegistry,
  how: { readonly isQuick: boolean; readonly loading?: Workload },
): readonly (readonly Scenario[])[] {
  const own = [ONE_MIX_WORKLOAD, BUNDLE_RELAY_WORKLOAD, FAILOVER_WORKLOAD].filter(
    ({ file }) => file !== how.loading?.file,
  );
  return [...own.map((workload) => coverOf(workload, how.isQuick)), ...OTHER_SCENARIOS].map(
    ({ file, changes, sizes }) =>
      sizes.map((bytes) =>
        loadScenario({
          path: file,
          folders: SHIPPED_FILE_FOLDERS,
          registry,
          overrides: {
            events: '[]',
            kpis: '{}',
            cpu: 'none',
            ...changes,
            ...(bytes === undefined ? {} : { 'traffic.0.size': `${bytes}B` }),
          },
        }),
      ),
  );
}

function coverOf({ file, easyRate, changesAt }: Workload, isQuick: boolean): ShortenedScenario {
  const duration = `${isQuick ? QUICK_S : FULL_S}s`;
  return {
    file,
    changes: { ...changesAt(easyRate), warmup: '0s', duration },
    sizes: TIMED_PACKET_SIZES,
  };
}
