import {
  epoch,
  NEVER_STAMPED,
  resourceKey,
  type GroupId,
  type SiteId,
  type StepRecord,
  type WriteAccess,
} from '#libs/domain';
import { decode, StepRecordWire } from '#libs/contracts';
import { initialGroupState, permittedAccess, type GroupState } from '#libs/decision';
import { GroupStateWire, keys, type Journal } from '#libs/journal';
import type { Group } from '#libs/topology';
import type { Order } from './self-fence.js';

/**
 * What the journal orders for each of the groups at `site`, by one linearizable read. A group whose record cannot be
 * understood has no order. @throws UnavailableError
 */
export async function readOrders(
  journal: Journal,
  groups: readonly Group[],
  site: SiteId,
): Promise<ReadonlyMap<GroupId, Order>> {
  const { entries } = await journal.read(
    ...groups.flatMap(({ id }) => [keys.groupState(id), keys.epoch(id), keys.hold(id)]),
  );
  const texts = new Map(entries.map(({ key, value }) => [key, value]));
  const orders = new Map<GroupId, Order>();
  for (const group of groups) {
    const state = stateOf(group, texts.get(keys.groupState(group.id)));
    const stamp = epoch(Number(texts.get(keys.epoch(group.id)) ?? NEVER_STAMPED));
    if (texts.has(keys.hold(group.id))) orders.set(group.id, { access: undefined, epoch: stamp, isOnHold: true });
    else if (state) orders.set(group.id, { access: await accessIn(journal, state, site), epoch: stamp });
  }
  return orders;
}

/** Nobody has decided about a group without a record. */
function stateOf(group: Group, text: string | undefined): GroupState | undefined {
  if (text === undefined) return initialGroupState(group.id, group.home);
  const decoded = decode(GroupStateWire, text, `journal key ${keys.groupState(group.id)}`);
  return decoded.ok ? decoded.value : undefined;
}

async function accessIn(journal: Journal, state: GroupState, site: SiteId): Promise<WriteAccess | undefined> {
  const permitted = permittedAccess(state, site);
  if (permitted !== undefined || state.phase !== 'running') return permitted;
  const { entries } = await journal.read(keys.step(state.run, ''));
  const steps = entries.map(({ key, value }) => decode(StepRecordWire, value, `journal key ${key}`));
  return steps.every((step) => step.ok)
    ? accessSetBy(
        steps.map(({ value }) => value),
        state.group,
        site,
      )
    : undefined;
}

/**
 * What the run has set here: its last step that is done, unless a later one has begun, whose outcome only its worker
 * knows. Lets a guard give back what it took by its own fence while the run was open. Pure.
 */
export function accessSetBy(steps: readonly StepRecord[], group: GroupId, site: SiteId): WriteAccess | undefined {
  const here = resourceKey({ kind: 'write-access', group, site });
  const last = steps
    .filter(({ action, resource }) => action === 'apply' && resourceKey(resource) === here)
    .toSorted((one, other) => one.stage - other.stage)
    .findLast(({ status }) => status !== 'planned');
  return last?.status === 'done' ? (last.desired as WriteAccess) : undefined;
}
