/**
 * Gateway: converts the published `config.toml` of a gateway to options of a node and settings of
 * its process, with the published keys, units and defaults.
 *
 * The schema checks the values of the file; TOML is parsed elsewhere. Keys that have no effect here
 * are accepted, because published files contain them; if a file sets them, {@link
 * GatewayFile.warnings} names them. The published file does not say which node of which network
 * this is; the table `orrery` does.
 *
 * @module
 */
import { z } from 'zod';
import { byteSizeSchema, durationNsSchema } from '../_kit/options.ts';
import { ACCESS_CONTROL_KEYS, type AccessControl } from './access-control.ts';
import { LABEL_SETS_MAX } from './operator/label-table.ts';
import { pathPolicySchema } from './policy-options.ts';
import { routingPolicySchema } from './routing/policy-option.ts';
import { trafficClassesSchema } from './routing/traffic-class.ts';

/** An address to listen on. */
export interface BindAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * The PEM files of a server, as the file names them; relative paths start from the folder of the
 * file.
 */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** The file of the CAs that issue certificates of clients; absent if every client is let in. */
  readonly clientCa: string | undefined;
}

/** The content of a `config.toml`, converted. */
export interface GatewayFile {
  /** Options of `run: gateway`, as a topology or scenario file would give them. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * The topology and the node in it that this gateway is; relative paths start from the folder of
   * the file.
   */
  readonly place: {
    readonly topology: string;
    readonly node: string;
    /** Folder of the keys. */
    readonly keys: string;
    /** Folder of stores that survive a crash. */
    readonly state: string;
  };
  /**
   * The file with the routing policy; its text becomes the key `orrery.routing`. A relative path
   * starts from the folder of the file.
   */
  readonly routingPolicy: string | undefined;
  /** The server for applications. */
  readonly htx: BindAddress & {
    /** Longest packet, bytes. */
    readonly packetBytesMax: number;
    readonly connectionsMax: number;
    /** Longest time that a connection may be idle, ms. */
    readonly idleMs: number;
    /**
     * True if profiles may be taken. This also requires that only this machine reaches the server.
     */
    readonly isProfiled: boolean;
    /**
     * The PEM files; absent without `cert_path`, in which case the server speaks HTTP/1.1 without
     * TLS.
     */
    readonly tls: TlsFiles | undefined;
  };
  /** The gRPC server for applications; absent without `orrery.grpc_addr`. */
  readonly grpc: (BindAddress & { readonly messageBytesMax: number }) | undefined;
  /**
   * The device through which the system sends and receives IP packets; absent without `orrery.tun`.
   */
  readonly tun:
    | { readonly name: string; readonly addresses: readonly string[]; readonly mtuBytes: number }
    | undefined;
  /**
   * The callers and peers that are let in; undefined unless `security.access_control` is enabled.
   */
  readonly access: AccessControl | undefined;
  /** The operator's endpoint. */
  readonly metrics: BindAddress & {
    /** Largest number of series of one metric. */
    readonly labelSetsMax: number;
  };
  /** Number of threads that open frames; undefined if the main thread opens them. */
  readonly workerThreads: number | undefined;
  /** Log levels, in the form of ORRERY_LOG. */
  readonly log: string;
  /** One sentence for each setting of the file that this gateway ignores. */
  readonly warnings: readonly string[];
  /** The checked values of the file, with defaults for those that it leaves out. */
  readonly tables: GatewayTables;
}

const PORT_MAX = 65_535;
const PACKET_BYTES_MAX = 16 * 1_024 * 1_024;
/** More threads than any machine has processors. */
const WORKER_THREADS_MAX = 64;
const NS_PER_MS = 1_000_000;
const NS_PER_S = 1e9;

/** An address such as `127.0.0.1:8443`. */
const bindAddress = z.string().transform((text, context): BindAddress => {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== '' && Number(port) <= PORT_MAX) return { host, port: Number(port) };
  const message = `"${text}" is no address, expected one such as 127.0.0.1:8443`;
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});
/** A number of bytes, or a text such as `64KiB`. */
const bytes = z.union([z.int().min(1), byteSizeSchema()]);
const duration = durationNsSchema();
const share = z.number().min(0).max(1);
const count = z.int().min(1);
const filePath = z.string().min(1).max(4_096);
const DEVICE_NAME = /^[a-z][\w.-]{0,14}$/i;
const PREFIXED = /^[\da-f.:]+\/\d{1,3}$/i;
/**
 * Names of interfaces have at most 15 characters (Linux, IFNAMSIZ). IPv6 needs packets of at least
 * 1280 bytes (RFC 8200, section 5).
 */
