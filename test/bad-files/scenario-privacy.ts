/**
 * Bad `privacy` sections. `«` and `»` enclose the text that the caret must underline.
 *
 * @module
 */
import { BASE, kpi } from './parts.ts';
import type { BadFile } from './row.ts';

const privacy = (entry: string): string => `${BASE}privacy: { ${entry} }\n`;

/** Mistakes in `privacy` sections. */
export const BAD_PRIVACY: readonly BadFile[] = [
  {
    title: 'an unknown key of privacy',
    text: privacy('mixes: "gateway-*", «corupt»: 10%'),
    code: 'E101',
    says: 'privacy.corupt: unknown key',
    hint: 'did you mean corrupt?',
  },
  {
    title: 'targets without a unit',
    text: privacy('mixes: "gateway-*", targets: «2»'),
    code: 'E102',
    says: 'privacy.targets',
  },
  {
    title: 'more than all mixes corrupt',
    text: privacy('mixes: "gateway-*", corrupt: «120%»'),
    code: 'E104',
    says: 'privacy.corrupt',
  },
  {
    title: 'an adversary nobody knows',
    text: privacy('mixes: "gateway-*", adversary: «global»'),
    code: 'E104',
    says: 'privacy.adversary',
  },
  {
    title: 'mixes that are not there',
    text: privacy('mixes: «"mix-*"»'),
    code: 'E124',
    says: 'privacy.mixes: "mix-*" matches no node',
    hint: 'nodes: gateway-111',
  },
  {
    title: 'a privacy section where nothing mixes',
    text: `${BASE}«privacy»: { corrupt: 10% }\n`,
    code: 'E124',
    says: 'privacy: no node of this topology mixes',
    hint: 'name them: privacy: { mixes: "mix-*" }; without mixes, only privacy.entropy.bits, privacy.min_entropy.bits, privacy.hartley.bits are measured',
  },
  {
    title: 'a limit on privacy where nothing mixes',
    text: kpi('«privacy.sender.bits»: { mean: ">= 5 bits" }'),
    code: 'E124',
    says: 'kpis.privacy.sender.bits: no node of this topology mixes',
    isFirstOfMany: true,
  },
  {
    title: 'packets to be followed by bits that nobody changes',
    text: `${BASE}crypto: «modelled»\nprivacy: { targets: 1s }\n`,
    code: 'E112',
    says: 'crypto: packets are followed by their bits, and modelled cryptography changes none',
    hint: 'remove crypto: modelled',
  },
  {
    title: 'targets further apart than the run',
    text: privacy('mixes: "gateway-*", targets: «90s»'),
    code: 'E111',
    says: 'privacy.targets: 90s is longer than the measured time (60s)',
  },
  {
    title: 'a run that is shorter than the usual distance of targets',
    text: 'name: bad\ntopology: net.yaml\nduration: «1s»\nprivacy: { mixes: "gateway-*" }\n',
    code: 'E111',
    says: 'duration: 2s is longer than the measured time (1s)',
  },
  {
    title: 'a privacy section and a warm-up without end',
    text: `${BASE}warmup: «60s»\nprivacy: { mixes: "gateway-*" }\n`,
    code: 'E111',
    says: 'warmup: 60s is not below the duration (60s)',
  },
];
