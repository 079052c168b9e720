/**
 * The packages of the gRPC server of a gateway, which users install (ADR 0088), and the published service that they load.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as Grpc from '@grpc/grpc-js';
import type * as ProtoLoader from '@grpc/proto-loader';
import type * as Reflection from '@grpc/reflection';
import type * as HealthCheck from 'grpc-health-check';

/** The packages, in the versions that are tested. */
const VERSIONS =
  '@grpc/grpc-js@1.14.7 @grpc/proto-loader@0.8.1 @grpc/reflection@1.0.4 grpc-health-check@2.1.0';
/** The name of the service. */
export const GRPC_SERVICE_NAME = 'betanet.gateway.BetanetGateway';

/** The server could not be started; the message says why. */
export class GrpcServerStartError extends Error {
  override readonly name = 'GrpcServerStartError';
}

/** The loaded gRPC packages. */
export interface GrpcPackages {
  readonly grpc: typeof Grpc;
  readonly reflection: typeof Reflection;
  readonly health: typeof HealthCheck;
  /** The definitions of services/gateway/gateway.proto and of the service for health checks. */
  readonly published: ProtoLoader.PackageDefinition;
  /** The same definitions, but with the published names of fields, for reflection. */
  readonly described: ProtoLoader.PackageDefinition;
}

const require = createRequire(import.meta.url);

/** Loads the packages and the published service. @throws GrpcServerStartError if a package is missing. */
export function loadGrpcPackages(): GrpcPackages {
  const loader = load<typeof ProtoLoader>('@grpc/proto-loader');
  const health = load<typeof HealthCheck>('grpc-health-check');
  const own = fileURLToPath(new URL('./gateway.proto', import.meta.url));
  const files = [own, health.protoPath];
  return {
    grpc: load('@grpc/grpc-js'),
    reflection: load('@grpc/reflection'),
    health,
    published: loader.loadSync(files, { longs: String, enums: Number, defaults: true }),
    described: loader.loadSync(files, { keepCase: true }),
  };
}

function load<Module>(name: string): Module {
  try {
    return require(name) as Module;
  } catch (error) {
    const how = `npm install ${VERSIONS}`;
    throw new GrpcServerStartError(`the package ${name} is not installed: ${how}`, {
      cause: error,
    });
  }
}
