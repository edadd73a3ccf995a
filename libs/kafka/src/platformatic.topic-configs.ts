import {
  ConfigResourceTypes,
  ConfigSources,
  describeConfigsV4,
  incrementalAlterConfigsV1,
  IncrementalAlterConfigOperationTypes,
} from '@platformatic/kafka';
import type { BrokerPool } from './broker-pool.js';
import { TopicConfigs } from './topic-configs.js';

const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
/** In messages; a group may have thousands. */
const NAMED_MAX = 5;

/** Any broker takes these calls. Never the older AlterConfigs, which erases every setting that it does not name. */
export class PlatformaticTopicConfigs extends TopicConfigs {
  constructor(private readonly pool: BrokerPool) {
    super();
  }

  override async own(setting: string, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (topics.length === 0) return new Map();
    const wanted = topics.map((resourceName) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configurationKeys: [setting],
    }));
    const { results } = await this.pool.ask(inWords(setting, topics), () =>
      this.pool.anyone((broker) => broker.call(describeConfigsV4.api, wanted, false, false)),
    );
    return new Map(
      results.flatMap(({ resourceName, configs }) =>
        configs
          .filter(({ configSource }) => configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG)
          .flatMap(({ value }) => (typeof value === 'string' ? [[resourceName, value] as const] : [])),
      ),
    );
  }

  override async set(setting: string, values: ReadonlyMap<string, string | undefined>): Promise<void> {
    if (values.size === 0) return;
    const changes = [...values].map(([resourceName, value]) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configs: [
        value === undefined
          ? { name: setting, configOperation: DELETE }
          : { name: setting, configOperation: SET, value },
      ],
    }));
    await this.pool.tell(inWords(setting, [...values.keys()]), () =>
      this.pool.anyone((broker) => broker.call(incrementalAlterConfigsV1.api, changes, false)),
    );
  }
}

const inWords = (setting: string, topics: readonly string[]): string => {
  const more = topics.length > NAMED_MAX ? ` and ${topics.length - NAMED_MAX} more` : '';
  return `${setting} of ${topics.slice(0, NAMED_MAX).join(', ')}${more}`;
};