const tun = z.strictObject({
  name: z
    .string()
    .refine((name) => DEVICE_NAME.test(name), 'is no name of a device, such as orrery0'),
  addresses: z
    .array(z.string().refine((one) => PREFIXED.test(one), 'is no address such as 10.1.0.1/24'))
    .max(64)
    .default([]),
  mtu: z.int().min(1_280).max(65_535).default(1_280),
});

/** Schema of a table of the file whose keys all have defaults, so that the table may be missing. */
const table = <S extends z.ZodRawShape>(keys: S): z.ZodPrefault<z.ZodObject<S, z.core.$strict>> =>
  z.strictObject(keys).prefault({} as never);

/**
 * Keys of published files that this gateway accepts but does not need, by table, each with the
 * reason.
 */
const UNUSED = {
  htx: {
    // ADR 0089.
    enable_quic: 'HTTP/1.1 and HTTP/2 over TCP are served',
    enable_h3: 'there is no HTTP/3 server for Node 20 that is fit to be shipped',
    keep_alive_interval: 'connections end when they are idle for `connection_timeout`',
  },
  scion: {
    address: 'paths come from the control service of the AS, which the topology names',
    connect_timeout: 'the time for a connection to the control service is fixed',
    request_timeout: 'lookups are repeated until they are answered',
    keep_alive_interval: 'a connection to the control service needs none',
    enable_compression: 'nothing is compressed before it is encrypted',
    max_retries: 'lookups are repeated until they are answered',
    retry: 'lookups are repeated until they are answered',
  },
  anti_replay: {
    db_path: 'stores are in the folder `orrery.state`',
    cleanup_interval: 'silent peers are looked for 24 times per `cleanup_ttl`',
    sync_interval: 'what is accepted is on disk before it is delivered',
  },
  multipath: {
    measurement_interval:
      'paths are probed every 50 ms while they are used, as a fault is found by three lost probes',
  },
  metrics: {
    enable_detailed: 'all metrics are served',
    collection_interval: 'metrics are read when they are asked for',
    enable_compression: 'answers are not compressed',
  },
  performance: {
    io_buffer_size: 'the system chooses the size of socket buffers',
    max_concurrent_ops: 'a packet is one operation',
    channel_buffer_size: 'queues have bounds of their own',
    batch_size: 'packets are sent one by one',
    memory_pool: 'buffers are always pooled',
  },
  security: {
    enable_aead: 'frames are sealed, unless the topology sets encapsulation: sig',
    key_derivation: 'keys come from the Noise handshake',
  },
} as const;

type UnusedTable = keyof typeof UNUSED;

/** The keys that have no effect here, such as `htx.enable_quic`. */
export const UNUSED_KEYS: ReadonlySet<string> = new Set(
  Object.entries(UNUSED).flatMap(([name, keys]) =>
    Object.keys(keys).map((key) => `${name}.${key}`),
  ),
);

/** Schemas of the unused keys of a table: any value is accepted. */
const unused = <T extends UnusedTable>(
  name: T,
): { readonly [K in keyof (typeof UNUSED)[T]]: z.ZodOptional<z.ZodUnknown> } =>
  Object.fromEntries(
    Object.keys(UNUSED[name]).map((key) => [key, z.unknown().optional()]),
  ) as never;

