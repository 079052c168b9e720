/**
 * Measures the privacy of a run: passes observers to the nodes, and turns what they reported into
 * metrics and warnings when the run has ended.
 *
 * @module
 */

import type { RandomStream } from '../../engine/core/stream.ts';
import type { DelayLaw, NodePrivacyFacts } from '../../engine/host/privacy.ts';
import type { LocateMessage, MessageObserver } from '../../engine/host/protocol.ts';
import type { NetworkObserver } from '../../engine/net/direction-context.ts';
import type { SeedResult } from '../../reports/model.ts';
import { listCorruptPassages } from '../../reports/privacy/answers.ts';
import {
  attackMetrics,
  evaluateAttacks,
  requestedAttackMetrics,
} from '../../reports/privacy/evaluate-attacks.ts';
import { ACTIVE_ATTACK_OF_METRIC } from '../../reports/privacy/kpis.ts';
import { measurePrivacy, type PrivacyFindings } from '../../reports/privacy/measure.ts';
import type { MixDelayModel, PrivacySetting } from '../../reports/privacy/setting.ts';
import type { AttackSpec } from '../../scenarios/fault-parts.ts';
import type { PrivacySpec, Scenario } from '../../scenarios/model.ts';
import type { ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { LocalWorld, Undo } from '../world.ts';
import { AttackDriver } from './attack-driver.ts';
import { LinkWatch } from './link-watch.ts';
import { MessageObservers } from './message-observer.ts';

/**
 * Delay law assumed for mixes whose protocol states none (Protocol.privacyFacts): senders choose
 * exponential delays.
 */
const SENDERS_CHOOSE: DelayLaw = { kind: 'exponential' };

/** What a privacy measurement needs. */
export interface MixPrivacyMeterParts {
  readonly scenario: Scenario;
  readonly privacy: PrivacySpec;
  readonly seed: number;
  readonly world: LocalWorld;
  readonly stackOf: ProtocolStackOf;
  /** Finds messages in the datagrams of a host; undefined if its protocol offers no reader. */
  readonly readerOf: (host: HostSpec) => LocateMessage | undefined;
}

/** Measures the privacy of a run from its observations. */
export interface PrivacyMeter {
  readonly observer: NetworkObserver;
  /** The observer to which a node reports what happens to messages inside it. */
  messagesOf?(node: string): MessageObserver;
  /** Carries out an attack of an event. */
  attack?(attack: AttackSpec, random: RandomStream): Undo;
  /** Adds the privacy metrics to a result. */
  addTo(result: SeedResult): SeedResult;
}

/** The privacy measurement of a run with nodes that mix. */
export class MixPrivacyMeter implements PrivacyMeter {
  /** Receives reports about messages inside nodes. */
  readonly observers: MessageObservers;
  /** Observes packets on links. */
  readonly links: LinkWatch;
  /** Carries out the attacks of events. */
  readonly attacks: AttackDriver;
  readonly #parts: MixPrivacyMeterParts;

  constructor(parts: MixPrivacyMeterParts) {
    const { world, scenario, privacy } = parts;
    const { hosts } = scenario.topology;
    this.#parts = parts;
    const nodes = hosts.map(({ name }) => name);
    const own = hosts.filter(({ outside }) => outside === undefined);
    const protocols = new Map(own.map((host) => [host.name, parts.stackOf(host)[0].protocol]));
    this.observers = new MessageObservers({ nodes, protocols, now: (): number => world.now() });
    this.attacks = new AttackDriver({ ...parts, observers: this.observers });
    const aside = new Set(ofPart(privacy, 'aside'));
    this.links = new LinkWatch({
      world,
      warmupNs: scenario.warmupNs,
      nodes: new Set(nodes.filter((name) => !aside.has(name))),
      corrupt: privacy.corrupt,
      keepsSightings: requestedAttackMetrics(new Set(privacy.asked)).some(isPassive),
    });
  }

  get observer(): NetworkObserver {
    return this.links;
  }

  messagesOf(node: string): MessageObserver {
    return this.observers.of(node);
  }

  attack(attack: AttackSpec, random: RandomStream): Undo {
    return this.attacks.begin(attack, random);
  }

  addTo(result: SeedResult): SeedResult {
    const { metrics, warnings, summary } = this.#measure();
    return {
      ...result,
      metrics: { ...result.metrics, ...metrics },
      warnings: [...result.warnings, ...warnings],
      privacy: summary,
    };
  }

  #measure(): PrivacyFindings {
    const { scenario, privacy, seed } = this.#parts;
    const truth = this.observers.truth();
    const setting: PrivacySetting = {
      mixes: this.#mixes(),
      clients: this.#users(),
      corrupt: privacy.corrupt,
      warmupNs: scenario.warmupNs,
      everyNs: privacy.everyNs,
      endNs: scenario.durationNs,
      seed,
      asked: new Set(privacy.asked),
      sizes: this.links.sizes,
    };
    const found = measurePrivacy(truth, setting);
    if (requestedAttackMetrics(setting.asked).length === 0) return found;
    for (const passage of listCorruptPassages(truth, privacy.corrupt)) this.links.told(passage);
    const { summary } = found;
    const view = this.links.view();
    const attacks = evaluateAttacks({
      truth,
      setting,
      view,
      users: this.#users(),
      summary,
      carriedOut: this.attacks.carriedOut(truth),
    });
    return {
      ...found,
      metrics: { ...found.metrics, ...attackMetrics(attacks) },
      summary: { ...summary, attacks },
    };
  }

  /** Names of the users; if no protocol names any, all hosts that do not mix. */
  #users(): readonly string[] {
    const { scenario, privacy } = this.#parts;
    const users = new Set(ofPart(privacy, 'user'));
    const names = scenario.topology.hosts.map(({ name }) => name);
    return names.filter((name) =>
      users.size > 0 ? users.has(name) : !privacy.mixes.includes(name),
    );
  }

  #mixes(): readonly MixDelayModel[] {
    const { scenario, privacy } = this.#parts;
    const known = new Map(privacy.facts.map((one) => [one.node, one]));
    return scenario.topology.hosts
      .filter(({ name }) => privacy.mixes.includes(name))
      .map(({ name }): MixDelayModel => {
        const { law = SENDERS_CHOOSE, meanDelayNs } = known.get(name) ?? {};
        const mean = privacy.meanDelayNs ?? meanDelayNs ?? 0;
        return { name, law, ...(mean > 0 ? { meanDelayNs: mean } : {}) };
      });
  }
}

function ofPart({ facts }: PrivacySpec, part: NodePrivacyFacts['part']): readonly string[] {
  return facts.flatMap((one) => (one.part === part ? [one.node] : []));
}

/** True if the attack of a metric only observes links; active attacks intercept packets. */
function isPassive(metric: string): boolean {
  return !ACTIVE_ATTACK_OF_METRIC.has(metric);
}

/** The warning for a live run whose scenario measures privacy, which live runs cannot do. */
export function livePrivacyWarning({ privacy }: Pick<Scenario, 'privacy'>): readonly string[] {
  if (privacy === undefined) return [];
  return [
    'privacy is measured only in virtual time: live nodes do not reveal what happened to a message',
  ];
}
