/**
 * The operator's interface of a node process: endpoint, log, signals, memory watch, health check.
 *
 * @module
 */

export { askNodeEndpoint, type OperatorReply } from './ask-client.ts';
export { type EndpointAddress, endpointAddressText } from './exchange.ts';
export {
  checkNodeHealth,
  type HealthQuestion,
  type NodeHealth,
  type ProbeOutcome,
  type ReportedNodeStatus,
} from './health-client.ts';
export {
  type ComponentLog,
  createJsonLog,
  type JsonLogOptions,
  type OperatorLog,
} from './json-log.ts';
export {
  isLogComponentName,
  isLogLevel,
  type LogLevelSettings,
  OPERATOR_LOG_LEVELS,
  type OperatorLogLevel,
  parseLogLevels,
} from './log-levels.ts';
export {
  type MemoryWatch,
  type MemoryWatchOptions,
  PROCESS_RESOURCE_METRICS,
  type ResourceSample,
  watchMemory,
} from './memory-watch.ts';
export type {
  NodeProcessBackend,
  NodeProcessState,
  NodeStatus,
  OperatorAnswer,
  OperatorBackend,
  OperatorQuestion,
  ProbeResult,
  ReloadResult,
} from './node-face.ts';
export {
  OperatorAddressError,
  type OperatorServer,
  type OperatorServerOptions,
  startOperatorServer,
} from './server.ts';
export {
  type ClosingPart,
  DRAIN_DEADLINE_MS,
  installSignalHandlers,
  type SignalHandlers,
  type SignalOptions,
} from './signals.ts';
