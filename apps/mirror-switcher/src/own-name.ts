import type { ConnectorConfig } from './connect-client.js';

const MIRROR_SOURCE = 'org.apache.kafka.connect.mirror.MirrorSourceConnector';
const KEEPS_NAMES = 'IdentityReplicationPolicy';

/** Whether a connector copies any of these topics to topics of the same name. `topics` are names, or prefixes with a final `*`. */
export function copiesUnderItsOwnName(config: ConnectorConfig, topics: readonly string[]): boolean {
  if (config['connector.class'] !== MIRROR_SOURCE) return false;
  if (config['replication.policy.class']?.endsWith(KEEPS_NAMES) !== true) return false;
  // MirrorMaker's own default.
  const patterns = (config['topics'] ?? '.*').split(',').map((pattern) => pattern.trim());
  return topics.some((topic) => patterns.some((pattern) => copies(pattern, topic)));
}

/** Of a prefix only what MirrorMaker would copy of a topic that is called just so is known. */
function copies(pattern: string, topic: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(topic.replace(/\*$/, ''));
  } catch {
    // A pattern of Java that JavaScript has not: what it matches cannot be told, and people may look.
    return true;
  }
}
