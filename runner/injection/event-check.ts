/**
 * Checks an injected event as the loader would check it in the file: the same schema, names
 * and conflicts, including everything injected before it.
 *
 * @module
 */
import { resolvePath } from '../../engine/pure/paths.ts';
import { ScenarioContext } from '../../scenarios/files/context.ts';
import { resolveEvents } from '../../scenarios/files/events/events.ts';
import { type EventInput, eventSchema, scenarioSchema } from '../../scenarios/files/schema.ts';
import type { FaultSpec, Scenario } from '../../scenarios/model.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { overridesFromRecord } from '../../topologies/files/overrides.ts';
import { ConfigIssueCollector } from '../../topologies/files/problems.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { type ConfigSource, readSource } from '../../topologies/files/source.ts';
import type { EventValues } from './messages.ts';

/** A checked event, or the reason why it is rejected. */
export type CheckedEvent =
  | { readonly kind: 'fault'; readonly spec: FaultSpec; readonly event: EventValues }
  | { readonly kind: 'refused'; readonly reason: string };

/** Keys that an injected event must not have, because the run sets its instant and its name. */
const KEYS_SET_BY_RUN = ['id', 'at', 'every', 'random', 'from', 'to', 'phase'] as const;
/** Largest number of events injected into one run. */
const EVENTS_MAX = 200;
const PREFIX = 'palette-';
/**
 * Prefix of the ids of events without names. The loader gives the same ids, so that the events have the
 * same random streams.
 */
const UNNAMED_ID_PREFIX = 'event-';
/** Longest scenario file that is read, bytes: the limit of the loader. */
const LIMIT_BYTES = 1e6;

/** Checks an injected event as the loader would check it in the scenario's file. */
export class EventCheck {
  readonly #scenario: Scenario;
  readonly #registry: ProtocolLookup;
  readonly #source: ConfigSource;
  readonly #inputs: EventInput[];
  readonly #own: number;

  /** Reads the scenario's file again, to get its events as they were written. */
  constructor(scenario: Scenario, registry: ProtocolLookup) {
    this.#scenario = scenario;
    this.#registry = registry;
    const { files } = registry.machine;
    this.#source = readSource(resolvePath(files.folder, scenario.file), {
      files,
      limitBytes: LIMIT_BYTES,
      tooLargeHint: '',
      overrides: overridesFromRecord(scenario.overrides),
      fileKeys: ['topology'],
    });
    this.#inputs = [...(scenarioSchema.parse(this.#source.data).events ?? [])];
    this.#own = this.#inputs.length;
  }

  /** Checks an event that should begin at an instant. An accepted event is included in later checks. */
  check(event: EventValues, atNs: number): CheckedEvent {
    const given = KEYS_SET_BY_RUN.find((key) => Object.hasOwn(event, key));
    if (given !== undefined) {
      return refused(
        `${given}: the run sets the name and the instant of a fault; give only its duration`,
      );
    }
    if (this.#inputs.length - this.#own >= EVENTS_MAX) {
      return refused(`${EVENTS_MAX} faults were injected, the limit for one run`);
    }
    const values = { id: this.#freeId(), at: `${atNs}ns`, ...event };
    try {
      return { kind: 'fault', spec: this.#resolve(values), event: values };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return refused(error.issues.map(issueText).join('; '));
    }
  }

  /**
   * Forgets all events that were accepted before, and checks these, which state their instants. An
   * event that contradicts an earlier one of them is left out.
   */
  takeAll(events: readonly EventValues[]): {
    readonly specs: readonly FaultSpec[];
    readonly events: readonly EventValues[];
  } {
    this.#inputs.length = this.#own;
    const taken: EventValues[] = [];
    const specs = events.flatMap((event): readonly FaultSpec[] => {
      const values = { id: `${UNNAMED_ID_PREFIX}${taken.length + 1}`, ...event };
      try {
        const spec = this.#resolve(values);
        taken.push(event);
        return [spec];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return [];
      }
    });
    return { specs, events: taken };
  }

  /** Removes an accepted event that could not be carried out. */
  withdraw(id: string): void {
    const at = this.#inputs.findLastIndex((input) => input.id === id);
    if (at >= this.#own) this.#inputs.splice(at, 1);
  }

  #resolve(values: EventValues): FaultSpec {
    const { topology, durationNs } = this.#scenario;
    const problems = new ConfigIssueCollector();
    const source = this.#source;
    const path = ['events', this.#inputs.length];
    const input = problems.check<EventInput>(source, eventSchema, values, path);
    problems.throwIfAny();
    const registry = this.#registry;
    const context = new ScenarioContext({ source, problems, registry, topology, durationNs });
    const specs = resolveEvents(context, input === undefined ? [] : [...this.#inputs, input]);
    problems.throwIfAny();
    const spec = specs.at(-1);
    if (spec === undefined || input === undefined) throw new Error('a checked event is no fault');
    this.#inputs.push(input);
    return spec;
  }

  #freeId(): string {
    const taken = new Set(this.#inputs.map(({ id }) => id));
    let next = 1;
    while (taken.has(`${PREFIX}${next}`)) next += 1;
    return `${PREFIX}${next}`;
  }
}

function refused(reason: string): CheckedEvent {
  return { kind: 'refused', reason };
}

/**
 * The text of a mistake, such as `set.loss: 1.4 is above …`, without a position, since there is no
 * file.
 */
function issueText({ path, message, hint }: ConfigError['issues'][number]): string {
  const place = path.replace(/^events\[\d+\]\.?/, '');
  const words = place === '' ? message : `${place}: ${message}`;
  return hint === undefined || hint === '' ? words : `${words} (${hint})`;
}
