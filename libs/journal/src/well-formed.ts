import { invariant } from '#libs/domain';
import type { Transaction } from './journal.js';

/** etcd's default for `--max-txn-ops`, which counts conditions and changes apart. */
const MAX_OPERATIONS = 128;

/** Every adapter asks this first, so that a transaction etcd would refuse fails in a unit test too. */
export function assertWellFormed({ conditions, changes }: Transaction): void {
  invariant(
    conditions.length <= MAX_OPERATIONS && changes.length <= MAX_OPERATIONS,
    `a transaction has at most ${MAX_OPERATIONS} conditions and ${MAX_OPERATIONS} changes`,
  );
  invariant(changes.length > 0, 'a transaction without changes is a read');
  const changed = new Set<string>();
  for (const { key } of changes) {
    invariant(!changed.has(key), `a transaction changes ${key} twice`);
    changed.add(key);
  }
}
