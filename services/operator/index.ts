/**
 * The operator's interface of a node process: endpoint, log, signals, memory watch, health check.
 *
 * @module
 */

export { type AskReply, askOperator } from './ask-client.ts';
export { type Endpoint, endpointText } from './exchange.ts';
export {
  checkNode,
  type HealthQuestion,
  type HealthStatus,
  type NodeHealth,
  type ProbeOutcome,
} from './health-client.ts';
export {
  type ComponentLog,
  type JsonLogOptions,
  jsonLog,
  type OperatorLog,
} from './json-log.ts';
export {
  isComponent,
  isLevel,
  type LogLevels,
  OPERATOR_LEVELS,
  type OperatorLevel,
  readLevels,
} from './log-levels.ts';
export {
  type MemoryWatch,
  type MemoryWatchOptions,
  PROCESS_METRICS,
  type ResourceSample,
  watchMemory,
} from './memory-watch.ts';
export type {
  EndpointFace,
  NodeFace,
  NodeState,
  NodeStatus,
  OperatorAnswer,
  OperatorQuestion,
  ProbeResult,
  ReloadResult,
} from './node-face.ts';
export {
  OperatorAddressError,
  type OperatorOptions,
  type OperatorServer,
  serveOperator,
} from './server.ts';
export {
  type ClosingPart,
  DRAIN_DEADLINE_MS,
  handleSignals,
  type SignalHandlers,
  type SignalOptions,
} from './signals.ts';
