/**
 * `npm run profile -- SCENARIO`: where the processor time of one seed goes, by part of the project
 * (docs/PERFORMANCE.md#part-by-part).
 *
 * The seed runs in this process, under the sampling profiler of V8, which costs a few percent itself.
 *
 * @module
 */
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { PROJECT_ROOT, SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { type Part, type Profile, partsOf } from './parts.ts';

const HELP = `npm run profile -- SCENARIO [options]

Where the processor time of one seed goes, by part of the project.

  --set PATH=VALUE   change one value of the scenario; may be repeated
  --seed N           default 1
  --trace            with the default trace
  --functions N      list that many functions of each part
  --per N            divide by that many instead of by messages delivered
  --json
`;
const BAD_ARGUMENT = 2;
const INTERVAL_US = 500;
const US_PER_S = 1e6;

interface Wishes {
  readonly path: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly hasTrace: boolean;
  readonly functions: number;
  readonly per: number | undefined;
  readonly isJson: boolean;
}

function main(args: readonly string[]): void {
  const wishes = wishesOf(args);
  if (typeof wishes === 'string') {
    process.stderr.write(wishes);
    process.exitCode = wishes === HELP && args.includes('--help') ? 0 : BAD_ARGUMENT;
    return;
  }
  try {
    show(wishes);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = BAD_ARGUMENT;
  }
}

/**
 * Reads the arguments. @returns the options; or a text: what is wrong with the arguments, or the
 * help.
 */
function wishesOf(args: readonly string[]): Wishes | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        set: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string', default: '1' },
        trace: { type: 'boolean', default: false },
        functions: { type: 'string', default: '0' },
        per: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [path] = positionals;
    if (values.help || path === undefined || positionals.length > 1) return HELP;
    const pairs = values.set.map((one) => [one.split('=', 1)[0], one.slice(one.indexOf('=') + 1)]);
    return {
      path,
      overrides: Object.fromEntries(pairs) as Readonly<Record<string, string>>,
      seed: whole(values.seed, 'seed'),
      hasTrace: values.trace,
      functions: whole(values.functions, 'functions'),
      per: values.per === undefined ? undefined : whole(values.per, 'per'),
      isJson: values.json,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${HELP}`;
  }
}

function whole(text: string, flag: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new Error(`--${flag} is a whole number, not ${text}`);
  return Number(text);
}

function show(wishes: Wishes): void {
  const { path, overrides, seed, hasTrace, per, isJson, functions } = wishes;
  const registry = new ProtocolRegistry();
  const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, registry, overrides });
  const trace = {
    path: join(tmpdir(), `orrery-profile-${process.pid}.orr`),
    extent: 'windows',
  } as const;
  const recordings = hasTrace ? { trace } : {};
  const began = process.cpuUsage();
  const { value, profile } = profiled(() => runSeed({ scenario, registry, seed, recordings }));
  const { user, system } = process.cpuUsage(began);
  const parts = partsOf(profile, `${PROJECT_ROOT}/`);
  const units = per ?? value.messages?.delivered ?? value.packets.delivered;
  const facts = { scenario: path, seed, seconds: (user + system) / US_PER_S, units, parts };
  if (isJson) console.log(JSON.stringify(facts, undefined, 2));
  else print(facts, functions);
}

interface Facts {
  readonly scenario: string;
  readonly seconds: number;
  /** Number of delivered messages, or the number that `--per` gives. */
  readonly units: number;
  readonly parts: readonly Part[];
}

function print({ scenario, seconds, units, parts }: Facts, functions: number): void {
  const all = parts.reduce((sum, { us }) => sum + us, 0);
  const line = (name: string, us: number): string => {
    const share = `${((100 * us) / all).toFixed(1)} %`.padStart(8);
    return `${name.padEnd(28)}${share}${(us / units).toFixed(2).padStart(12)}`;
  };
  console.log(`${scenario}: ${seconds.toFixed(1)} s of processor, ${units} units`);
  console.log(`${'part'.padEnd(28)}${'share'.padStart(8)}${'us per unit'.padStart(12)}`);
  for (const part of parts) {
    console.log(line(part.name, part.us));
    for (const { name, us } of part.functions.slice(0, functions)) {
      console.log(`  ${((100 * us) / all).toFixed(1).padStart(5)} %  ${name}`);
    }
  }
  console.log(line('all', all));
}

/** Runs code under the profiler of V8. */
function profiled<T>(work: () => T): { readonly value: T; readonly profile: Profile } {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  session.post('Profiler.start');
  const value = work();
  let profile: Profile | undefined;
  // The session belongs to this thread, so its answer is here when the call returns.
  session.post('Profiler.stop', (error, answer) => {
    if (error !== null) throw error;
    profile = answer.profile;
  });
  session.disconnect();
  if (profile === undefined) throw new Error('the profiler gave no answer');
  return { value, profile };
}

main(process.argv.slice(2));
