/**
 * Metrics that mixnet nodes measure themselves; the runner measures those of applications, and the
 * report computes those of privacy.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';

/** Metric definitions of the mixnet. */
export const MIXNET_METRICS: readonly MetricDefinition[] = [
  {
    name: 'mix.latency',
    kind: 'histogram',
    unit: 'ns',
    help: "own loops of clients: sending to arrival in the own provider's spool, which is what mixing and transit cost a message, without the wait for a turn of process P or for a retrieval",
  },
  {
    name: 'mix.processing',
    kind: 'histogram',
    unit: 'ns',
    help: 'time that a mix or provider works on one packet by its own clock, without the mixing delay; in virtual time only with a CPU model',
    needs: 'processor',
  },
  {
    name: 'mix.lateness',
    kind: 'histogram',
    unit: 'ns',
    help: 'how much later than its delay requires a packet leaves a mix or provider; not part of the delay; in virtual time only with a CPU model',
    needs: 'processor',
  },
  {
    name: 'mix.received',
    kind: 'counter',
    unit: 'packets',
    help: 'datagrams that mixes and providers got as packets, mutated ones included',
  },
  {
    name: 'mix.dropped',
    kind: 'counter',
    unit: 'packets',
    help: 'packets that mixes and providers dropped, for any reason',
  },
  {
    name: 'mix.drop_ratio',
    kind: 'ratio',
    unit: 'ratio',
    help: 'packets that mixes and providers dropped, of those they got',
    of: ['mix.dropped', 'mix.received'],
  },
  {
    name: 'mix.forwarded',
    kind: 'counter',
    unit: 'packets',
    help: 'packets that mixes and providers sent on to another node',
  },
  {
    name: 'mix.pool.taken',
    kind: 'counter',
    unit: 'count',
    help: 'buffers for packets that mixes and providers took',
  },
  {
    name: 'mix.pool.hits',
    kind: 'counter',
    unit: 'count',
    help: 'buffers for packets that came from the pool of 1,024 of their node',
  },
  {
    name: 'mix.pool.hit_ratio',
    kind: 'ratio',
    unit: 'ratio',
    help: 'buffers from the pool, of all buffers taken',
    of: ['mix.pool.hits', 'mix.pool.taken'],
  },
  {
    name: 'mix.loops.sent',
    kind: 'counter',
    unit: 'count',
    help: 'loops of clients and mixes whose return was seen or given up',
  },
  {
    name: 'mix.loops.back',
    kind: 'counter',
    unit: 'count',
    help: 'loops of clients and mixes that returned',
  },
  {
    name: 'mix.loops_returned',
    kind: 'ratio',
    unit: 'ratio',
    help: 'loops of clients and mixes that returned, as a share of those that returned or were given up',
    of: ['mix.loops.back', 'mix.loops.sent'],
  },
  {
    name: 'mix.messages.acknowledged',
    kind: 'counter',
    unit: 'count',
    help: 'messages of clients whose fragments were all acknowledged by a reply over a SURB; absent where acknowledgements are off',
    needs: 'use',
  },
  {
    name: 'mix.messages.abandoned',
    kind: 'counter',
    unit: 'count',
    isLoss: true,
    help: 'messages of clients that were not acknowledged after the last try; absent where acknowledgements are off',
    needs: 'use',
  },
  {
    name: 'mix.loops.alarms',
    kind: 'counter',
    unit: 'count',
    help: 'times that a client, mix or provider missed more of its loops than loss explains',
  },
  {
    name: 'mix.loops.detection',
    kind: 'samples',
    unit: 'ns',
    help: 'one sample for each alarm of a mix or provider: time since the oldest loop that it misses was sent',
  },
  {
    name: 'mix.audits',
    kind: 'counter',
    unit: 'count',
    help: 'loops of mixes and providers whose time was compared with the delays that their hops owed and proved, or whose proofs were refused',
  },
  {
    name: 'mix.audit_failures',
    kind: 'counter',
    unit: 'count',
    help: 'audited loops that returned too early or too late, or for which a proof was wrong or refused',
  },
  {
    name: 'mix.audit_suspects',
    kind: 'counter',
    unit: 'count',
    help: 'times that a mix or provider began to suspect another one of not keeping to its delays',
  },
  {
    name: 'mix.neighbours.systems',
    kind: 'samples',
    unit: 'count',
    help: 'autonomous systems of the neighbours that a mix drew, one sample for each document; none in the last layer',
  },
  {
    name: 'mix.path.systems',
    kind: 'histogram',
    unit: 'count',
    help: 'autonomous systems of the mixes of a path that a client drew, there or back, cover included',
  },
  {
    name: 'mix.paths',
    kind: 'counter',
    unit: 'count',
    help: 'paths that clients drew, there or back, cover included',
  },
  {
    name: 'mix.paths.shared',
    kind: 'counter',
    unit: 'count',
    help: 'paths that clients drew whose first and last mix are in one autonomous system',
  },
  {
    name: 'mix.path.shared_ends',
    kind: 'ratio',
    unit: 'ratio',
    help: 'share of the paths that clients drew whose first and last mix are in one autonomous system',
    of: ['mix.paths.shared', 'mix.paths'],
  },
  {
    name: 'mix.layers.simpson',
    kind: 'samples',
    unit: 'ratio',
    help: "Simpson's index of a layer in a document that the authority made: how likely two mixes drawn by weight are in one autonomous system",
  },
  {
    name: 'mix.replay.fresh',
    kind: 'counter',
    unit: 'packets',
    help: 'packets with a tag never seen before under their key, by ground truth kept outside the nodes',
  },
  {
    name: 'mix.replay.false_rejects',
    kind: 'counter',
    unit: 'packets',
    help: 'packets refused as replays although their tag was never seen before, by ground truth kept outside the nodes',
  },
  {
    name: 'mix.replay.false_positive',
    kind: 'ratio',
    unit: 'ratio',
    help: 'packets refused as replays, of those whose tag was never seen before',
    of: ['mix.replay.false_rejects', 'mix.replay.fresh'],
  },
  {
    name: 'mix.replay.false_negative',
    kind: 'counter',
    unit: 'packets',
    help: 'packets accepted although their tag had been seen before, by ground truth kept outside the nodes',
  },
  {
    name: 'mix.spooled',
    kind: 'counter',
    unit: 'packets',
    help: 'messages that providers put into spools of clients',
  },
  {
    name: 'mix.spool_wait',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from arrival in a spool to the first answer that carries the message',
  },
  {
    name: 'mix.epochs',
    kind: 'counter',
    unit: 'count',
    help: 'changes of the epoch that nodes went through with a valid document',
  },
];
