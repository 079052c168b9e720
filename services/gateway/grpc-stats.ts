/**
 * The call Stats of the gRPC service of a gateway.
 *
 * @module
 */
import { askNode, makePathStats, nanosecondsOf } from './grpc-answers.ts';
import type { CallContext } from './grpc-context.ts';
import type { GatewayRequests } from './grpc-messages.ts';
import { sampleOf } from './grpc-meter.ts';
import { CallFailure } from './grpc-request.ts';

const MS_PER_S = 1_000;
const US_PER_MS = 1_000;
const BITS = 8;

/** Answers the call with the counters of the gateway, and with rates over the last `periodSeconds`. */
export async function answerStats(
  context: CallContext,
  { periodSeconds, includePathBreakdown, includeAntiReplay }: GatewayRequests['Stats'],
): Promise<object | CallFailure> {
  const stats = await askNode(context, 'stats');
  if (stats instanceof CallFailure) return stats;
  const { meter, counted } = context;
  const now = sampleOf(stats);
  const then = meter.before(now.atMs, Math.max(1, periodSeconds)) ?? now;
  const seconds = (now.atMs - then.atMs) / MS_PER_S;
  const rate = (more: number): number => (seconds > 0 ? more / seconds : 0);
  const { counts, open, paths } = stats;
  const { accepted, replay, future, expired } = counts;
  return {
    gateway: {
      ...{ totalPackets: now.packets, totalBytes: now.bytes },
      processingRatePps: rate(now.packets - then.packets),
      throughputBps: rate((now.bytes - then.bytes) * BITS),
      ...{ activeConnections: open, errorCount: counts.drops },
      avgProcessingTimeUs: counted.meanUs('SendScionPacket'),
      memoryUsageBytes: process.memoryUsage.rss(),
      cpuUtilization: rate((now.cpuUs - then.cpuUs) / US_PER_MS / MS_PER_S),
    },
    paths: includePathBreakdown ? paths.map(makePathStats) : [],
    antiReplay: includeAntiReplay
      ? {
          totalValidated: accepted + replay + future + expired,
          ...{ replaysBlocked: replay, futureRejected: future, expiredRejected: expired },
          ...{ windowUpdates: accepted, avgValidationTimeUs: counted.meanUs('ValidateSequence') },
        }
      : undefined,
    timestamp: nanosecondsOf(Date.now()),
    periodSeconds: Math.round(seconds),
  };
}