const tables = z
  .strictObject({
    htx: table({
      ...unused('htx'),
      // The published default listens on all addresses. Ours listens only on this machine, unless
      // the file says otherwise.
      bind_addr: bindAddress.prefault('127.0.0.1:8443'),
      max_frame_size: bytes
        .refine((size) => size <= PACKET_BYTES_MAX, 'is above 16 MiB')
        .prefault('64KiB'),
      connection_timeout: duration.prefault('30s'),
      max_connections: count.max(65_536).default(1_000),
      cert_path: filePath.optional(),
      key_path: filePath.optional(),
    })
      .refine(({ cert_path: certificate, key_path: key }) => key === undefined || certificate, {
        ...{ message: 'has no certificate: cert_path is missing', path: ['key_path'] },
      })
      .refine(({ cert_path: certificate, key_path: key }) => certificate === undefined || key, {
        ...{ message: 'has no key: key_path is missing', path: ['cert_path'] },
      }),
    scion: table({ ...unused('scion'), max_message_size: bytes.prefault('1MiB') }),
    anti_replay: table({
      ...unused('anti_replay'),
      window_size: count.max(65_536).default(1_024),
      cleanup_ttl: duration.prefault('24h'),
      max_sequence_age: duration.prefault('1h'),
    }).refine(({ cleanup_ttl: ttl, max_sequence_age: age }) => ttl >= age, {
      message: 'is shorter than max_sequence_age, which would re-open the window for replays',
      path: ['cleanup_ttl'],
    }),
    aead: table({
      max_bytes_per_key: bytes.prefault('1GiB'),
      max_time_per_key: duration.prefault('1h'),
    }),
    multipath: table({
      ...unused('multipath'),
      failover_rtt_threshold: z.number().min(1.1).max(100).default(2),
      failover_loss_threshold: share.default(0.1),
      min_paths: count.max(64).default(1),
      max_paths: count.max(64).default(10),
      exploration_probability: share.default(0.1),
      quality_smoothing: z.number().min(0.001).max(1).default(0.125),
    }).refine(({ min_paths: least, max_paths: most }) => least <= most, {
      message: 'is above max_paths: there can never be that many',
      path: ['min_paths'],
    }),
    metrics: table({
      ...unused('metrics'),
      bind_addr: bindAddress.prefault('127.0.0.1:9090'),
      max_label_cardinality: count.min(2).max(LABEL_SETS_MAX).default(LABEL_SETS_MAX),
    }),
    performance: table({
      ...unused('performance'),
      // The published default is one thread for each core; ours is no thread besides the main one.
      worker_threads: count.max(WORKER_THREADS_MAX).optional(),
    }),
    security: table({
      ...unused('security'),
      rate_limiting: table({
        enabled: z.boolean().default(false),
        requests_per_second: count.default(1_000),
        burst_capacity: count.default(5_000),
        window_duration: duration.prefault('1s'),
      }),
      access_control: table(ACCESS_CONTROL_KEYS),
    }),
    orrery: z.strictObject({
      topology: z.string().min(1),
      node: z.string().min(1),
      keys: z.string().min(1).default('keys'),
      state: z.string().min(1).default('state'),
      peers: z.array(z.string()).max(1_000).optional(),
      /**
       * Which paths may be used, in the form of the option `policy` of a topology. The value is
       * checked here, but converted where that option is.
       */
      policy: z.unknown().superRefine(checkedBy(pathPolicySchema)).optional(),
      /** The text of a routing policy; `routing_policy` names a file that contains such a text. */
      routing: routingPolicySchema.optional(),
      routing_policy: filePath.optional(),
      /** Traffic classes of IP packets, in the form of the option `classes` of a topology. */
      classes: z.unknown().superRefine(checkedBy(trafficClassesSchema)).optional(),
      grpc_addr: bindAddress.optional(),
      client_ca: filePath.optional(),
      tun: tun.optional(),
      profile: z.boolean().default(false),
      log: z.string().default('info'),
    }),
  })
  .refine(({ orrery }) => orrery.routing === undefined || orrery.routing_policy === undefined, {
    message: 'is given twice: leave out routing or routing_policy',
    path: ['orrery', 'routing_policy'],
  })
  .refine(({ htx, orrery }) => orrery.client_ca === undefined || htx.cert_path, {
    message: 'has no effect without TLS: htx.cert_path is missing',
    path: ['orrery', 'client_ca'],
  });

/** The checked tables of a file. */
export type GatewayTables = z.output<typeof tables>;

/**
 * Makes a check by a schema whose output is dropped: the value is an option of a topology and is
 * converted where topologies are read.
 */
