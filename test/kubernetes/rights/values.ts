/** As in the example: of the lists in several documents of values the last one alone counts. */
const siteOf = (id: string, publicKey: string) => ({
  id,
  api: `http://signalbox.${id}.example:8080`,
  redis: `redis://redis.${id}.example:6379`,
  signing: { keyId: `${id}-1`, publicKey, privateKey: { file: `/run/secrets/signing/${id}.pem` } },
  anchors: [`gateway.${id}.example:443`, 'dns.quad9.net:53'],
});

/** Values in which everything that has rights of its own at site `a` is named. */
export const NAMED = {
  topology: {
    policy: { stepTimeoutMs: 30_000 },
    sites: [
      {
        ...siteOf('a', 'A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg='),
        fencePolicy: {
          namespace: 'kafka',
          name: 'signalbox-fence',
          podLabels: { 'strimzi.io/cluster': 'kafka-a', 'strimzi.io/broker-role': 'true' },
          ports: [9094],
        },
      },
      siteOf('b', '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='),
    ],
    flows: [
      {
        id: 'b-to-a',
        source: 'kafka-b',
        target: 'kafka-a',
        topics: ['orders'],
        policy: 'identity',
        principal: 'User:mm2-ba',
        driver: {
          kind: 'strimzi',
          namespace: 'kafka',
          connect: 'http://b-to-a-mirrormaker2-api.kafka:8083',
          mirrorMaker: 'b-to-a',
          positions: { listed: 'b-to-a-listed', altered: 'b-to-a-altered' },
        },
      },
      {
        id: 'bills-b-to-a',
        source: 'kafka-b',
        target: 'kafka-a',
        topics: ['bills'],
        policy: 'identity',
        principal: 'User:mm2-bills-ba',
        driver: {
          kind: 'strimzi',
          namespace: 'kafka',
          connect: 'http://mirrors-connect-api.kafka:8083',
          connectors: { source: 'bills-mirror', checkpoint: 'bills-checkpoints' },
          positions: { listed: 'bills-listed', altered: 'bills-altered' },
        },
      },
    ],
    clusters: [
      {
        id: 'kafka-a',
        site: 'a',
        bootstrap: ['kafka.a.example:9094'],
        adminBootstrap: ['kafka.a.example:9092'],
        writeFence: { by: 'kafka-users', namespace: 'kafka', own: 'signalbox' },
      },
      { id: 'kafka-b', site: 'b', bootstrap: ['kafka.b.example:9092'] },
    ],
    groups: [
      {
        kafkaUsers: { a: ['orders-app'] },
        id: 'orders',
        pattern: 'active-passive',
        home: 'a',
        sites: ['a', 'b'],
        topics: ['orders'],
        configs: [
          {
            id: 'clients',
            target: {
              kind: 'kubernetes',
              sites: {
                a: {
                  targets: [
                    {
                      object: 'ConfigMap',
                      namespace: 'orders',
                      name: 'clients',
                      keys: { 'bootstrap.servers': { as: 'value', setting: 'bootstrap.servers' } },
                      restart: 'annotation',
                      workloads: [{ kind: 'Deployment', name: 'orders' }],
                    },
                    {
                      object: 'Secret',
                      namespace: 'orders',
                      name: 'login',
                      keys: { 'clients.properties': { as: 'properties' } },
                      restart: 'watch-file',
                    },
                  ],
                },
              },
            },
            data: { a: { 'bootstrap.servers': 'kafka.a:9092' }, b: { 'bootstrap.servers': 'kafka.b:9092' } },
          },
        ],
      },
    ],
  },
} as const;
