/**
 * The fields of Kubernetes objects that our manifests have, as strict schemas: a field that is misspelt, missing or in the
 * wrong place is a mistake (https://kubernetes.io/docs/reference/kubernetes-api/). Fields that no manifest of ours has
 * are left out.
 *
 * @module
 */
import { z } from 'zod';

const labels = z.record(z.string(), z.string());
const selector = z.strictObject({ matchLabels: labels });
const metadata = z.strictObject({
  name: z.string(),
  labels,
  annotations: labels.exactOptional(),
});
const quantities = z.strictObject({ memory: z.string(), cpu: z.string() });
const resources = z.strictObject({ requests: quantities, limits: quantities });
const restricted = z.strictObject({
  allowPrivilegeEscalation: z.boolean(),
  readOnlyRootFilesystem: z.boolean(),
  capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
});
const mount = z.strictObject({
  name: z.string(),
  mountPath: z.string().startsWith('/'),
  readOnly: z.literal(true).exactOptional(),
});
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port: z.string() }),
  periodSeconds: z.int(),
  timeoutSeconds: z.int().exactOptional(),
  failureThreshold: z.int().exactOptional(),
});
const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  securityContext: restricted,
  resources,
  volumeMounts: z.array(mount),
});
const volume = z.union([
  z.strictObject({ name: z.string(), configMap: z.strictObject({ name: z.string() }) }),
  z.strictObject({
    name: z.string(),
    secret: z.strictObject({ secretName: z.string(), defaultMode: z.int() }),
  }),
  z.strictObject({
    name: z.string(),
    emptyDir: z.strictObject({ medium: z.literal('Memory'), sizeLimit: z.string() }),
  }),
  z.strictObject({
    name: z.string(),
    persistentVolumeClaim: z.strictObject({ claimName: z.string() }),
  }),
]);
const pod = z.strictObject({
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.int(),
  securityContext: z.strictObject({
    runAsNonRoot: z.boolean(),
    runAsUser: z.int(),
    runAsGroup: z.int(),
    fsGroup: z.int(),
    fsGroupChangePolicy: z.literal('OnRootMismatch'),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  initContainers: z.tuple([container.extend({ command: z.array(z.string()) })]),
  containers: z.tuple([
    container.extend({
      ports: z.array(
        z.strictObject({
          name: z.string(),
          containerPort: z.int(),
          protocol: z.literal('UDP').exactOptional(),
        }),
      ),
      startupProbe: probe,
      livenessProbe: probe,
      readinessProbe: probe,
    }),
  ]),
  volumes: z.array(volume),
});
const peer = z.union([
  z.strictObject({ podSelector: selector }),
  z.strictObject({ namespaceSelector: selector }),
  z.strictObject({ ipBlock: z.strictObject({ cidr: z.cidrv4() }) }),
]);
const port = z.strictObject({
  port: z.union([z.string(), z.int()]),
  endPort: z.int().exactOptional(),
  protocol: z.enum(['TCP', 'UDP']),
});

/** A `ConfigMap`: files by their name. */
const configMap = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  data: labels,
});

/** A `PersistentVolumeClaim`. */
const volumeClaim = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('PersistentVolumeClaim'),
  metadata,
  spec: z.strictObject({
    accessModes: z.tuple([z.literal('ReadWriteOncePod')]),
    resources: z.strictObject({ requests: z.strictObject({ storage: z.string() }) }),
  }),
});

/** A `Deployment`. */
const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    replicas: z.int(),
    strategy: z.strictObject({ type: z.enum(['Recreate', 'RollingUpdate']) }),
    selector,
    template: z.strictObject({
      metadata: metadata.omit({ name: true }),
      spec: pod,
    }),
  }),
});

/** A `Service`. */
const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    selector: labels,
    sessionAffinity: z.literal('ClientIP'),
    sessionAffinityConfig: z.strictObject({
      clientIP: z.strictObject({ timeoutSeconds: z.int() }),
    }),
    ports: z.array(z.strictObject({ name: z.string(), port: z.int(), targetPort: z.string() })),
  }),
});

/** A `PodDisruptionBudget`. */
const disruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: z.strictObject({ maxUnavailable: z.int(), selector }),
});

/** A `NetworkPolicy`. */
const networkPolicy = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata,
  spec: z.strictObject({
    podSelector: selector,
    policyTypes: z.tuple([z.literal('Ingress'), z.literal('Egress')]),
    ingress: z.array(z.strictObject({ from: z.array(peer), ports: z.array(port) })),
    egress: z.array(z.strictObject({ to: z.array(peer), ports: z.array(port) })),
  }),
});

/** The objects of one gateway, in the order of its file. */
export const gatewayManifest = z.tuple([
  configMap,
  volumeClaim,
  deployment,
  service,
  disruptionBudget,
  networkPolicy,
]);
