/**
 * Architecture rules: the arrows of docs/ARCHITECTURE.md. Every comment says what to do instead.
 *
 * cli -> {runner, scenarios, services, viz/server}; runner -> scenarios -> {topologies, nodes/<p>/index, reports} ->
 * engine; services -> {nodes/<p>/index, engine/{live,host,measure}}; nodes -> engine/host (types) and nodes/_kit (of
 * which only secrets.ts imports from engine/core); viz/app -> {viz/format, nodes/<p>/viz.ts}; everything ->
 * engine/pure. `test/rules` holds one planted violation of each.
 */
const ABOVE_ENGINE =
  '^(nodes|topologies|scenarios|runner|reports|services|viz|lab|cli|bench|tools)/';
const PROTOCOL = '^nodes/([^_/][^/]*)/';
const VIZ_PLUGIN = '^nodes/([^_/][^/]*)/viz[a-z-]*\\.ts$';
/**
 * What no pure file imports, directly or through others: the engine except engine/pure, the port except types of time,
 * everything above the protocols except viz/format, and packages except d3. The index.ts of a protocol imports the
 * port, so a file that imports it is not pure either.
 */
const IMPURE =
  '^(engine/(?!pure/|host/time\\.ts$)|(topologies|scenarios|runner|reports|services|lab|cli|bench|tools|test)/|viz/(app|server)/)|node_modules/(?!d3-)';
const KIT_SECRETS = '^nodes/_kit/secrets\\.ts$';
/** What runs in a browser's tab too: nothing that it reaches is Node's. */
const TAB =
  '^(lab/|scenarios/open/open-files\\.ts$|runner/run/run-seed\\.ts$|runner/recording/recorders\\.ts$|reports/(judge|json|junit)\\.ts$|reports/html/)';
const NODE_BUILTINS =
  '^(node:.*|async_hooks|buffer|child_process|crypto|dgram|events|fs|fs/promises|http|inspector|module|net|os|path|perf_hooks|process|readline|stream|timers|tls|tty|url|util|v8|worker_threads|zlib)$';
/**
 * Files that hold the whole port beside a node.ts or *-node.ts. The list only shrinks: a test asks of each whether it is
 * still needed (test/architecture/host-holders.test.ts).
 */
