import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { NATIVE } from './vitest.config.ts';

/**
 * Long runs: theory, defective doubles, whole mixnets, floods and fuzz of many seconds, published
 * vectors by the thousand, all seeds of what `npm test` tries with one. CI runs them after `npm test`.
 */
export const THOROUGH = [
  'test/architecture/new-protocol.test.ts',
  'test/how-to/commands-long.test.ts',
  'test/scenarios/{verify,verify-mutations,doubles,doubles-federated,privacy,privacy-laws,genuine-packets,overload}.test.ts',
  'test/scenarios/{carriers,dtn-custody-seeds,dtn-theory,fabric-faults-seeds,fabric-outage,fabric-ways,federated-clip,federated-compression,federated-groups,federated-privacy,restarts,golden-seeds,verify-command}.test.ts',
  'test/property/{gateway-rekey,http-sockets-fuzz,tcp-listeners-fuzz,mixnet-node-fuzz,scion-router-fuzz,bulk-fuzz,dtn-agent-fuzz,sealed-thorough}.test.ts',
  'test/security/{hostile-files,scmp,wire-table}.test.ts',
  'test/vectors/{wycheproof,simulation-core,federated-pld-fine}.test.ts',
  'test/unit/cli/{start,start-safety,start-threads,sweep-resume}.test.ts',
  'test/unit/bench/{hop-parts,overload,overload-rounds,pipeline-load}.test.ts',
  'test/unit/engine/net/stream/throughput.test.ts',
  'test/unit/engine/net/store-million.test.ts',
  'test/unit/nodes/federated/privacy/{pld,samplers}.test.ts',
  'test/unit/nodes/federated/secagg/losses-quorum.test.ts',
  'test/unit/nodes/gateway/node/{failover,life,long-life,noisy-machine}.test.ts',
  'test/unit/nodes/mixnet/{audit,auditor,client-restart,load,neighbours,unwrap-threads}.test.ts',
  'test/unit/runner/distributed/agent-program.test.ts',
  'test/unit/runner/message-ledger.test.ts',
];

/** Those of them that follow the wall clock on real sockets and processes. */
export const THOROUGH_WALL = [
  'test/how-to/commands-live.test.ts',
  'test/live/{deploy-files,dtn-kills,dtn-layers,fabric-kills,federated-kills,floods,held,mixnet,namespaces,new-protocol,processes,signals,stack,streams,viewers}.test.ts',
  'test/conformance/live-{audit,flood,protocols}.test.ts',
  'test/environment/{bundle-kill,command,kill}.test.ts',
  'test/security/{identity,output}-live.test.ts',
  'test/unit/runner/calibration/in-place.test.ts',
];

/** Tests that judge a speed, the wall clock to a few percent, or count what comes back in time: nothing runs beside them. */
export const ALONE = [
  'test/conformance/live-mixnet-unwrap.test.ts',
  'test/emulate/outside-pair.test.ts',
  'test/unit/bench/pipeline.test.ts',
  'test/unit/bench/speed-gate.test.ts',
  'test/viz/big.test.ts',
];

/** The longest first: otherwise one of them begins last, and all wait for it. */
const LONGEST = [
  'scenarios/doubles.test',
  'how-to/commands-long.test',
  'scenarios/doubles-federated.test',
  'net/store-million.test',
  'property/http-sockets-fuzz.test',
  'unit/cli/start.test',
  'scenarios/verify.test',
  'property/tcp-listeners-fuzz.test',
  'scenarios/verify-mutations.test',
  'architecture/new-protocol.test',
  'unit/cli/sweep-resume.test',
  'scenarios/fabric-ways.test',
  'scenarios/golden-seeds.test',
  'scenarios/federated-compression.test',
  'scenarios/genuine-packets.test',
  'scenarios/overload.test',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((name) => moduleId.includes(name));
      return place < 0 ? LONGEST.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => placeOf(a) - placeOf(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    // A project of its own, since reporters are loaded as the root is.
    projects: [
      {
        test: {
          ...NATIVE,
          name: 'native',
          include: THOROUGH,
          // Ends what hangs, on a slow machine that does much else, too.
          testTimeout: 300_000,
        },
      },
    ],
  },
});