function checkedBy(schema: z.ZodType): (value: unknown, context: z.RefinementCtx) => void {
  return (value, context) => {
    if (value === undefined) return;
    for (const { path, message } of schema.safeParse(value).error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  };
}

/** Schema that checks the values of a file and converts them. */
export const gatewayTomlSchema: z.ZodType<GatewayFile> = tables.transform((file): GatewayFile => {
  const { htx, scion, metrics, orrery } = file;
  const { access_control: access } = file.security;
  const {
    peers: _peers,
    policy: _policy,
    routing: _routing,
    routing_policy: routingPolicy,
    classes: _classes,
    log,
    grpc_addr: grpc,
    client_ca: clientCa,
    tun: device,
    profile,
    ...place
  } = orrery;
  const { cert_path: certificate, key_path: key } = htx;
  return {
    options: gatewayOptionsOf(file),
    place,
    routingPolicy,
    htx: {
      ...htx.bind_addr,
      packetBytesMax: htx.max_frame_size,
      connectionsMax: htx.max_connections,
      idleMs: htx.connection_timeout / NS_PER_MS,
      isProfiled: profile,
      tls:
        certificate === undefined || key === undefined ? undefined : { certificate, key, clientCa },
    },
    grpc: grpc && { ...grpc, messageBytesMax: scion.max_message_size },
    tun: device && { name: device.name, addresses: device.addresses, mtuBytes: device.mtu },
    access: access.enabled
      ? {
          ranges: { allowed: access.allowed_ip_ranges, blocked: access.blocked_ip_ranges },
          peers: { allowed: access.allowed_peers, blocked: access.blocked_peers },
        }
      : undefined,
    workerThreads: file.performance.worker_threads,
    metrics: { ...metrics.bind_addr, labelSetsMax: metrics.max_label_cardinality },
    log,
    warnings: [...unusedKeys(file), ...unusedLists(access)],
    tables: file,
  };
});

/** The options of the node that follow from the tables of a file. */
export function gatewayOptionsOf({
  anti_replay: replay,
  aead,
  multipath,
  performance,
  security,
  orrery: { peers, policy, routing, classes },
}: GatewayTables): GatewayFile['options'] {
  const { rate_limiting: limit } = security;
  const text = (ns: number): string => `${ns / NS_PER_MS}ms`;
  return {
    ...(peers === undefined ? {} : { peers }),
    ...(policy === undefined ? {} : { policy }),
    ...(routing === undefined ? {} : { routing }),
    ...(classes === undefined ? {} : { classes }),
    ...(performance.worker_threads === undefined ? {} : { opening: 'threads' }),
    multipath: {
      rttThreshold: multipath.failover_rtt_threshold,
      lossThreshold: multipath.failover_loss_threshold,
      minPaths: multipath.min_paths,
      maxPaths: multipath.max_paths,
      exploration: multipath.exploration_probability,
      smoothing: multipath.quality_smoothing,
    },
    antiReplay: {
      windowSize: replay.window_size,
      cleanupTtl: text(replay.cleanup_ttl),
      maxSequenceAge: text(replay.max_sequence_age),
    },
    rekey: { bytes: `${aead.max_bytes_per_key}B`, age: text(aead.max_time_per_key) },
    rateLimit: {
      enabled: limit.enabled,
      perSecond: Math.max(
        1,
        Math.round((limit.requests_per_second * NS_PER_S) / limit.window_duration),
      ),
      burst: limit.burst_capacity,
    },
  };
}

/** The content of a file with the text of the routing policy that it names. */
export function withRoutingPolicy(file: GatewayFile, routing: string): GatewayFile {
  const tables = { ...file.tables, orrery: { ...file.tables.orrery, routing } };
  return { ...file, tables, options: gatewayOptionsOf(tables) };
}

/** Makes a sentence for each key of the file that has no effect here. */
function unusedKeys(file: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(UNUSED).flatMap(([name, keys]) => {
    const set = (file[name] ?? {}) as Readonly<Record<string, unknown>>;
    return Object.entries(keys)
      .filter(([key]) => set[key] !== undefined)
      .map(([key, why]) => `${name}.${key} has no effect: ${why}`);
  });
}

/** Makes a sentence if the file has lists of who is let in, but does not enable them. */
function unusedLists({ enabled, ...lists }: Readonly<Record<string, unknown>>): readonly string[] {
  const isSet = Object.values(lists).some((list) => (list as readonly unknown[]).length > 0);
  if (enabled === true || !isSet) return [];
  return ['security.access_control has no effect: `enabled` is not true'];
}
