/**
 * The account of messages of which several nodes hold copies: a router that hands out copies keeps
 * its own.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../reports/model.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { load, run } from './fixture.ts';

const SHORT = { duration: '20min', warmup: '0s', drain: '40min' };

function bus(more: Readonly<Record<string, string>>): Scenario {
  return load('dtn-bus.yaml', { ...SHORT, ...more });
}

/** A line of a journey. */
interface Step {
  readonly afterNs: number;
  readonly node: string;
  readonly text: string;
}

/** The journeys of the first messages, by sender and recipient. */
function journeysOf(scenario: Scenario, explain: number): readonly (readonly Step[])[] {
  let told = '';
  const onJourneys = (text: string): void => {
    told += text;
  };
  run(scenario, 1, { recordings: { explain }, onJourneys });
  return told.split(/^Packet .*$/m).flatMap((journey) => {
    const steps = [...journey.matchAll(/^ *\+([\d ]+) ns +(\S+) +(.*)$/gm)].map(
      ([, after = '', node = '', text = '']) => {
        return { afterNs: Number(after.replaceAll(' ', '')), node, text };
      },
    );
    return steps.length === 0 ? [] : [steps];
  });
}

const nodesWith = (steps: readonly Step[], text: RegExp): readonly string[] =>
  steps.filter((step) => text.test(step.text)).map(({ node }) => node);

describe('messages with copies on many nodes', () => {
  it.each(['epidemic', 'spray-binary', 'two-hop'])(
    'add up with %s, and are open nowhere when their lifetime is over',
    (router) => {
      const { messages } = run(bus({ 'options.dtn.router': router }));
      if (messages === undefined) throw new Error('no account was kept');
      const { submitted, delivered, lost, open } = messages;
      expect(submitted).toBeGreaterThan(20);
      expect(delivered).toBeGreaterThan(5);
      expect(open).toBe(0);
      // A message is lost when its last copy has expired.
      expect(lost['expired']).toBe(submitted - delivered);
    },
  );

  it('are said to be at each node that has a copy when the run ends', () => {
    const long = bus({ 'options.dtn.lifetime': '10h', drain: '1s' });
    const open = journeysOf(long, 40)
      .map((steps) => nodesWith(steps, /^open/))
      .filter((nodes) => nodes.length > 0);
    expect(open.length).toBeGreaterThan(3);
    // Sources keep a copy, and give others away; no node is named twice.
    for (const nodes of open) expect(new Set(nodes).size).toBe(nodes.length);
    expect(Math.max(...open.map(({ length }) => length))).toBeGreaterThan(3);
  });

  it('lost the copies of relays from their journey where an account is kept beside', () => {
    const alone = run(bus({}));
    let journeys = '';
    const followed: SeedResult = run(bus({}), 1, {
      recordings: { explain: 2 },
      onJourneys: (text) => {
        journeys += text;
      },
    });
    expect(followed.messages).toEqual(alone.messages);
    expect(followed.fingerprint).toBe(alone.fingerprint);
    // A relay hands out a copy, and keeps its own for the next.
    expect(journeys).toMatch(/bus-(\d+) +dtn: held .*\n.*bus-\1 +.*serialise to bus-/);
  });

  it('end in their journey on every node that had a copy, each once', () => {
    const journeys = journeysOf(bus({ 'options.dtn.router': 'epidemic' }), 8);
    expect(journeys).toHaveLength(8);
    let expired = 0;
    for (const steps of journeys) {
      const [source = ''] = nodesWith(steps, /^its application sends/);
      const recipients = nodesWith(steps, /^delivered/);
      const holders = [source, ...nodesWith(steps, /^arrived/)].filter(
        (node) => !recipients.includes(node),
      );
      const ends = nodesWith(steps, /^(?:dropped|lost): expired$|^ends here$/);
      // A source that meets the recipient itself keeps nothing.
      const gaveAll = holders.filter((node) => !ends.includes(node));
      expect(gaveAll.filter((node) => node !== source)).toEqual([]);
      expect(new Set(ends).size).toBe(ends.length);
      expired += ends.length;
    }
    expect(expired).toBeGreaterThan(40);
  });

  it('say how long each node had its own copy', () => {
    const [first = []] = journeysOf(bus({ 'options.dtn.router': 'epidemic' }), 1);
    const held = first.filter(({ text }) => text.includes('dtn: held'));
    expect(held.length).toBeGreaterThan(5);
    for (const { node, afterNs, text } of held) {
      const came = first.find((step) => step.node === node && step.text.startsWith('arrived'));
      const heldMs = Number(/held ([\d.]+) ms/.exec(text)?.[1]);
      expect(heldMs).toBeCloseTo((afterNs - (came?.afterNs ?? 0)) / 1e6, 2);
    }
  });
});