const HOLDS_THE_HOST = [
  // Makes the narrow types.
  'nodes/_kit/host-part.ts',
  // Hot path: buffers, threads and the random stream of every packet that a mix forwards.
  'nodes/mixnet/mix/relay.ts',
  // Performs the effects of BFD's machines on all links of a router.
  'nodes/scion/bfd/link-monitor.ts',
];
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Move the shared part to a third file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nothing imports this file: use it or delete it.',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          '(^|/)[^/]+\\.config\\.(ts|js|cjs|mjs)$',
          '^cli/main\\.ts$',
          // Node loads it as hooks.
          '^engine/live/(shared|typescript)-modules\\.mjs$',
          '^(test|bench|tools)/',
          '^nodes/[^/]+/viz\\.ts$',
          '-worker\\.(ts|mjs)$',
          // Node loads it as hooks.
          '^engine/live/(shared|typescript)-modules\\.mjs$',
          '^viz/app/(main|pages/[^/]+/index)\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'engine-knows-no-protocol',
      severity: 'error',
      comment: 'The engine hosts protocols through engine/host only.',
      from: { path: '^engine/' },
      to: { path: ABOVE_ENGINE },
    },
    {
      name: 'pure-depends-on-nothing',
      severity: 'error',
      comment: 'engine/pure holds functions of their arguments, which everybody may import.',
      from: { path: '^engine/pure/' },
      to: { pathNot: '^engine/pure/' },
    },
    {
      name: 'core-is-the-bottom',
      severity: 'error',
      comment: 'core may use host types, engine/pure and itself; net/live/measure build on core.',
      from: { path: '^engine/core/' },
      to: { path: '^engine/(?!core/|host/|pure/)' },
    },
    {
      name: 'host-port-is-types',
      severity: 'error',
      comment: 'engine/host is the port: it depends on nothing outside itself.',
      from: { path: '^engine/host/' },
      to: { pathNot: '^engine/host/' },
    },
    {
      name: 'live-is-above-the-simulated-world',
      severity: 'error',
      comment: 'live reuses parts of net; net, measure and crypto never reach for sockets.',
      from: { path: '^engine/(?!live/)' },
      to: { path: '^engine/live/' },
    },
    {
      name: 'crypto-is-handed-in',
      severity: 'error',
      comment:
        'Take a CryptoProvider (engine/host/crypto.ts); only a thread of its own chooses itself.',
      from: { path: '^engine/(core|host|net|live|measure)/', pathNot: '-worker\\.ts$' },
      to: { path: '^engine/crypto/' },
    },
    {
      name: 'only-live-does-io',
      severity: 'error',
      comment:
        'engine/live is the only input and output of the engine; crypto may use node:crypto.',
      from: { path: '^engine/(core|host|net|measure)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'simulated-world-has-no-node-builtins',
      severity: 'error',
      comment: 'Ask the host: no node:* in nodes/ and engine/{core,host,net}.',
      from: { path: '^(nodes|engine/(core|host|net))/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'simulated-world-has-no-impure-packages',
      severity: 'error',
      comment: 'nodes/ may import only pure packages (zod for config.ts, cborg for wire.ts).',
      from: { path: '^(nodes|engine/(core|host|net))/', pathNot: VIZ_PLUGIN },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer'],
        pathNot: 'node_modules/(zod|cborg)/',
      },
    },
    {
      name: 'protocol-sees-host-types-only',
      severity: 'error',
      comment:
        "A protocol imports engine/{host,pure}, nodes/_kit, itself, and other protocols' index.ts.",
      from: { path: '^nodes/', pathNot: [VIZ_PLUGIN, KIT_SECRETS] },
      to: {
        path: '^(engine/(?!host/|pure/)|(topologies|scenarios|runner|reports|services|viz|lab|cli|bench|tools)/)',
      },
    },
    {
      name: 'kit-lends-secrets-only',
      severity: 'error',
      comment: 'The one door from protocols to engine/core: comparing and wiping secrets.',
      from: { path: KIT_SECRETS },
      to: { pathNot: '^engine/core/secrets\\.ts$' },
    },
    {
      name: 'viz-plugin-draws-only',
      severity: 'error',
      comment:
        'nodes/<p>/viz.ts and viz-*.ts use their own folder, nodes/_kit, engine/pure, viz/format, d3.',
      from: { path: VIZ_PLUGIN },
      to: {
        pathNot: [
          '^nodes/$1/',
          '^nodes/_kit/',
          '^engine/pure/',
          '^viz/format/',
          'node_modules/d3-',
        ],
      },
    },
    {
      name: 'viz-plugin-reads-pure-files',
      severity: 'error',
      comment:
        'A page may read a file of its protocol that is pure: nothing it imports leads to the port (time.ts apart), the engine (pure apart) or a package. Move what the page needs to a file of its own.',
      from: { path: VIZ_PLUGIN },
      to: { path: IMPURE, reachable: true },
    },
    {
      name: 'protocol-imports-host-as-type',
      severity: 'error',
      comment: 'Use `import type`: the port is handed in at run time.',
      from: { path: PROTOCOL },
      to: { path: '^engine/host/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-nodes-hold-the-host',
      severity: 'error',
      comment:
        "Return effects (nodes/_kit/machine.ts), or take the part you need: HostPart<'now' | 'drop'> (nodes/_kit/host-part.ts).",
      from: {
        path: '^nodes/',
        pathNot: [
          '^nodes/[^/]+/.*\\bnode\\.ts$',
          ...HOLDS_THE_HOST.map((path) => `^${path.replaceAll('.', '\\.')}$`),
        ],
      },
      to: { path: '^engine/host/(host|index)\\.ts$' },
    },
    {
      name: 'protocol-through-the-front-door',
      severity: 'error',
      comment: "Import the other protocol's index.ts.",
      from: { path: PROTOCOL },
      to: { path: PROTOCOL, pathNot: ['^nodes/$1/', '^nodes/[^/]+/index\\.ts$'] },
    },
    {
      name: 'doubles-at-the-edge',
      severity: 'error',
      comment: "Take a behaviour (nodes/<p>/behaviour.ts); the protocol's index.ts chooses it.",
      from: { pathNot: '^(nodes/[^/]+/(doubles/|index\\.ts$)|test/|bench/)' },
      to: { path: '^nodes/[^/]+/doubles/' },
    },
    {
      name: 'kit-is-wordless',
      severity: 'error',
      comment: 'nodes/_kit knows no protocol.',
      from: { path: '^nodes/_kit/' },
      to: { path: PROTOCOL },
    },
    {
      name: 'topologies-know-no-protocol',
      severity: 'error',
      comment: 'Protocols reach a topology through files/registry.ts; the engine as types only.',
      from: { path: '^topologies/' },
      to: {
        path: [
          '^(nodes|scenarios|runner|reports|services|viz|lab|cli|bench|tools)/',
          '^engine/(core|live|crypto|measure)/',
        ],
      },
    },
    {
      name: 'formats-of-others-are-imported',
      severity: 'error',
      comment:
        'Packages that read formats of other programs belong to importers (topologies/import).',
      from: { pathNot: '^(topologies/import|test)/' },
      to: { path: 'node_modules/fast-xml-parser/' },
    },
    {
      name: 'topologies-see-engine-types-only',
      severity: 'error',
      comment: 'Use `import type`: a topology describes a network, the runner builds it.',
      from: { path: '^topologies/' },
      to: { path: '^engine/(?!pure/)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'scenarios-through-the-front-door',
      severity: 'error',
      comment: "Import the protocol's index.ts.",
      from: { path: '^(scenarios|runner|services|reports|cli|viz/(server|format))/' },
      to: {
        path: '^nodes/',
        // The privacy accountant is also used without a federation, as a library, so it has an index.ts of its own.
        pathNot: ['^nodes/([^/]+|federated/privacy)/index\\.ts$', '^nodes/_kit/'],
      },
    },
    {
      name: 'scenarios-are-below-the-faces',
      severity: 'error',
      comment: 'cli, services and viz call scenarios, never the other way round.',
      from: { path: '^(scenarios|runner)/' },
      to: { path: '^(services|viz/(server|app)|cli|bench|tools)/' },
    },
    {
      name: 'scenarios-are-below-the-runner',
      severity: 'error',
      comment: 'scenarios reads files and knows protocols by their faces; the runner runs them.',
      from: { path: '^scenarios/' },
      to: { path: '^runner/' },
    },
    {
      name: 'services-are-faces-of-live-nodes',
      severity: 'error',
      comment: 'services use nodes/<p>/index.ts and engine/{live,host,measure}.',
      from: { path: '^services/' },
      to: {
        path: [
          '^(topologies|scenarios|runner|reports|viz|cli|bench|tools)/',
          '^engine/(core|net|crypto)/',
        ],
      },
    },
    {
      name: 'trace-format-is-pure',
      severity: 'error',
      comment: 'viz/format reads bytes and returns values, in a browser too.',
      from: { path: '^viz/format/' },
      to: {
        path: '^(nodes|topologies|scenarios|runner|reports|services|cli|bench|tools|viz/(app|server))/',
        pathNot: '^reports/(report-schema|kpi-text)\\.ts$',
      },
    },
    {
      name: 'browser-imports-report-types-only',
      severity: 'error',
      comment: 'Use `import type`: the schema brings a validator that no page needs.',
      from: { path: '^viz/(format|app)/' },
      to: { path: '^reports/report-schema\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'trace-format-has-no-node-builtins',
      severity: 'error',
      comment: 'viz/format runs in a browser: take bytes, not file names.',
      from: { path: '^viz/format/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'viz-server-knows-no-protocol',
      severity: 'error',
      comment: 'The server hands out runs and the built app; it imports neither.',
      from: { path: '^viz/server/' },
      to: { path: '^(nodes|services|cli|bench|tools|viz/app)/' },
    },
    {
      name: 'app-knows-only-formats',
      severity: 'error',
      comment:
        'viz/app reads trace and report formats, and shares how reports print, look and compare.',
      from: { path: '^viz/app/' },
      to: {
        path: '^(engine|nodes|topologies|scenarios|runner|reports|services|cli|bench|tools|viz)/',
        pathNot: [
          '^viz/(app|format)/',
          '^nodes/[^/]+/viz\\.ts$',
          '^reports/(compare|csv-text|distribution-text|done-text|format|junit|kpi-bar|kpi-text|partings|report-facts|report-schema|input-copies|twin-text|html/tokens)\\.ts$',
          '^reports/statistics/',
          '^engine/measure/trace/layout\\.ts$',
          '^engine/pure/',
        ],
      },
    },
    {
      name: 'app-has-no-node-builtins',
      severity: 'error',
      comment: 'viz/app runs in a browser.',
      from: { path: '^viz/app/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'tab-reaches-no-node-builtins',
      severity: 'error',
      comment:
        'What a tab runs takes files, memory and threads from the machine (topologies/files/machine.ts) that it is handed; types that lead to node:* stand in files of their own.',
      from: { path: TAB },
      to: { path: NODE_BUILTINS, reachable: true },
    },
    {
      name: 'nobody-imports-lab',
      severity: 'error',
      comment:
        'lab shows what the command line shows, elsewhere; only its links are made by others, too.',
      from: { pathNot: '^(lab|test|tools)/' },
      to: { path: '^lab/(?!link/)' },
    },
    {
      name: 'reports-do-not-run-things',
      severity: 'error',
      comment: 'reports turn numbers into verdicts.',
      from: { path: '^reports/' },
      to: { path: '^(nodes|topologies|scenarios|runner|services|viz|lab|cli|bench|tools)/' },
    },
    {
      name: 'attacks-see-no-truth',
      severity: 'error',
      comment: 'An attacker has a View (reports/privacy/view); scoring stands outside attacks/.',
      from: { path: '^reports/privacy/attacks/' },
      to: { path: '^(reports/privacy/truth|scenarios|runner)/', reachable: true },
    },
    {
      name: 'worlds-through-their-interface',
      severity: 'error',
      comment: 'Ask for a World or a LocalWorld (runner/world.ts); who assembles a run makes one.',
      from: {
        path: '^runner/',
        pathNot: [
          '^runner/worlds/',
          '^runner/run/(assemble-seed|live-run)\\.ts$',
          '^runner/distributed/agent/(agent|agent-measurements)\\.ts$',
          '^runner/calibration/timed-world\\.ts$',
          '^runner/verify/checks/fault-schedule\\.ts$',
        ],
      },
      to: { path: '^runner/worlds/.*(agenda|listeners|-world)\\.ts$' },
    },
    {
      name: 'adversaries-see-no-truth',
      severity: 'error',
      comment: 'An adversary sees what taps show it; the score is kept outside adversary/.',
      from: { path: '^runner/privacy/adversary/' },
      to: { path: '^(reports/|scenarios/(?!model\\.ts$)|runner/(?!privacy/adversary/))' },
    },
    {
      name: 'views-hold-no-truth',
      severity: 'error',
      comment: 'What an adversary sees is made of links, instants and sizes alone.',
      from: { path: '^reports/privacy/view/' },
      to: { path: '^reports/privacy/(?!view/)' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      comment: 'cli is the top.',
      from: { pathNot: '^(cli|test)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'nobody-imports-bench',
      severity: 'error',
      comment: 'bench measures; move what others need below it.',
      from: { pathNot: '^(bench|test|tools)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'tools-are-for-developers',
      severity: 'error',
      comment: 'tools keep the repository: the product does not know them.',
      from: { pathNot: '^(tools|test|bench)/|^vitest\\.config\\.ts$' },
      to: { path: '^tools/' },
    },
    {
      name: 'no-test-in-source',
      severity: 'error',
      comment: 'Source must not import tests.',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-dev-dependency-in-source',
      severity: 'error',
      comment: 'Move it to dependencies, or the code to test/.',
      from: {
        path: '^(engine|nodes|topologies|scenarios|runner|reports|services|viz/server|cli)/',
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      comment: 'The import points nowhere.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
    moduleSystems: ['es6'],
  },
};
