import {
  AclOperations,
  AclPermissionTypes,
  createAclsV2,
  deleteAclsV2,
  describeAclsV2,
  ResourcePatternTypes,
  ResourceTypes,
  type AclOperationValue,
} from '@platformatic/kafka';
import { AccessRules, type AccessRule, type TopicOperation } from './access-rules.js';
import type { BrokerPool } from './broker-pool.js';

const OPERATIONS: Readonly<Record<TopicOperation, AclOperationValue>> = {
  all: AclOperations.ALL,
  read: AclOperations.READ,
  write: AclOperations.WRITE,
  create: AclOperations.CREATE,
  delete: AclOperations.DELETE,
  alter: AclOperations.ALTER,
  describe: AclOperations.DESCRIBE,
  'describe-configs': AclOperations.DESCRIBE_CONFIGS,
  'alter-configs': AclOperations.ALTER_CONFIGS,
};
const NAMES = new Map((Object.keys(OPERATIONS) as TopicOperation[]).map((name) => [OPERATIONS[name], name]));

const ALL_OF_TOPICS = {
  resourceType: ResourceTypes.TOPIC,
  resourceName: null,
  resourcePatternType: ResourcePatternTypes.ANY,
  principal: null,
  host: null,
  operation: AclOperations.ANY,
  permissionType: AclPermissionTypes.ANY,
};

/** Any broker takes these calls and hands them on to the controller; they are absolute, so trying the next one is safe. */
export class PlatformaticAccessRules extends AccessRules {
  constructor(private readonly pool: BrokerPool) {
    super();
  }

  override async list(): Promise<readonly AccessRule[]> {
    const { resources } = await this.pool.ask('its ACLs', () =>
      this.pool.anyone((broker) => broker.call(describeAclsV2.api, ALL_OF_TOPICS)),
    );
    return resources.flatMap(({ resourceName, resourcePatternType, acls }) =>
      acls.map(({ principal, host, operation, permissionType }) => ({
        permission: permissionType === AclPermissionTypes.DENY ? ('deny' as const) : ('allow' as const),
        principal,
        operation: nameOf(operation),
        topic: resourceName,
        match: resourcePatternType === ResourcePatternTypes.PREFIXED ? ('prefixed' as const) : ('literal' as const),
        host,
      })),
    );
  }

  override async add(rules: readonly AccessRule[]): Promise<void> {
    if (rules.length === 0) return;
    const acls = rules.map(toAcl);
    await this.pool.tell('its ACLs', () => this.pool.anyone((broker) => broker.call(createAclsV2.api, acls)));
  }

  override async remove(rules: readonly AccessRule[]): Promise<void> {
    if (rules.length === 0) return;
    const acls = rules.map(toAcl);
    await this.pool.tell('its ACLs', () => this.pool.anyone((broker) => broker.call(deleteAclsV2.api, acls)));
  }
}

const toAcl = ({ permission, principal, operation, topic, match, host }: AccessRule) => ({
  resourceType: ResourceTypes.TOPIC,
  resourceName: topic,
  resourcePatternType: match === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
  principal,
  host,
  operation: OPERATIONS[operation],
  permissionType: permission === 'deny' ? AclPermissionTypes.DENY : AclPermissionTypes.ALLOW,
});

const nameOf = (operation: AclOperationValue): TopicOperation => {
  const name = NAMES.get(operation);
  if (!name) throw new RangeError(`Kafka names topic operation ${operation}, which this version does not know.`);
  return name;
};
