import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import { AccessRules, type AccessRule, type TopicOperation } from './access-rules.js';
import type { ClusterAccess } from './cluster-access.js';
import { AdminSession } from './kafkajs.client.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const OPERATIONS: Readonly<Record<TopicOperation, number>> = {
  all: AclOperationTypes.ALL,
  read: AclOperationTypes.READ,
  write: AclOperationTypes.WRITE,
  create: AclOperationTypes.CREATE,
  delete: AclOperationTypes.DELETE,
  alter: AclOperationTypes.ALTER,
  describe: AclOperationTypes.DESCRIBE,
  'describe-configs': AclOperationTypes.DESCRIBE_CONFIGS,
  'alter-configs': AclOperationTypes.ALTER_CONFIGS,
};

export class KafkajsAccessRules extends AccessRules {
  private readonly session: AdminSession;

  constructor(access: ClusterAccess) {
    super();
    this.session = new AdminSession(access);
  }

  override async list(): Promise<readonly AccessRule[]> {
    const { resources } = await this.session.call(false, (admin) =>
      admin.describeAcls({
        resourceType: AclResourceTypes.TOPIC,
        resourcePatternType: ResourcePatternTypes.ANY,
        operation: AclOperationTypes.ANY,
        permissionType: AclPermissionTypes.ANY,
      }),
    );
    return resources.flatMap(({ resourceName, resourcePatternType, acls }) =>
      acls.map(({ principal, host, operation, permissionType }) => ({
        permission: permissionType === AclPermissionTypes.DENY ? ('deny' as const) : ('allow' as const),
        principal,
        operation: operationNamed(operation),
        topic: resourceName,
        match: resourcePatternType === ResourcePatternTypes.PREFIXED ? ('prefixed' as const) : ('literal' as const),
        host,
      })),
    );
  }

  override async add(rules: readonly AccessRule[]): Promise<void> {
    if (rules.length === 0) return;
    await this.session.call(true, (admin) => admin.createAcls({ acl: rules.map(toEntry) }));
  }

  override async remove(rules: readonly AccessRule[]): Promise<void> {
    if (rules.length === 0) return;
    await this.session.call(true, (admin: Admin) => admin.deleteAcls({ filters: rules.map(toEntry) }));
  }

  override close(): Promise<void> {
    return this.session.close();
  }
}

const toEntry = ({ permission, principal, operation, topic, match, host }: AccessRule): AclEntry => ({
  resourceType: AclResourceTypes.TOPIC,
  resourceName: topic,
  resourcePatternType: match === 'prefixed' ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
  principal,
  host,
  operation: OPERATIONS[operation],
  permissionType: permission === 'deny' ? AclPermissionTypes.DENY : AclPermissionTypes.ALLOW,
});

const operationNamed = (code: number): TopicOperation => {
  const found = (Object.keys(OPERATIONS) as TopicOperation[]).find((name) => OPERATIONS[name] === code);
  if (!found) throw new RangeError(`Kafka named topic operation ${code}, which this version does not know.`);
  return found;
};
